import { describe, expect, it } from "vitest";
import { hasTool } from "../support/fetched-tools.ts";
import { address, type Destinations, networkOf, pod, tcp, udp } from "../support/helm/network.ts";
import { OWN_NAMESPACE, type Peer, type Traffic } from "../support/helm/reachability.ts";
import { type KubeObject, objectsOf, objectsOfFiles, render } from "../support/helm/template.ts";

const DNS = pod("kube-system", { "k8s-app": "kube-dns" });
const TARGET = address("198.51.100.7");
const STRANGER = address("203.0.113.7");

/** All that may be asked of the network, by name: the matrix has a line for each. */
const DESTINATIONS: Destinations = {
  "name server": [DNS, udp(53)],
  "name server, TCP": [DNS, tcp(53)],
  "another pod of kube-system": [pod("kube-system", { "k8s-app": "metrics" }), udp(53)],
  "the API server": [address("10.96.0.1"), tcp(443)],
  "the cloud's metadata": [address("169.254.169.254"), tcp(80)],
  "the cloud's metadata, ping": [address("169.254.169.254"), { protocol: "ICMP" }],
  "the cloud's metadata, IPv6": [address("fd00:ec2::254"), tcp(80)],
  "the cloud's metadata, credentials of a pod": [address("169.254.170.23"), tcp(80)],
  gearmand: [address("192.0.2.10"), tcp(4730)],
  "gearmand's host, SSH": [address("192.0.2.10"), tcp(22)],
  "another gearmand": [address("192.0.2.99"), tcp(4730)],
  "target, ping": [TARGET, { protocol: "ICMP" }],
  "target, SSH": [TARGET, tcp(22)],
  "target, SNMP": [TARGET, udp(161)],
  "target, SNMP over TCP": [TARGET, tcp(161)],
  "target, PostgreSQL": [TARGET, tcp(5432)],
  "target, MySQL": [TARGET, tcp(3306)],
  "target, SQL Server": [TARGET, tcp(1433)],
  "target, Oracle": [TARGET, tcp(1521)],
  "target, NRPE": [TARGET, tcp(5666)],
  "target, NSClient": [TARGET, tcp(12489)],
  "target, SNClient": [TARGET, tcp(8443)],
  "target, WinRM": [TARGET, tcp(5985)],
  "target, WinRM over TLS": [TARGET, tcp(5986)],
  "target, past WinRM": [TARGET, tcp(5987)],
  "target, telnet": [TARGET, tcp(23)],
  "an address that is no target, SSH": [STRANGER, tcp(22)],
  "an address that is no target, SNMP": [STRANGER, udp(161)],
  "an address that is no target, ping": [STRANGER, { protocol: "ICMP" }],
  "a pod of another namespace": [pod("shop"), tcp(5432)],
};

const EVERY_POOL = ["name server", "name server, TCP", "gearmand"];
const DATABASES = ["target, PostgreSQL", "target, MySQL", "target, SQL Server"];
const WINDOWS = [...["target, NRPE", "target, NSClient", "target, SNClient", "target, SSH"]];
const TARGETS = Object.keys(DESTINATIONS).filter((name) => name.startsWith("target, "));

const network = (objects: readonly KubeObject[], destinations = DESTINATIONS) =>
  networkOf(objects, destinations);

describe.skipIf(!hasTool("helm"))("in the development stage", () => {
  it.each<[component: string, reaches: readonly string[]]>([
    // A NetworkPolicy cannot name ICMP: what may be pinged may be reached at every port.
    ["hostcheck", TARGETS],
    ["check-ssh", ["target, SSH"]],
    ["snmp", ["target, SNMP"]],
    ["db", DATABASES],
    ["windows", WINDOWS],
    ["helm-test", []],
  ])("%s reaches name servers, gearmand, its targets, and nothing else", (component, reaches) => {
    const { reached } = network(objectsOfFiles("values-dev.yaml"));
    expect(reached(component)).toEqual([...EVERY_POOL, ...reaches].toSorted());
  });

  it.each<[who: string, peer: Peer, traffic: Traffic, isLetIn: boolean]>([
    ["Prometheus is let in at the metrics", pod("monitoring"), tcp("metrics"), true],
    ["Prometheus is not let in at another port", pod("monitoring"), tcp("ssh"), false],
    ["a pod of another namespace is not let in", pod("shop"), tcp("metrics"), false],
    ["KEDA, which scales no pool here, is not let in", pod("keda"), tcp("metrics"), false],
    ["an address outside is not let in", address("203.0.113.9"), tcp("metrics"), false],
  ])("%s", (_, peer, traffic, isLetIn) => {
    const { gets } = network(objectsOfFiles("values-dev.yaml"));
    const pools = ["hostcheck", "check-ssh", "snmp", "db", "windows"];
    expect(pools.map((name) => gets(name, peer, traffic))).toEqual(pools.map(() => isLetIn));
  });
});

describe.skipIf(!hasTool("helm"))("with the chart's defaults, which name no targets,", () => {
  const METADATA = Object.keys(DESTINATIONS).filter((name) => name.startsWith("the cloud's metadata"));
  const both = (what: string) => [`target, ${what}`, `an address that is no target, ${what}`];
  const defaults = () => network(objectsOf({ gearman: { servers: ["192.0.2.10"] } }));

  it.each<[component: string, reaches: readonly string[]]>([
    ["check-ssh", [...both("SSH"), "gearmand's host, SSH"]],
    ["snmp", both("SNMP")],
    ["db", [...DATABASES, "a pod of another namespace"]],
    ["windows", [...WINDOWS, "an address that is no target, SSH", "gearmand's host, SSH"]],
    ["helm-test", []],
  ])("%s reaches every address and pod at its ports, and nothing else", (component, reaches) => {
    expect(defaults().reached(component)).toEqual([...EVERY_POOL, ...reaches].toSorted());
  });

  it("hostcheck reaches everything but the cloud's metadata, as ICMP has no port", () => {
    const all = Object.keys(DESTINATIONS).filter((name) => !METADATA.includes(name));
    expect(METADATA).toHaveLength(4);
    expect(defaults().reached("hostcheck")).toEqual(all.toSorted());
  });

  it("an end-to-end test and a program do not reach the metadata, but the web", () => {
    const shop = { schedule: "@hourly", host: "shop", image: "registry/shop:1", command: ["test"] };
    const { sends } = network(
      objectsOf({
        e2e: { shop },
        perfdata: { enabled: true, egress: { ports: [{ port: 80, protocol: "TCP" }] } },
      }),
    );
    for (const from of ["e2e-shop", "perfdata"]) {
      expect(sends(from, STRANGER, tcp(80))).toBe(true);
      expect(sends(from, address("169.254.169.254"), tcp(80))).toBe(false);
    }
  });

  it("exceptions of yours are closed, and without any nothing is", () => {
    const reaches = (except: readonly string[], to: string, port: number) =>
      network(objectsOf({ networkPolicy: { except } })).sends("hostcheck", address(to), tcp(port));
    expect(reaches(["10.96.0.1/32"], "10.96.0.1", 443)).toBe(false);
    expect(reaches(["10.96.0.1/32"], "2001:db8::7", 443)).toBe(true);
    expect(reaches([], "169.254.169.254", 80)).toBe(true);
  });
});

/** The production stage has other addresses, and these programs beside its workers. */
const PROGRAMS = {
  perfdata: { enabled: true, egress: { targets: ["192.0.2.40/32"] } },
  zulipNotifier: { enabled: true, existingSecret: "zulip", egress: { targets: ["192.0.2.41/32"] } },
  zulipBot: {
    enabled: true,
    existingSecret: "bot",
    egress: { targets: ["192.0.2.41/32", "192.0.2.42/32"] },
  },
};
const IN_PRODUCTION: Destinations = {
  ...Object.fromEntries(
    Object.entries(DESTINATIONS).filter(([name]) => !/^(?:target, |gearmand|an address)/.test(name)),
  ),
  gearmand: [address("192.0.2.20"), tcp(4730)],
  "the second gearmand": [address("192.0.2.21"), tcp(4730)],
  "gearmand's host, SSH": [address("192.0.2.20"), tcp(22)],
  "gearmand of the development stage": [address("192.0.2.10"), tcp(4730)],
  "target of the first half, PostgreSQL": [address("203.0.113.7"), tcp(5432)],
  "target of the second half, PostgreSQL": [address("203.0.113.200"), tcp(5432)],
  "target of the second half, SNMP": [address("203.0.113.200"), udp(161)],
  "target of the second half, NRPE": [address("203.0.113.200"), tcp(5666)],
  "target of the second half, SSH": [address("203.0.113.200"), tcp(22)],
  "target of the second half, ping": [address("203.0.113.200"), { protocol: "ICMP" }],
  "the development stage's target, SNMP": [TARGET, udp(161)],
  "the development stage's target, SSH": [TARGET, tcp(22)],
  InfluxDB: [address("192.0.2.40"), tcp(8086)],
  "InfluxDB's host, SSH": [address("192.0.2.40"), tcp(22)],
  Zulip: [address("192.0.2.41"), tcp(443)],
  "Zulip's host, HTTP": [address("192.0.2.41"), tcp(80)],
  "Icinga 2": [address("192.0.2.42"), tcp(5665)],
};
const SERVERS = ["name server", "name server, TCP", "gearmand", "the second gearmand"];

describe.skipIf(!hasTool("helm"))("in the production stage, with the programs beside the workers", () => {
  const production = () => {
    const result = render({ values: ["values-prod.yaml", PROGRAMS] });
    if (result.kind === "refused") throw new Error(result.message);
    return network(result.objects, IN_PRODUCTION);
  };

  it.each<[component: string, reaches: readonly string[]]>([
    ["snmp", [...SERVERS, "target of the second half, SNMP"]],
    ["db", [...SERVERS, "target of the first half, PostgreSQL"]],
    ["windows", [...SERVERS, "target of the second half, NRPE", "target of the second half, SSH"]],
    ["helm-test", SERVERS],
    ["perfdata", [...SERVERS, "InfluxDB"]],
    ["zulip-notifier", [...SERVERS, "Zulip"]],
    ["zulip-bot", ["name server", "name server, TCP", "Zulip", "Icinga 2"]],
  ])("%s reaches what it needs, and nothing else", (component, reaches) => {
    expect(production().reached(component)).toEqual([...reaches].toSorted());
  });

  it.each(["perfdata", "zulip-bot", "zulip-notifier"])(
    "%s lets Prometheus in, and nothing else",
    (component) => {
      const { gets } = production();
      expect(gets(component, pod("monitoring"), tcp("metrics"))).toBe(true);
      expect(gets(component, pod("monitoring"), tcp("notifier"))).toBe(component === "zulip-notifier");
      expect(gets(component, pod("shop"), tcp("metrics"))).toBe(false);
    },
  );
});

describe.skipIf(!hasTool("helm"))("NetworkPolicies", () => {
  it("close every pod of the release, one that no other policy names, too", () => {
    const { find, reached, gets } = network(objectsOfFiles("values-prod.yaml"));
    const { labels } = find("db").metadata;
    const metadata = { name: "stray", labels: { ...labels, "app.kubernetes.io/component": "stray" } };
    const stray = { apiVersion: "v1", kind: "Pod", metadata };
    expect(reached(stray)).toEqual([]);
    expect(gets(stray, pod("monitoring"), tcp("metrics"))).toBe(false);
  });

  it("let a pool of its own targets reach these and no others", () => {
    const { sends } = network(objectsOfFiles("values-prod.yaml"));
    const reaches = (to: string) => sends("db", address(to), tcp(5432));
    expect([reaches("203.0.113.7"), reaches("203.0.113.200")]).toEqual([true, false]);
  });

  it("let workers reach a job server by name at its port everywhere, or where you say", () => {
    const targets = ["198.51.100.0/24"];
    const gearman = { servers: ["a.example.org:4731"] };
    const anywhere = network(objectsOf({ gearman, networkPolicy: { targets } }));
    const ports = [4731, 4730, 443];
    expect(ports.map((port) => anywhere.sends("snmp", STRANGER, tcp(port)))).toEqual([true, false, false]);
    const there = network(
      objectsOf({ gearman, networkPolicy: { targets, gearman: { to: ["203.0.113.2/32"] } } }),
    );
    expect(there.sends("snmp", address("203.0.113.2"), tcp(4731))).toBe(true);
    expect(there.sends("snmp", address("203.0.113.3"), tcp(4731))).toBe(false);
  });

  it("let a pool reach WinRM where it is switched on, as well as its ports, and no other pool", () => {
    const values = { gearman: { servers: ["192.0.2.10"] }, networkPolicy: { targets: ["198.51.100.0/24"] } };
    const { reached } = network(objectsOf({ ...values, pools: { windows: { egress: { winrm: true } } } }));
    const winrm = ["target, WinRM", "target, WinRM over TLS"];
    expect(reached("windows")).toEqual([...EVERY_POOL, ...WINDOWS, ...winrm].toSorted());
    expect(reached("snmp")).toEqual([...EVERY_POOL, "target, SNMP"].toSorted());
    const alone = { queues: { hostgroups: ["a"] }, egress: { targets: ["198.51.100.0/24"], winrm: true } };
    expect(network(objectsOf({ ...values, pools: { alone } })).reached("alone")).toEqual(
      [...EVERY_POOL, ...winrm].toSorted(),
    );
  });

  it("let KEDA in where it asks the pool itself", () => {
    const lets = (autoscaling: object) =>
      network(objectsOf({ pools: { snmp: { autoscaling } } })).gets("snmp", pod("keda"), tcp("metrics"));
    const prometheus = { trigger: "prometheus", prometheusAddress: "http://prometheus:9090" };
    expect(lets({ kind: "keda" })).toBe(true);
    expect(lets({ kind: "keda", keda: prometheus })).toBe(false);
  });

  it("let an end-to-end test reach the web and gearmand, and nobody reach it", () => {
    const shop = {
      schedule: "@hourly",
      host: "shop",
      image: "registry/shop:1",
      command: ["test"],
      egress: { targets: ["198.51.100.0/24"] },
    };
    const { sends, gets } = network(objectsOf({ gearman: { servers: ["192.0.2.10"] }, e2e: { shop } }));
    expect(sends("e2e-shop", TARGET, tcp(443))).toBe(true);
    expect(sends("e2e-shop", TARGET, tcp(22))).toBe(false);
    expect(sends("e2e-shop", address("192.0.2.10"), tcp(4730))).toBe(true);
    expect(sends("e2e-shop", STRANGER, tcp(443))).toBe(false);
    expect(gets("e2e-shop", pod("monitoring"), tcp(80))).toBe(false);
  });

  it("let the workers and whom you name reach the chart's own gearmand, which reaches nobody", () => {
    const { find, sends, gets, reached } = network(
      objectsOf({ gearmand: { enabled: true, from: ["192.0.2.50/32"] } }),
    );
    const near = (labels: Readonly<Record<string, string>> = {}): Peer => ({
      kind: "pod",
      labels,
      namespace: OWN_NAMESPACE,
    });
    expect(gets("gearmand", near(find("snmp").metadata.labels), tcp(4730))).toBe(true);
    expect(gets("gearmand", near({ app: "other" }), tcp(4730))).toBe(false);
    expect(gets("gearmand", address("192.0.2.50"), tcp(4730))).toBe(true);
    expect(sends("snmp", near(find("gearmand").metadata.labels), tcp(4730))).toBe(true);
    expect(reached("gearmand")).toEqual([]);
  });

  it("are not there if they are switched off", () => {
    expect(network(objectsOf({ networkPolicy: { enabled: false } })).policies).toEqual([]);
  });
});
