import { describe, expect, it } from "vitest";
import { hasTool } from "../support/fetched-tools.ts";
import { objectsOf, refusalOf, render } from "../support/helm/template.ts";

const snmp = (pool: object) => ({ pools: { snmp: pool } });
const NO_POOLS = Object.fromEntries(
  ["hostcheck", "check-ssh", "snmp", "db", "windows"].map((name) => [name, { enabled: false }]),
);
const PROMETHEUS = { kind: "keda", keda: { trigger: "prometheus" } };

/** What the schema has no words for. */
describe.skipIf(!hasTool("helm"))("the chart refuses, and says what to do:", () => {
  it.each<[what: string, values: object, says: string]>([
    [
      "no job server",
      { gearman: { servers: [] } },
      "gearman.servers names no job server: set it, or try out with gearmand.enabled=true",
    ],
    [
      "a token of the account that all pools have",
      snmp({ automountServiceAccountToken: true }),
      "pools.snmp.automountServiceAccountToken is true, and serviceAccountName names no account",
    ],
    [
      "no port of the API server, which would be all",
      { networkPolicy: { apiServer: { ports: [] } } },
      "networkPolicy.apiServer.ports is empty",
    ],
    [
      "memory without a unit, which is bytes",
      snmp({ resources: { limits: { memory: "512" } } }),
      "pools.snmp.resources.limits.memory is 512, which is less than a MiB: write 512Mi",
    ],
    [
      "memory as a number without a unit",
      snmp({ resources: { requests: { memory: 256 } } }),
      "pools.snmp.resources.requests.memory is 256, which is less than a MiB: write 256Mi",
    ],
    [
      "memory in thousandths of bytes",
      snmp({ resources: { requests: { "ephemeral-storage": "64m" } } }),
      "pools.snmp.resources.requests.ephemeral-storage is 64m, which is less than a MiB: write 64Mi",
    ],
    ["no key", { gearman: { existingSecret: "" } }, "gearman.existingSecret names no Secret with the key"],
    [
      "two keys",
      { gearman: { key: "a_key_of_this_test" } },
      "gearman.existingSecret and gearman.key are both set: remove gearman.key",
    ],
    [
      "a key without encryption",
      { gearman: { encryption: false } },
      "encryption is false, and there is a key",
    ],
    [
      "more keys than a Secret",
      { gearman: { encryption: false, existingSecret: "", acceptedKeys: ["former"] } },
      "gearman.acceptedKeys and gearman.dupserverKey are entries of gearman.existingSecret",
    ],
    [
      "TLS without certificates",
      { gearman: { tls: { enabled: true } } },
      "gearman.tls.existingSecret names no Secret with ca.crt: set it",
    ],
    [
      "certificates without TLS",
      { gearman: { tls: { existingSecret: "omd-tls" } } },
      "gearman.tls.enabled is false: the connections would not use TLS: enable it, or remove the Secret",
    ],
    [
      "a pool's certificates without TLS",
      snmp({ credentials: { tlsSecret: "snmp-tls" } }),
      "pools.snmp.credentials.tlsSecret is set, and gearman.tls.enabled is false",
    ],
    [
      "TLS with a gearmand that has none",
      { gearman: { tls: { enabled: true, existingSecret: "omd-tls" } }, gearmand: { enabled: true } },
      "the chart's own gearmand has no TLS: disable one of them",
    ],
    ["no pool", { pools: NO_POOLS }, "no pool is enabled"],
    [
      "a pool without a queue",
      { pools: { mine: {} } },
      "pools.mine.queues names no queue: set one, or pools.mine.enabled=false",
    ],
    [
      "a pool's name that the chart needs",
      { pools: { gearmand: { queues: { hosts: true } } } },
      "pools.gearmand: the name is taken by the chart",
    ],
    ["an image that may change", { image: { tag: "latest" } }, "image.tag is latest, which is no version"],
    ["a pool's image that may change", snmp({ image: { tag: "latest" } }), "pools.snmp.image.tag is latest"],
    [
      "fewer pods than at least",
      snmp({ autoscaling: { kind: "hpa", minReplicas: 5, maxReplicas: 3 } }),
      "pools.snmp.autoscaling.minReplicas is more than maxReplicas",
    ],
    [
      "scaling by nothing",
      snmp({ autoscaling: { kind: "hpa", hpa: { cpuUtilization: 0 } } }),
      "pools.snmp.autoscaling.kind is hpa, and there is no metric",
    ],
    [
      "KEDA without its Prometheus",
      snmp({ autoscaling: PROMETHEUS }),
      "pools.snmp.autoscaling.keda.trigger is prometheus: set keda.prometheusAddress",
    ],
    [
      "a budget that blocks every drain",
      snmp({ podDisruptionBudget: { minAvailable: 2 } }),
      "podDisruptionBudget.minAvailable 2 of 2 pods would block the drain of every node",
    ],
    [
      "a budget that blocks every drain, as a percentage is rounded up",
      snmp({ replicas: 3, podDisruptionBudget: { minAvailable: "67%" } }),
      "podDisruptionBudget.minAvailable 67% of 3 pods would block the drain of every node",
    ],
    [
      "a budget of no pod",
      snmp({ podDisruptionBudget: { maxUnavailable: 0 } }),
      "podDisruptionBudget.maxUnavailable 0 would block the drain of every node: raise it",
    ],
    [
      "a volume with the name of one of the chart's",
      snmp({ extraVolumes: [{ name: "tmp", emptyDir: {} }] }),
      "pools.snmp: two volumes have the name tmp: choose another one (extraVolumes)",
    ],
    [
      "two volumes at one path",
      snmp({ credentials: { files: [{ secret: "a", mountPath: "/etc/omd-worker/key" }] } }),
      "pools.snmp: two volumes are mounted at /etc/omd-worker/key",
    ],
    [
      "a container with the name of the worker's",
      snmp({ sidecars: [{ name: "worker", image: "a:1" }] }),
      "pools.snmp: two containers have the name worker",
    ],
    [
      "a test's volume at a path of the chart's",
      {
        e2e: {
          shop: {
            schedule: "@hourly",
            host: "shop",
            image: "a:1",
            command: ["true"],
            extraVolumes: [{ name: "shm", emptyDir: {} }],
            extraVolumeMounts: [{ name: "shm", mountPath: "/tmp" }],
          },
        },
      },
      "e2e.shop: two volumes have the name shm: choose another one (extraVolumes)\n" +
        "  e2e.shop: two volumes are mounted at /tmp: choose another path",
    ],
    [
      "a roll-out that cannot go on",
      snmp({ strategy: { rollingUpdate: { maxSurge: 0 } } }),
      "maxSurge and maxUnavailable are both 0",
    ],
    [
      "a roll-out that cannot go on, in percent",
      snmp({ strategy: { rollingUpdate: { maxSurge: "0%", maxUnavailable: "0%" } } }),
      "maxSurge and maxUnavailable are both 0",
    ],
    [
      "checks that a roll-out would stop",
      snmp({ config: { job_timeout: 90 } }),
      "pools.snmp.config.job_timeout (90) is longer than shutdown_timeout (60)",
    ],
    [
      "a time to end that is shorter than the checks have by default",
      snmp({ config: { shutdown_timeout: 10 } }),
      "pools.snmp.config.job_timeout (not set: 60) is longer than shutdown_timeout (10)",
    ],
    [
      "targets that could be reached at no port",
      { pools: { mine: { queues: { hosts: true }, egress: { targets: ["192.0.2.0/24"] } } } },
      "pools.mine.egress.targets is set, and egress.ports is empty: none of them could be reached: name the ports",
    ],
    [
      "a test's targets that could be reached at no port",
      { e2e: { shop: { egress: { targets: ["192.0.2.0/24"], ports: [] } } } },
      "e2e.shop.egress.targets is set, and egress.ports is empty",
    ],
    [
      "files of nothing",
      snmp({ credentials: { files: [{ mountPath: "/a" }] } }),
      "pools.snmp.credentials.files[0]: give either secret or configMap",
    ],
    [
      "files of two",
      snmp({ credentials: { files: [{ mountPath: "/a", secret: "b", configMap: "c" }] } }),
      "give either secret or configMap",
    ],
    ["a test that says nothing", { e2e: { shop: {} } }, "e2e.shop.command is not set"],
    [
      "a test of no pool",
      { tests: { pool: "gone" } },
      "tests.pool names gone, and there is no such pool: use one of check-ssh, db, hostcheck, snmp, windows",
    ],
    ["a quota without limits", { resourceQuota: { enabled: true } }, "resourceQuota.hard is empty"],
    ["a range without limits", { limitRange: { enabled: true } }, "limitRange.limits is empty"],
  ])("%s", (_, values, says) => {
    expect(refusalOf(values)).toContain(says);
  });

  it.each([
    ["server", ["a"], "gearman.servers"],
    ["dupserver", "a", "gearman.dupservers"],
    ["encryption", false, "gearman.encryption"],
    ["keyfile", "/etc/key", "gearman.existingSecret"],
    ["hosts", true, "queues.hosts of the pool"],
    ["hostgroups", "a,b", "queues.hostgroups of the pool"],
    ["secret_dir", "/etc/secrets", "credentials.secretDir of the pool"],
    ["prometheus_server", ":1", "metrics.port"],
    ["reload_on_change", true, "configChange of the pool"],
    ["identifier", "me", "nothing, as it is the name of the pod"],
    ["daemon", true, "nothing, as a container stays in the foreground"],
  ])("%s in a pool's config", (option, value, instead) => {
    const says = `pools.snmp.config.${option} is set by the chart: use ${instead}`;
    expect(refusalOf(snmp({ config: { [option]: value } }))).toContain(says);
  });

  it("all problems at once", () => {
    const result = render({ values: [{ image: { tag: "latest" } }] });
    const message = result.kind === "refused" ? result.message : "";
    expect(message).toContain("gearman.servers names no job server");
    expect(message).toContain("gearman.existingSecret names no Secret");
    expect(message).toContain("image.tag is latest");
  });

  it.each<[what: string, pool: object]>([
    [
      "targets that are pinged, at every port",
      { egress: { targets: ["192.0.2.0/24"], icmp: true, ports: [] } },
    ],
    [
      "a short time to end with a job_timeout as short",
      { config: { shutdown_timeout: 10, job_timeout: 10 } },
    ],
  ])("but not %s", (_, pool) => {
    expect(objectsOf(snmp(pool)).length).toBeGreaterThan(0);
  });

  it("only what is there: a pool that is not enabled may say anything", () => {
    const mine = { enabled: false, image: { tag: "latest" } };
    expect(objectsOf({ pools: { mine } }).length).toBeGreaterThan(0);
  });
});
