import { describe, expect, it } from "vitest";
import { hasTool } from "../support/fetched-tools.ts";
import { find, type KubeObject, objectsOf, ofKind, refusalOf } from "../support/helm/template.ts";

/** The programs beside the workers, with the containers of their pods. */
const PROGRAMS = [
  { key: "perfdata", name: "omd-perfdata", containers: ["perfdata"], ports: ["metrics"] },
  { key: "zulipBot", name: "omd-zulip-bot", containers: ["zulip-bot"], ports: ["metrics"] },
  {
    key: "zulipNotifier",
    name: "omd-zulip-notifier",
    containers: ["worker", "notifier"],
    ports: ["metrics", "notifier"],
  },
];

const GEARMAN = { servers: ["192.0.2.10"], existingSecret: "key" };
const SECRET = { enabled: true, existingSecret: "the-secret" };
/** All of them with these values, so that their tests look at one release. */
const withAll = (more: object = {}, others: object = {}) => ({
  gearman: GEARMAN,
  ...Object.fromEntries(PROGRAMS.map(({ key }) => [key, { ...SECRET, ...more }])),
  ...others,
});

interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly object[];
  readonly envFrom?: readonly object[];
  readonly ports?: readonly { readonly name: string }[];
  readonly volumeMounts?: readonly object[];
}

const podOf = (objects: readonly KubeObject[], name: string) =>
  find(objects, "Deployment", name).spec.template;
const containersOf = (objects: readonly KubeObject[], name: string): readonly Container[] =>
  podOf(objects, name).spec.containers;

/** Where and how a pod runs. */
const PLACEMENT = {
  affinity: { nodeAffinity: {} },
  nodeSelector: { disk: "ssd" },
  tolerations: [{ key: "monitoring", operator: "Exists" }],
  priorityClassName: "monitoring",
  runtimeClassName: "gvisor",
  dnsPolicy: "None",
  dnsConfig: { nameservers: ["192.0.2.53"] },
  hostAliases: [{ ip: "192.0.2.9", hostnames: ["core"] }],
};

describe.skipIf(!hasTool("helm")).each(PROGRAMS)("the pod of $key", ({ key, name, containers, ports }) => {
  it("runs where its values say, or those of all programs", () => {
    expect(podOf(objectsOf(withAll(PLACEMENT)), name).spec).toMatchObject(PLACEMENT);
    expect(podOf(objectsOf(withAll({}, { programDefaults: PLACEMENT })), name).spec).toMatchObject(PLACEMENT);
    const nodeSelector = { disk: "hdd" };
    const both = withAll({ nodeSelector }, { programDefaults: PLACEMENT });
    expect(podOf(objectsOf(both), name).spec.nodeSelector).toEqual(nodeSelector);
  });

  it("runs under the level restricted of PodSecurity, without what null takes away", () => {
    const { spec } = podOf(objectsOf(withAll()), name);
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001 });
    for (const { securityContext } of spec.containers)
      expect(securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
      });
    const podSecurityContext = { runAsUser: null, runAsGroup: null, fsGroup: null };
    for (const values of [
      withAll({ podSecurityContext }),
      withAll({}, { programDefaults: { podSecurityContext } }),
    ])
      expect(podOf(objectsOf(values), name).spec.securityContext).toEqual({
        runAsNonRoot: true,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      });
  });

  it("has the authorities, variables, volumes and containers of the site", () => {
    const objects = objectsOf(
      withAll(
        {
          extraEnv: [{ name: "HTTPS_PROXY", value: "http://proxy:3128" }],
          extraEnvFrom: [{ secretRef: { name: "more" } }],
          extraArgs: ["--debug=1"],
          extraVolumes: [{ name: "own", emptyDir: {} }],
          extraVolumeMounts: [{ name: "own", mountPath: "/own" }],
          initContainers: [{ name: "first", image: "a:1" }],
          sidecars: [{ name: "beside", image: "a:1" }],
          annotations: { note: "d" },
          podAnnotations: { note: "p" },
          podLabels: { tier: "chat" },
        },
        { caBundle: { configMap: "site-ca" } },
      ),
    );
    const { metadata, spec } = podOf(objects, name);
    expect(find(objects, "Deployment", name).metadata.annotations).toEqual({ note: "d" });
    expect(metadata).toMatchObject({ annotations: { note: "p" }, labels: { tier: "chat" } });
    expect(spec.initContainers).toMatchObject([{ name: "first" }]);
    const own = containersOf(objects, name).slice(0, -1);
    expect(own.map((each) => each.name)).toEqual(containers);
    expect(spec.containers.at(-1)).toMatchObject({ name: "beside" });
    expect(own.at(-1)?.args?.at(-1)).toBe("--debug=1");
    for (const { env, envFrom, volumeMounts } of own) {
      expect(env).toContainEqual({ name: "NODE_EXTRA_CA_CERTS", value: "/etc/omd-worker/ca/ca.crt" });
      expect(env).toContainEqual({ name: "HTTPS_PROXY", value: "http://proxy:3128" });
      expect(envFrom).toEqual([{ secretRef: { name: "more" } }]);
      expect(volumeMounts).toContainEqual({ name: "own", mountPath: "/own" });
      expect(volumeMounts).toContainEqual({ name: "ca", mountPath: "/etc/omd-worker/ca", readOnly: true });
    }
    const volumes = spec.volumes.map((volume: { name: string }) => volume.name);
    expect(volumes).toEqual(expect.arrayContaining(["config", "data", "ca", "own"]));
  });

  it.each(["PodMonitor", "ServiceMonitor"])("is read by a %s, at the port of each container", (monitor) => {
    const objects = objectsOf(withAll({}, { metrics: { monitor } }));
    const { spec } = find(objects, monitor, "omd-worker");
    const component = name.replace("omd-", "");
    expect(spec.selector.matchExpressions[0].values).toContain(component);
    const endpoints: readonly { port: string }[] = spec.podMetricsEndpoints ?? spec.endpoints;
    expect(endpoints.map(({ port }) => port)).toEqual(["metrics", "notifier"]);
    const own = containersOf(objects, name).flatMap((each) => each.ports ?? []);
    expect(own.map((port) => port.name)).toEqual(ports);
    const service = find(objects, "Service", name).spec;
    expect(service.ports.map((port: { targetPort: string }) => port.targetPort)).toEqual(ports);
    expect(service.selector).toMatchObject({ "app.kubernetes.io/component": component });
  });

  it("has names, volumes and targets that contradict nothing, or is refused", () => {
    const message = refusalOf(
      withAll({
        sidecars: PROGRAMS.map((each) => ({ name: each.containers.at(-1), image: "a:1" })),
        extraVolumes: [{ name: "data", emptyDir: {} }],
        extraVolumeMounts: [{ name: "own", mountPath: "/etc/omd-worker/conf" }],
        egress: { targets: ["192.0.2.0/24"], ports: [] },
      }),
    );
    expect(message).toContain(`${key}: two containers have the name ${containers.at(-1)}`);
    expect(message).toContain(`${key}: two volumes have the name data`);
    expect(message).toContain(`${key}: two volumes are mounted at /etc/omd-worker/conf`);
    expect(message).toContain(`${key}.egress.targets is set, and egress.ports is empty`);
  });
});

/** What is in the pod of a program that reads it at a start only. */
describe.skipIf(!hasTool("helm"))("the pod of a program is replaced by a change of", () => {
  const templateOf = (values: object, name: string) => JSON.stringify(podOf(objectsOf(values), name));
  const withKey = (key: string) => ({ servers: ["192.0.2.10"], key, existingSecret: "" });
  const tls = { enabled: true, existingSecret: "tls" };

  it.each<[what: string, key: string, name: string, before: object, after: object]>([
    [
      "its own lines",
      "perfdata",
      "omd-perfdata",
      {},
      { perfdata: { config: "target=b http://b database=b\n" } },
    ],
    ["the job servers", "perfdata", "omd-perfdata", {}, { gearman: { servers: ["192.0.2.11"] } }],
    ["more keys", "perfdata", "omd-perfdata", {}, { gearman: { acceptedKeys: ["former"] } }],
    ["TLS", "perfdata", "omd-perfdata", {}, { gearman: { tls } }],
    [
      "the name in the certificate",
      "perfdata",
      "omd-perfdata",
      { gearman: { tls } },
      { gearman: { tls: { ...tls, serverName: "gearmand.example.org" } } },
    ],
    ["no encryption", "perfdata", "omd-perfdata", {}, { gearman: { encryption: false, existingSecret: "" } }],
    [
      "the key itself",
      "perfdata",
      "omd-perfdata",
      { gearman: withKey("one_key") },
      { gearman: withKey("another_key") },
    ],
    [
      "its own lines",
      "zulipBot",
      "omd-zulip-bot",
      {},
      { zulipBot: { config: "site=https://b.example.org\n" } },
    ],
    [
      "its own lines",
      "zulipNotifier",
      "omd-zulip-notifier",
      {},
      { zulipNotifier: { config: "site=https://b.example.org\n" } },
    ],
  ])("%s (%s)", (_, key, name, before, after) => {
    const values = (more: Record<string, object>) => ({
      ...more,
      gearman: { ...GEARMAN, ...more["gearman"] },
      [key]: { enabled: true, existingSecret: "the-secret", ...more[key] },
    });
    const one = templateOf(values(before as Record<string, object>), name);
    expect(templateOf(values(after as Record<string, object>), name)).not.toBe(one);
  });

  it("nothing that the worker beside the notifier takes over", () => {
    const values = (servers: readonly string[], worker: object) => ({
      gearman: { ...GEARMAN, servers },
      zulipNotifier: { enabled: true, existingSecret: "zulip", worker },
    });
    const one = templateOf(values(["192.0.2.10"], {}), "omd-zulip-notifier");
    expect(templateOf(values(["192.0.2.11"], { config: { "max-worker": 5 } }), "omd-zulip-notifier")).toBe(
      one,
    );
  });
});

it.skipIf(!hasTool("helm"))("a release without programs has nothing of them", () => {
  const names = objectsOf().map(({ metadata }) => metadata.name);
  expect(names.filter((name) => /perfdata|zulip/.test(name))).toEqual([]);
  expect(ofKind(objectsOf(), "Deployment")).toHaveLength(5);
});
