import { describe, expect, it } from "vitest";
import { hasTool } from "../support/fetched-tools.ts";
import { find, objectsOf, ofKind } from "../support/helm/template.ts";

const SNMP = "omd-snmp-worker";
const snmp = (pool: object) => ({ pools: { snmp: pool } });
const deployment = (values: object = {}) => find(objectsOf(values), "Deployment", SNMP);
const podOf = (values: object = {}) => deployment(values).spec.template.spec;
const workerOf = (values: object = {}) => podOf(values).containers[0];

describe.skipIf(!hasTool("helm"))("a pool", () => {
  it("is there for each entry that is enabled", () => {
    const names = ofKind(objectsOf(), "Deployment").map(({ metadata }) => metadata.name);
    const pools = ["check-ssh", "db", "hostcheck", "snmp", "windows"];
    expect(names).toEqual(pools.map((name) => `omd-${name}-worker`));
    const without = objectsOf({ pools: { windows: { enabled: false }, db: null } });
    expect(ofKind(without, "Deployment")).toHaveLength(3);
  });

  it("has poolDefaults merged with its own entry: false, zero and empty texts count", () => {
    const objects = objectsOf({
      poolDefaults: { nodeSelector: { disk: "ssd" }, config: { "max-age": 5, show_error_output: true } },
      ...snmp({
        replicas: 0,
        minReadySeconds: 0,
        nodeSelector: { zone: "a" },
        config: { "max-age": 0, show_error_output: false },
      }),
    });
    const { spec } = find(objects, "Deployment", SNMP);
    expect(spec).toMatchObject({ replicas: 0, minReadySeconds: 0 });
    expect(spec.template.spec.nodeSelector).toEqual({ disk: "ssd", zone: "a" });
    const conf = find(objects, "ConfigMap", SNMP).data["worker.conf"];
    expect(conf).toContain("\nmax-age=0\n");
    expect(conf).toContain("\nshow_error_output=off\n");
  });

  it("has no limit and no number of a user that null takes away, for all pools or for one", () => {
    const nulls = {
      resources: { limits: { cpu: null } },
      podSecurityContext: { runAsUser: null, runAsGroup: null, fsGroup: null },
    };
    for (const values of [{ poolDefaults: nulls }, snmp(nulls)]) {
      const { containers, securityContext } = podOf(values);
      expect(Object.keys(containers[0].resources.limits)).toEqual(["ephemeral-storage", "memory"]);
      expect(Object.keys(containers[0].resources.requests)).toEqual(["cpu", "ephemeral-storage", "memory"]);
      expect(Object.keys(securityContext)).toEqual([
        ...["fsGroupChangePolicy", "runAsNonRoot", "seccompProfile", "sysctls"],
      ]);
    }
    // What the worker does without the option.
    const without = podOf({ poolDefaults: { config: { shutdown_timeout: null } } });
    expect(without.terminationGracePeriodSeconds).toBe(75);
  });

  it("has time for what the worker's own option gives running checks, and a margin", () => {
    expect(podOf().terminationGracePeriodSeconds).toBe(75);
    const longer = snmp({ config: { shutdown_timeout: 300 }, terminationMarginSeconds: 30 });
    expect(podOf(longer).terminationGracePeriodSeconds).toBe(330);
  });

  it("has an image of its name: from a registry, by tag or by digest", () => {
    expect(workerOf().image).toBe("omd-snmp-worker:0.1.0");
    const byTag = workerOf({ image: { registry: "a.example.org/x", tag: "2" } });
    expect(byTag.image).toBe("a.example.org/x/omd-snmp-worker:2");
    const global = workerOf({ image: { registry: "a" }, global: { imageRegistry: "b" } });
    expect(global.image).toBe("b/omd-snmp-worker:0.1.0");
    const digest = `sha256:${"0".repeat(64)}`;
    const byDigest = workerOf(snmp({ image: { registry: "c", repository: "d", digest } }));
    expect(byDigest.image).toBe(`c/d@${digest}`);
  });

  it("is asked by probes at the port of its metrics", () => {
    const { startupProbe, livenessProbe, readinessProbe, ports } = workerOf({ metrics: { port: 9999 } });
    expect(ports).toEqual([{ name: "metrics", containerPort: 9999, protocol: "TCP" }]);
    expect(startupProbe.httpGet).toEqual({ path: "/livez", port: "metrics" });
    expect(livenessProbe.httpGet).toEqual({ path: "/livez", port: "metrics" });
    expect(readinessProbe.httpGet).toEqual({ path: "/readyz", port: "metrics" });
  });

  it("runs under PodSecurity restricted, with ICMP sockets by a sysctl", () => {
    expect(podOf().securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
      sysctls: [{ name: "net.ipv4.ping_group_range", value: "0 2147483647" }],
    });
    expect(workerOf().securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(podOf()).toMatchObject({ automountServiceAccountToken: false });
  });

  it("has NET_RAW only where it is asked for", () => {
    const values = snmp({ icmp: "netRaw" });
    expect(workerOf(values).securityContext).toMatchObject({
      allowPrivilegeEscalation: true,
      capabilities: { drop: ["ALL"], add: ["NET_RAW"] },
    });
    expect(podOf(values).securityContext.sysctls).toBeUndefined();
    expect(podOf(snmp({ icmp: "none" })).securityContext.sysctls).toBeUndefined();
  });

  it("has credentials of existing Secrets as files", () => {
    const values = snmp({
      credentials: {
        secretDir: [
          { name: "communities" },
          { name: "v3", items: [{ key: "a", path: "b" }], optional: true },
        ],
        files: [
          { secret: "ssh", mountPath: "/etc/omd-worker/ssh" },
          { configMap: "hosts", mountPath: "/etc/omd-worker/known" },
        ],
      },
    });
    const file = (name: string, source: object) => ({
      name,
      projected: { defaultMode: 0o440, sources: [source] },
    });
    expect(podOf(values).volumes.slice(-3)).toEqual([
      {
        name: "secrets",
        projected: {
          defaultMode: 0o440,
          sources: [
            { secret: { name: "communities" } },
            { secret: { name: "v3", items: [{ key: "a", path: "b" }], optional: true } },
          ],
        },
      },
      file("files-0", { secret: { name: "ssh" } }),
      file("files-1", { configMap: { name: "hosts" } }),
    ]);
    const paths = workerOf(values).volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath);
    expect(paths.slice(-3)).toEqual([
      "/etc/omd-worker/secrets",
      "/etc/omd-worker/ssh",
      "/etc/omd-worker/known",
    ]);
  });

  it("has no password in a variable, and no Secret of the chart unless gearman.key is used", () => {
    expect(ofKind(objectsOf(), "Secret")).toEqual([]);
    const objects = objectsOf({ gearman: { existingSecret: "", key: "a_key_of_this_test" } });
    const [secret] = ofKind(objects, "Secret");
    expect(Buffer.from(secret?.data.key, "base64").toString()).toBe("a_key_of_this_test");
    const rest = JSON.stringify(objects.filter((object) => object !== secret));
    expect(rest).not.toContain("a_key_of_this_test");
  });

  it("has a budget unless it has a single pod", () => {
    const budgets = (values: object) =>
      ofKind(objectsOf(values), "PodDisruptionBudget").map((each) => each.metadata.name);
    expect(budgets({})).toHaveLength(5);
    expect(budgets(snmp({ replicas: 1 }))).not.toContain(SNMP);
    expect(budgets(snmp({ replicas: 1, autoscaling: { kind: "hpa" } }))).toContain(SNMP);
    expect(budgets(snmp({ podDisruptionBudget: { enabled: false } }))).not.toContain(SNMP);
    expect(find(objectsOf(), "PodDisruptionBudget", SNMP).spec).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
    const { spec } = find(
      objectsOf(snmp({ podDisruptionBudget: { minAvailable: "50%" } })),
      "PodDisruptionBudget",
      SNMP,
    );
    expect([spec.minAvailable, spec.maxUnavailable]).toEqual(["50%", undefined]);
  });

  it("is spread over nodes and zones, each version for itself", () => {
    const { topologySpreadConstraints, affinity } = podOf();
    expect(topologySpreadConstraints).toHaveLength(2);
    for (const each of topologySpreadConstraints)
      expect(each).toMatchObject({
        whenUnsatisfiable: "ScheduleAnyway",
        matchLabelKeys: ["pod-template-hash"],
        labelSelector: { matchLabels: { "app.kubernetes.io/component": "snmp" } },
      });
    expect(affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution).toHaveLength(1);
    const hard = podOf(snmp({ podAntiAffinity: "hard" })).affinity.podAntiAffinity;
    expect(hard.requiredDuringSchedulingIgnoredDuringExecution).toHaveLength(1);
    expect(podOf(snmp({ podAntiAffinity: "none" })).affinity).toBeUndefined();
    expect(podOf(snmp({ affinity: { nodeAffinity: {} } })).affinity).toEqual({ nodeAffinity: {} });
  });

  it("takes what else a site needs", () => {
    const { metadata, spec } = deployment(
      snmp({
        extraEnv: [{ name: "https_proxy", value: "http://proxy" }],
        extraEnvFrom: [{ secretRef: { name: "more" } }],
        extraArgs: ["--debug=1"],
        extraVolumes: [{ name: "mibs", configMap: { name: "mibs" } }],
        extraVolumeMounts: [{ name: "mibs", mountPath: "/mibs" }],
        initContainers: [{ name: "first", image: "a:1" }],
        sidecars: [{ name: "beside", image: "b:1" }],
        hostAliases: [{ ip: "192.0.2.9", hostnames: ["core"] }],
        priorityClassName: "monitoring",
        podLabels: { team: "m" },
        podAnnotations: { note: "p" },
        annotations: { "reloader.stakater.com/auto": "true" },
      }),
    );
    expect(metadata.annotations).toEqual({ "reloader.stakater.com/auto": "true" });
    expect(spec.template.metadata.labels).toMatchObject({ team: "m" });
    expect(spec.template.metadata.annotations).toMatchObject({ note: "p" });
    expect(spec.template.spec).toMatchObject({
      priorityClassName: "monitoring",
      hostAliases: [{ ip: "192.0.2.9" }],
      initContainers: [{ name: "first" }],
      containers: [{ name: "worker" }, { name: "beside" }],
    });
    const [worker] = spec.template.spec.containers;
    expect(worker.args.at(-1)).toBe("--debug=1");
    expect(worker.env).toEqual([{ name: "https_proxy", value: "http://proxy" }]);
    expect(worker.envFrom).toEqual([{ secretRef: { name: "more" } }]);
    expect(worker.volumeMounts.at(-1)).toEqual({ name: "mibs", mountPath: "/mibs" });
  });

  it("knows the authorities of the site", () => {
    const { env, volumeMounts } = workerOf({ caBundle: { configMap: "ca" } });
    expect(env).toEqual([
      { name: "NODE_EXTRA_CA_CERTS", value: "/etc/omd-worker/ca/ca.crt" },
      { name: "SSL_CERT_FILE", value: "/etc/omd-worker/ca/ca.crt" },
    ]);
    expect(volumeMounts).toContainEqual({ name: "ca", mountPath: "/etc/omd-worker/ca", readOnly: true });
  });

  it("has each variable once: what the site says counts, and the last of two", () => {
    const extraEnv = [
      { name: "SSL_CERT_FILE", value: "/first" },
      { name: "no_proxy", valueFrom: { configMapKeyRef: { name: "proxy", key: "none" } } },
      { name: "SSL_CERT_FILE", value: "/second" },
    ];
    const { env } = workerOf({ caBundle: { configMap: "ca" }, ...snmp({ extraEnv }) });
    expect(env).toEqual([
      { name: "NODE_EXTRA_CA_CERTS", value: "/etc/omd-worker/ca/ca.crt" },
      { name: "SSL_CERT_FILE", value: "/second" },
      { name: "no_proxy", valueFrom: { configMapKeyRef: { name: "proxy", key: "none" } } },
    ]);
  });

  it("has names within 63 characters that no two share", () => {
    const release = "a-very-long-name-of-a-release-that-helm-still-takes-5";
    const long = { abcdefghijklmnopqrstuvwx: { queues: { hosts: true } } };
    const deployments = ofKind(objectsOf({ pools: long }, { release }), "Deployment");
    expect(deployments).toHaveLength(6);
    for (const { metadata } of deployments) expect(metadata.name.length).toBeLessThanOrEqual(63);
    expect(new Set(deployments.map(({ metadata }) => metadata.name)).size).toBe(6);
  });
});

const rollout = (pool: object = {}) => ({ poolDefaults: { configChange: "rollout" }, ...snmp(pool) });

describe.skipIf(!hasTool("helm"))("a change", () => {
  const templates = (values: object) =>
    Object.fromEntries(
      ofKind(objectsOf(values), "Deployment").map(({ metadata, spec }) => [metadata.name, spec.template]),
    );
  const changed = (before: object, after: object) => {
    const [one, other] = [templates(before), templates(after)];
    return Object.keys(one).filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));
  };

  it.each<[what: string, before: object, after: object, replaced: readonly string[]]>([
    ["an option, with reload", {}, snmp({ config: { "max-worker": 7 } }), []],
    ["a queue, with reload", {}, snmp({ queues: { hosts: true } }), []],
    ["the job servers, with reload", {}, { gearman: { servers: ["192.0.2.7"] } }, []],
    ["an option that counts at a start, with reload", {}, snmp({ config: { log_format: "text" } }), [SNMP]],
    ["an option, with rollout", rollout(), rollout({ config: { "max-worker": 7 } }), [SNMP]],
    ["an option of a start, with rollout", rollout(), rollout({ config: { log_format: "text" } }), [SNMP]],
    ["resources", {}, snmp({ resources: { requests: { cpu: "1" } } }), [SNMP]],
    ["the pools, by a new one", {}, { pools: { more: { queues: { hosts: true } } } }, []],
  ])("of %s replaces the pods of its pool, or none", (_, before, after, replaced) => {
    expect(changed(before, after)).toEqual(replaced);
  });

  it("is either reloaded or rolled out", () => {
    const of = (values: object) => {
      const objects = objectsOf(values);
      const { annotations } = find(objects, "Deployment", SNMP).spec.template.metadata;
      return {
        reloads: find(objects, "ConfigMap", SNMP).data["worker.conf"].includes("reload_on_change=on"),
        rolls: "checksum/config" in annotations,
      };
    };
    expect(of({})).toEqual({ reloads: true, rolls: false });
    expect(of(rollout())).toEqual({ reloads: false, rolls: true });
  });
});
