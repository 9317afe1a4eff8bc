import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasTool } from "../support/fetched-tools.ts";
import { objectsOf, readObjects } from "../support/helm/template.ts";
import { EXAMPLE } from "../support/rollout-site.ts";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const DEPLOYER = readObjects(readFileSync(join(EXAMPLE, "deployer.yaml"), "utf8"));
const RULES = DEPLOYER.flatMap((object) => (object as { readonly rules?: readonly Rule[] }).rules ?? []);
const WRITE = ["get", "list", "watch", "create", "update", "patch", "delete"];
/** A platform team's limits: a push must not lift its own. */
const OF_THE_PLATFORM = ["/limitranges", "/resourcequotas"];
/** Helm's own: the pod of helm test and its log, and what --wait looks at. */
const LOOKED_AT = ["/events", "/pods/log", "apps/replicasets", "batch/jobs"];

const resourceOf = (apiVersion: string, kind: string) => {
  const group = apiVersion.includes("/") ? apiVersion.replace(/\/.*/, "") : "";
  return `${group}/${kind.toLowerCase().replace(/y$/, "ie")}s`;
};

function writable(): readonly string[] {
  const rules = RULES.filter(({ verbs }) => WRITE.every((verb) => verbs.includes(verb)));
  return rules.flatMap(({ apiGroups, resources }) =>
    apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`)),
  );
}

function madeByTheChart(): readonly string[] {
  const everything = objectsOf({}, { values: ["ci/everything-values.yaml"] });
  const others = [
    objectsOf({ metrics: { monitor: "PodMonitor" } }),
    objectsOf({ gearman: { existingSecret: "", key: "a_key_of_this_test" }, gearmand: { enabled: true } }),
  ];
  const all = [everything, ...others].flat().map(({ apiVersion, kind }) => resourceOf(apiVersion, kind));
  return [...new Set(all)];
}

describe.skipIf(!hasTool("helm"))("the account of the roll-out", () => {
  it("may write all that the chart makes, but the limits of its namespace, and nothing else", () => {
    const made = madeByTheChart();
    expect(made).toEqual(expect.arrayContaining(OF_THE_PLATFORM));
    const wanted = made.filter((resource) => !OF_THE_PLATFORM.includes(resource));
    expect(writable().toSorted()).toEqual(wanted.toSorted());
  });

  it("may look at the rest of what Helm asks for, by name, and has no wildcard", () => {
    const all = RULES.flatMap(({ apiGroups, resources }) =>
      resources.map((resource) => `${apiGroups.join()}/${resource}`),
    );
    expect(all.filter((resource) => !writable().includes(resource)).toSorted()).toEqual(LOOKED_AT);
    expect(JSON.stringify(RULES)).not.toContain("*");
  });

  it("has its rights in one namespace, by a Role", () => {
    expect(DEPLOYER.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
      ["ServiceAccount", "omd-dev"],
      ["Role", "omd-dev"],
      ["RoleBinding", "omd-dev"],
    ]);
  });
});
