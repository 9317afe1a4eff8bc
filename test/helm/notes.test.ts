import { execaSync } from "execa";
import { describe, expect, it } from "vitest";
import { hasTool, toolPath } from "../support/fetched-tools.ts";
import { CHART } from "../support/helm/template.ts";

/** What an operator reads after an installation. */
function notesOf(...words: readonly string[]): string {
  const all = ["install", "omd", CHART, "--namespace", "monitoring", "--dry-run=client", ...words];
  const { stdout } = execaSync(toolPath("helm"), all);
  return stdout.slice(stdout.indexOf("NOTES:"));
}

describe.skipIf(!hasTool("helm"))("the notes after an installation", () => {
  it("name the pools with their queues, and the sum of what they take of a quota", () => {
    const notes = notesOf("-f", `${CHART}/values-prod.yaml`);
    expect(notes).toContain("prod-windows-worker: 3 pods, queues servicegroup_windows\n");
    expect(notes).toContain(
      "Together at most 8 pods; requests cpu 1250m, memory 1536Mi; limits cpu 8000m, memory 4096Mi.",
    );
    expect(notes).not.toContain("WARNING");
  });

  it("warn of what is for trying out only", () => {
    const notes = notesOf("-f", `${CHART}/ci/trial-values.yaml`);
    expect(notes).toContain("WARNING: gearman.key is kept in the release");
    expect(notes).toContain("WARNING: the gearmand of this release is for trying out");
    expect(notes).toContain("NOTE: pools without egress.targets may reach every address");
  });
});
