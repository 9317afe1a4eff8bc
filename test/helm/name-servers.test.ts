import { describe, expect, it } from "vitest";
import { documentedBlock } from "../support/documented-block.ts";
import { hasTool } from "../support/fetched-tools.ts";
import { address, networkOf, pod, tcp, udp } from "../support/helm/network.ts";
import { objectsOf, readYaml } from "../support/helm/template.ts";

const KUBE_DNS = pod("kube-system", { "k8s-app": "kube-dns" });
const OPENSHIFT_DNS = pod("openshift-dns", { "dns.operator.openshift.io/daemonset-dns": "default" });
const NODE = address("169.254.20.10");

describe.skipIf(!hasTool("helm"))("the values that the documentation gives for name servers", () => {
  const open = (text: string) => {
    const values = readYaml<object>(documentedBlock("docs/kubernetes.md", text));
    const { sends } = networkOf(objectsOf({ ...values, tests: { enabled: true } }));
    const asked = {
      "kube-dns": [KUBE_DNS, 53],
      "openshift-dns": [OPENSHIFT_DNS, 5353],
      node: [NODE, 53],
    } as const;
    return Object.entries(asked)
      .filter(([, [peer, port]]) => {
        const answers = [udp(port), tcp(port)].map((traffic) => sends("snmp", peer, traffic));
        expect(new Set(answers).size).toBe(1);
        return answers[0];
      })
      .map(([name]) => name);
  };

  it("open those of OpenShift, and no others", () => {
    expect(open("openshift-dns")).toEqual(["openshift-dns"]);
  });

  it("open the node's cache and the pods behind it", () => {
    expect(open("169.254.20.10/32")).toEqual(["kube-dns", "node"]);
  });
});
