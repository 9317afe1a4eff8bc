import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { flags, hasPodMetrics, SECONDS, text } from "./cluster.ts";
import { poolOf, Stage } from "./stage.ts";

/** For an upgrade that cannot work. */
const TRY_SECONDS = 40;
const PATIENCE = { timeout: SECONDS * 1000, interval: 500 };
const POOLS = ["check-ssh", "db", "hostcheck", "snmp", "windows"];
const HPA = { kind: "hpa", minReplicas: 2, maxReplicas: 6 };

let stage: Stage;

interface Revision {
  readonly revision: number;
  readonly status: string;
  readonly description: string;
}

async function history(): Promise<readonly Revision[]> {
  return JSON.parse(await text(stage.helm(["history", stage.release, "-o", "json"])));
}

async function deployment(pool: string) {
  const found = (await stage.list("deployments")).find((each) => poolOf(each) === pool);
  if (found === undefined) throw new Error(`no Deployment of ${pool}`);
  return found;
}

async function replicas(pool: string): Promise<number> {
  return (await deployment(pool)).spec.replicas;
}

/** The version of the pods of each pool. */
async function hashes(): Promise<Readonly<Record<string, string>>> {
  const pods = await stage.pods();
  return Object.fromEntries(
    pods.map((pod) => [poolOf(pod), pod.metadata.labels?.["pod-template-hash"] ?? ""]),
  );
}

/** Asks the server whether it takes a pod of a pool, as it is or changed. */
async function admits(pool: string, { values = {}, change = (spec: object) => spec } = {}) {
  const objects = await stage.render(values);
  const own = objects.find((each) => each.kind === "Deployment" && poolOf(each) === pool);
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "control" } };
  return stage.create({ ...pod, spec: change(own?.spec.template.spec) }, "--dry-run=server");
}

function evict(name: string) {
  const eviction = {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name, namespace: stage.namespace },
  };
  const path = `/api/v1/namespaces/${stage.namespace}/pods/${name}/eviction`;
  return stage.kubectl(["create", "--raw", path, "-f", "-"], JSON.stringify(eviction));
}

beforeAll(async () => {
  stage = await Stage.open("dev");
  await text(stage.install());
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

describe("a release that is changed in a cluster", () => {
  it("replaces the pods of the one pool whose template changes", async () => {
    const before = await stage.podsByPool();
    await text(stage.install({ pools: { snmp: { extraArgs: ["--debug=1"] } } }));
    const after = await stage.podsByPool();
    const changed = Object.keys(before).filter((pool) => String(before[pool]) !== String(after[pool]));
    expect(changed).toEqual(["snmp"]);
    expect(after["snmp"]).toHaveLength(2);
    expect(after["snmp"]?.filter((pod) => before["snmp"]?.includes(pod))).toEqual([]);
    await text(stage.install());
  });

  it("replaces no pod for an option that a worker takes over, and has it in the file", async () => {
    const before = await stage.podsByPool();
    await text(stage.install({ pools: { db: { config: { "max-worker": 33 } } } }));
    expect(await stage.podsByPool()).toEqual(before);
    const file = ["get", "configmap", "omd-dev-db-worker", "-o", "jsonpath={.data}"];
    expect(await text(stage.kubectl(file))).toContain("max-worker=33");
  });

  it("replaces one pool, pod by pod, for the same with configChange: rollout", async () => {
    const before = await stage.podsByPool();
    const rollout = (slots: number) => ({
      pools: { db: { configChange: "rollout", config: { "max-worker": slots } } },
    });
    await text(stage.install(rollout(33)));
    const between = await stage.podsByPool();
    await text(stage.install(rollout(34)));
    const after = await stage.podsByPool();
    expect(after["db"]).not.toEqual(between["db"]);
    expect({ ...after, db: [] }).toEqual({ ...before, db: [] });
  });

  it("goes back by itself when it does not fit into the quota, and no pod was replaced", async () => {
    await text(stage.install());
    const before = await stage.podsByPool();
    const { exitCode } = await stage.tryOut({ pools: { db: { replicas: 12 } } }, TRY_SECONDS);
    expect(exitCode).not.toBe(0);
    const [failed, last] = (await history()).slice(-2);
    expect(failed?.status).toBe("failed");
    expect(last).toMatchObject({ status: "deployed", description: expect.stringMatching(/^Rollback to/) });
    expect(await replicas("db")).toBe(3);
    const after = await stage.podsByPool();
    expect({ ...after, db: 3 }).toEqual({ ...before, db: 3 });
  });

  it("asks the cluster for nothing that the schema refuses", async () => {
    const before = await history();
    const { exitCode, stderr } = await stage.install({ pools: { db: { replicas: "many" } } });
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/pools.db.replicas.*(want|expected:) integer/i);
    expect(await history()).toEqual(before);
  });

  it("goes back to an earlier version of every pool", async () => {
    const before = await hashes();
    const revision = (await history()).at(-1)?.revision;
    await text(stage.install({ poolDefaults: { extraArgs: ["--debug=1"] } }));
    const between = await hashes();
    expect(POOLS.filter((pool) => before[pool] === between[pool])).toEqual([]);
    await text(stage.rollBack(revision));
    expect(await hashes()).toEqual(before);
  });
});

describe("what the cluster refuses", () => {
  it("is no pod of the chart, with pings by a sysctl", async () => {
    expect(await admits("hostcheck")).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("is a pod as root", async () => {
    const change = (spec: object) => ({ ...spec, securityContext: { runAsUser: 0 } });
    expect((await admits("hostcheck", { change })).stderr).toContain('violates PodSecurity "restricted');
  });

  it("is a pod with NET_RAW, as the documentation says", async () => {
    const values = { pools: { hostcheck: { icmp: "netRaw" } } };
    expect((await admits("hostcheck", { values })).stderr).toContain("NET_RAW");
  });
});

describe("pods that are moved", () => {
  it("are evicted one at a time where there is a budget", async () => {
    const own = (await stage.pods())
      .filter((pod) => poolOf(pod) === "db")
      .map(({ metadata }) => metadata.name);
    const answers = await Promise.all(own.map(evict));
    expect(answers.filter(({ exitCode }) => exitCode === 0)).toHaveLength(1);
    for (const { stderr } of answers.filter(({ exitCode }) => exitCode !== 0))
      expect(stderr).toContain("disruption budget");
    expect((await stage.podsByPool())["db"]).toHaveLength(3);
  });

  it("do not stop the drain of a node when there is only one of a pool", async () => {
    const own = (await stage.pods()).find((pod) => poolOf(pod) === "check-ssh");
    expect(await evict(own?.metadata.name ?? "")).toMatchObject({ exitCode: 0 });
    await vi.waitFor(async () => {
      const [now] = (await stage.podsByPool())["check-ssh"] ?? [];
      expect(now).not.toBe(own?.metadata.uid);
    }, PATIENCE);
  });
});

describe("a pool that is scaled", () => {
  it("keeps its pods when it is given to an autoscaler", async () => {
    await text(stage.install({ pools: { snmp: { replicas: 4 } } }));
    const before = (await stage.podsByPool())["snmp"];
    await text(stage.install({ pools: { snmp: { autoscaling: HPA } } }));
    expect(await replicas("snmp")).toBe(4);
    expect((await stage.podsByPool())["snmp"]).toEqual(before);
    expect(await stage.list("hpa")).toHaveLength(1);
  });

  it.each([
    ["has scaled it", 5, HPA],
    ["has scaled it beyond a new maxReplicas", 5, { ...HPA, maxReplicas: 3 }],
    ["has scaled it below a new minReplicas", 3, { ...HPA, minReplicas: 4 }],
  ])("is upgraded after the autoscaler %s", async (_, pods, autoscaling) => {
    await text(stage.install({ pools: { snmp: { autoscaling: { ...HPA } } } }));
    await text(stage.kubectl(["scale", "deployment/omd-dev-snmp-worker", `--replicas=${pods}`]));
    await text(stage.install({ pools: { snmp: { autoscaling } } }));
    await vi.waitFor(async () => {
      const now = await replicas("snmp");
      expect(now).toBeGreaterThanOrEqual(autoscaling.minReplicas);
      expect(now).toBeLessThanOrEqual(autoscaling.maxReplicas);
    }, PATIENCE);
  });

  it("goes back to an earlier version, whatever the autoscaler has set since", async () => {
    const snmp = { autoscaling: HPA };
    await text(stage.install({ pools: { snmp } }));
    const revision = (await history()).at(-1)?.revision;
    const before = await hashes();
    await text(stage.kubectl(["scale", "deployment/omd-dev-snmp-worker", "--replicas=6"]));
    await text(stage.install({ pools: { snmp: { ...snmp, extraArgs: ["--debug=1"] } } }));
    await text(stage.rollBack(revision));
    expect(await hashes()).toEqual(before);
    expect(await replicas("snmp")).toBeGreaterThan(HPA.minReplicas);
  });

  it("has an autoscaler that can read the CPU of the worker's container", async (check) => {
    if (!(await hasPodMetrics())) return check.skip("the cluster has no metrics of pods");
    await text(stage.install({ pools: { snmp: { autoscaling: HPA } } }));
    await vi.waitFor(async () => {
      const [scaler] = await stage.list("hpa");
      const [metric] = scaler?.status.currentMetrics ?? [];
      expect(metric?.containerResource).toMatchObject({ name: "cpu", container: "worker" });
      expect(metric.containerResource.current.averageUtilization).toBeGreaterThanOrEqual(0);
    }, PATIENCE);
  });

  it("has what its values say once it is scaled no more, if Helm may take the field back", async () => {
    const { take } = await flags();
    await text(stage.install({ pools: { snmp: { replicas: 3 } } }, take));
    expect((await stage.podsByPool())["snmp"]).toHaveLength(3);
  });
});

describe("an end-to-end test", () => {
  it("runs to its end as a Job of its CronJob, within the quota", async () => {
    const [own] = await stage.pods();
    const [{ image }] = own?.spec.containers ?? [{ image: "" }];
    const test = { schedule: "0 0 1 1 *", host: "accept", image, command: ["true"] };
    const { take } = await flags();
    await text(stage.install({ e2e: { accept: test } }, take));
    await text(stage.kubectl(["create", "job", "accept-now", "--from=cronjob/omd-dev-accept-e2e"]));
    const wait = ["wait", "job/accept-now", "--for=condition=Complete", `--timeout=${SECONDS}s`];
    await text(stage.kubectl(wait));
  });
});
