import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { documentedBlock } from "../support/documented-block.ts";
import { hasTool } from "../support/fetched-tools.ts";
import { address, networkOf, pod, tcp } from "../support/helm/network.ts";
import { find, objectsOf, ofKind, readObjects, readYaml } from "../support/helm/template.ts";

const SERVER = address("192.0.2.60");
const documented = () => readYaml<object>(documentedBlock("docs/event-handlers.md", "serviceAccountName"));

describe.skipIf(!hasTool("helm"))("a pool with an account of its own, as the documentation has one", () => {
  it("has that account and its token, and no other pod has either", () => {
    const objects = objectsOf(documented());
    const accounts = ofKind(objects, "Deployment").map(({ metadata, spec }) => {
      const { serviceAccountName, automountServiceAccountToken } = spec.template.spec;
      return [metadata.name, serviceAccountName, automountServiceAccountToken];
    });
    expect(accounts).toHaveLength(6);
    for (const [name, account, hasToken] of accounts)
      expect([account, hasToken]).toEqual(
        name === "omd-handlers-worker" ? ["omd-event-handlers", true] : ["omd-worker", false],
      );
  });

  it("is the account of the example, which may scale one Deployment", () => {
    const example = readObjects(
      readFileSync("examples/event-handlers/kubernetes/scale-deployment.yaml", "utf8"),
    );
    const { serviceAccountName } = find(objectsOf(documented()), "Deployment", "omd-handlers-worker").spec
      .template.spec;
    expect(ofKind(example, "ServiceAccount").map(({ metadata }) => metadata.name)).toEqual([
      serviceAccountName,
    ]);
  });

  it("reaches the API server where that is, and no other pool does", () => {
    const targets = ["198.51.100.0/24"];
    const values = documented() as { readonly networkPolicy: object };
    const { sends } = networkOf(
      objectsOf({ ...values, networkPolicy: { ...values.networkPolicy, targets } }),
    );
    const pools = ["handlers", "check-ssh", "db", "hostcheck", "snmp", "windows", "helm-test"];
    expect(pools.filter((name) => sends(name, SERVER, tcp(6443)))).toEqual(["handlers"]);
    const others = [sends("handlers", SERVER, tcp(22)), sends("handlers", address("192.0.2.61"), tcp(6443))];
    expect(others).toEqual([false, false]);
  });

  it("reaches every address at the ports of the API server until it is said where that is", () => {
    const handlers = {
      queues: { eventhandler: true },
      serviceAccountName: "mine",
      automountServiceAccountToken: true,
    };
    const { sends } = networkOf(objectsOf({ pools: { handlers } }));
    expect([443, 6443, 80].map((port) => sends("handlers", SERVER, tcp(port)))).toEqual([true, true, false]);
    expect(sends("handlers", pod("shop"), tcp(443))).toBe(true);
    expect(sends("handlers", address("169.254.169.254"), tcp(443))).toBe(false);
  });
});
