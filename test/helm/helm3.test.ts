import { describe, expect, it } from "vitest";
import { hasTool } from "../support/fetched-tools.ts";
import { type KubeObject, render } from "../support/helm/template.ts";

const VALUES = ["values-dev.yaml", "values-prod.yaml", "ci/trial-values.yaml", "ci/everything-values.yaml"];

/** The order of objects, blank lines and comments are each Helm's own. */
function objectsBy(helm: "helm" | "helm3", file: string): readonly KubeObject[] {
  const result = render({ helm, values: [file] });
  if (result.kind === "refused") throw new Error(result.message);
  const key = ({ kind, metadata }: KubeObject) => `${kind}/${metadata.name}`;
  return result.objects.toSorted((one, other) => key(one).localeCompare(key(other)));
}

describe.skipIf(!hasTool("helm") || !hasTool("helm3"))("Helm 3", () => {
  it.each(VALUES)("makes the same objects of %s as Helm 4", (file) => {
    const objects = objectsBy("helm3", file);
    expect(objects.length).toBeGreaterThan(20);
    expect(objects).toEqual(objectsBy("helm", file));
  });

  it.each([
    [
      "what the schema does not have",
      { pools: { snmp: { config: { maxworker: 5 } } } },
      "maxworker is not allowed",
    ],
    ["what contradicts itself", {}, "gearman.servers names no job server"],
  ])("refuses %s", (_, values, says) => {
    expect(render({ helm: "helm3", values: [values] })).toMatchObject({
      kind: "refused",
      message: expect.stringContaining(says),
    });
  });
});
