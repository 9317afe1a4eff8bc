import { isOpen, type Peer, type Traffic } from "./reachability.ts";
import { type KubeObject, ofKind } from "./template.ts";

/** What may be asked of the network, by name. */
export type Destinations = Readonly<Record<string, readonly [peer: Peer, traffic: Traffic]>>;

export const address = (text: string): Peer => ({ kind: "address", address: text });
export const pod = (namespace: string, labels: Readonly<Record<string, string>> = {}): Peer => ({
  kind: "pod",
  labels,
  namespace: { "kubernetes.io/metadata.name": namespace },
});
export const tcp = (port: number | string): Traffic => ({ protocol: "TCP", port });
export const udp = (port: number): Traffic => ({ protocol: "UDP", port });

/** The pods of a release by their component, and who may talk with them. */
export function networkOf(objects: readonly KubeObject[], destinations: Destinations = {}) {
  const policies = ofKind(objects, "NetworkPolicy");
  const pods = new Map(
    objects.flatMap(({ kind, metadata, spec }): [string, KubeObject][] => {
      const template = kind === "CronJob" ? spec.jobTemplate.spec.template : spec?.template;
      const made = kind === "Pod" ? { metadata } : template;
      const component = made?.metadata.labels?.["app.kubernetes.io/component"];
      return component === undefined ? [] : [[component, made]];
    }),
  );
  const find = (component: string): KubeObject => {
    const found = pods.get(component);
    if (found === undefined) throw new Error(`there is no ${component}`);
    return found;
  };
  const sends = (from: string | KubeObject, peer: Peer, traffic: Traffic) =>
    isOpen(policies, "Egress", { pod: typeof from === "string" ? find(from) : from, peer, traffic });
  return {
    policies,
    find,
    sends,
    gets: (to: string | KubeObject, peer: Peer, traffic: Traffic) =>
      isOpen(policies, "Ingress", { pod: typeof to === "string" ? find(to) : to, peer, traffic }),
    /** The names of all that may be reached. */
    reached: (from: string | KubeObject) =>
      Object.entries(destinations)
        .filter(([, [peer, traffic]]) => sends(from, peer, traffic))
        .map(([name]) => name)
        .toSorted(),
  };
}
