import { resolve } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";

async function accept(...words: readonly string[]) {
  const { exitCode, stdout, stderr } = await execa(resolve("helm/tools/accept.sh"), words, { reject: false });
  return { exitCode, stdout, stderr };
}

/** What it does in a cluster is in docs/kubernetes.md. */
describe("helm/tools/accept.sh", () => {
  it.each([
    ["no cluster is named, also where KUBECONFIG names one", [], "which cluster? name its kubeconfig"],
    ["there is no such kubeconfig", ["/nowhere/kubeconfig"], "there is no kubeconfig /nowhere/kubeconfig"],
  ])("touches nothing when %s", async (_, words, says) => {
    const { exitCode, stderr } = await accept(...words);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `helm/tools/accept.sh: ${says}` });
  });

  it("says what it takes, and what it does to the cluster", async () => {
    const { exitCode, stdout } = await accept("--help");
    expect(exitCode).toBe(2);
    expect(stdout).toContain("helm/tools/accept.sh [-H HELM]");
    expect(stdout).toContain("omd-accept-prod, are made");
  });
});
