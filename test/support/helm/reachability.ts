import { BlockList } from "node:net";
import type { KubeObject } from "./template.ts";

/** One end of a connection: a pod with its labels and those of its namespace, or an address outside. */
export type Peer =
  | {
      readonly kind: "pod";
      readonly labels: Readonly<Record<string, string>>;
      readonly namespace: Readonly<Record<string, string>>;
    }
  | { readonly kind: "address"; readonly address: string };

/** What is sent. ICMP has no port. */
export interface Traffic {
  readonly protocol: "TCP" | "UDP" | "ICMP";
  readonly port?: number | string;
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}

interface Rule {
  readonly to?: readonly RulePeer[];
  readonly from?: readonly RulePeer[];
  readonly ports?: readonly RulePort[];
}

interface RulePeer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface RulePort {
  readonly port?: number | string;
  readonly endPort?: number;
  readonly protocol?: string;
}

/** The namespace of the release. */
export const OWN_NAMESPACE = { "kubernetes.io/metadata.name": "monitoring-workers" };

/**
 * Whether a pod of the release may send this to a peer, or get it from one: by the rules of Kubernetes.
 * Policies that select the pod add up; if none does, all is open. An ipBlock is no pod, as in some networks.
 */
export function isOpen(
  policies: readonly KubeObject[],
  direction: "Egress" | "Ingress",
  { pod, peer, traffic }: { readonly pod: KubeObject; readonly peer: Peer; readonly traffic: Traffic },
): boolean {
  const labels: Readonly<Record<string, string>> = pod.metadata.labels ?? {};
  const selecting = policies.filter(
    ({ spec }) => matches(spec.podSelector, labels) && spec.policyTypes.includes(direction),
  );
  if (selecting.length === 0) return true;
  const rules = selecting.flatMap(({ spec }): readonly Rule[] =>
    direction === "Egress" ? (spec.egress ?? []) : (spec.ingress ?? []),
  );
  return rules.some((rule) => {
    const peers = direction === "Egress" ? rule.to : rule.from;
    return (
      (peers === undefined || peers.some((each) => isPeer(each, peer))) &&
      (rule.ports === undefined || rule.ports.some((each) => isPort(each, traffic)))
    );
  });
}

function matches({ matchLabels = {} }: Selector, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(matchLabels).every(([name, value]) => labels[name] === value);
}

function isPeer({ podSelector, namespaceSelector, ipBlock }: RulePeer, peer: Peer): boolean {
  switch (peer.kind) {
    case "address":
      return (
        ipBlock !== undefined && isWithin(ipBlock.cidr, peer.address) && !isExcepted(ipBlock, peer.address)
      );
    case "pod": {
      if (podSelector === undefined && namespaceSelector === undefined) return false;
      const isNear = namespaceSelector === undefined && peer.namespace === OWN_NAMESPACE;
      const isThere = namespaceSelector !== undefined && matches(namespaceSelector, peer.namespace);
      return (isNear || isThere) && matches(podSelector ?? {}, peer.labels);
    }
  }
}

function isExcepted({ except = [] }: { readonly except?: readonly string[] }, address: string): boolean {
  return except.some((cidr) => isWithin(cidr, address));
}

function isWithin(cidr: string, address: string): boolean {
  const [network = "", bits] = cidr.split("/");
  const family = network.includes(":") ? "ipv6" : "ipv4";
  if (address.includes(":") !== network.includes(":")) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
}

/** A rule with ports is about TCP, UDP and SCTP: it lets no ICMP through. */
function isPort({ port, endPort, protocol = "TCP" }: RulePort, traffic: Traffic): boolean {
  if (traffic.protocol !== protocol) return false;
  if (port === undefined || port === traffic.port) return true;
  if (typeof port === "string" || typeof traffic.port !== "number" || endPort === undefined) return false;
  return port <= traffic.port && traffic.port <= endPort;
}
