import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { CHART, type KubeObject, readObjects } from "../../test/support/helm/template.ts";
import { flags, json, kinds, kubectl, SECONDS, text, versions } from "./cluster.ts";
import { type Found, poolOf, Stage } from "./stage.ts";

const PODS = { "check-ssh": 1, db: 3, hostcheck: 2, snmp: 2, windows: 2 };
const PROD_PODS = { db: 3, snmp: 2, windows: 3 };
/** Objects of the operators, if the cluster has their kinds. */
const OPERATORS = ["PodMonitor", "ServiceMonitor", "PrometheusRule", "ScaledObject"];

let stages: readonly Stage[] = [];
let before: readonly string[] = [];

/** All objects of the namespaces but events, by kind and name. */
async function everything(): Promise<readonly string[]> {
  const all = await text(kubectl(["api-resources", "--namespaced", "--verbs=list", "-o", "name"]));
  const asked = all.split("\n").filter((kind) => kind !== "" && !/^events|metrics\.k8s\.io$/.test(kind));
  const lists = stages.map(async (stage) => {
    const names = await text(stage.kubectl(["get", asked.join(","), "-o", "name"]));
    return names.split("\n").map((name) => `${stage.namespace} ${name}`);
  });
  return (await Promise.all(lists)).flat().toSorted();
}

/** What an upgrade would change: each object's own counter. */
async function state(stage: Stage): Promise<readonly string[]> {
  const lists = ["deployments", "pdb", "networkpolicies", "configmaps", "services", "serviceaccounts"];
  const found = (await Promise.all(lists.map((kind) => stage.list(kind)))).flat();
  return found.map(({ kind, metadata }) => {
    const mark =
      kind === "Deployment" ? metadata.generation : (metadata.generation ?? metadata.resourceVersion);
    return `${kind} ${metadata.name} ${mark}`;
  });
}

/** A gearmand that was brought along is no pool. */
function ofPools(objects: readonly Found[]): readonly Found[] {
  return objects.filter((object) => poolOf(object) !== "gearmand");
}

function count(pods: readonly Found[]): Readonly<Record<string, number>> {
  const groups = Object.entries(Object.groupBy(ofPools(pods), poolOf));
  return Object.fromEntries(groups.map(([pool, each = []]) => [pool, each.length]));
}

beforeAll(async () => {
  console.log(await versions());
  stages = [await Stage.open("dev"), await Stage.open("prod")];
  before = await everything();
});
afterAll(async () => {
  for (const stage of stages) await stage[Symbol.asyncDispose]();
});

describe("both stages in a cluster, under the level restricted, with a quota and limits", () => {
  it("are accepted by the server before anything is made", async () => {
    for (const stage of stages) {
      const { exitCode, stderr } = await stage.install({}, ["--dry-run=server"]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    }
    expect(await everything()).toEqual(before);
  });

  it("install, and every pod becomes ready, without a warning", async () => {
    for (const stage of stages) {
      const { exitCode, stderr } = await stage.install();
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    }
  });

  it("are eight Deployments with eighteen pods", async () => {
    const [dev, prod] = stages;
    expect(count((await dev?.pods()) ?? [])).toEqual(PODS);
    expect(count((await prod?.pods()) ?? [])).toEqual(PROD_PODS);
    const deployments = (await Promise.all(stages.map((stage) => stage.list("deployments")))).flat();
    expect(ofPools(deployments)).toHaveLength(8);
  });

  it("have pods that need nothing of the defaults of a LimitRange, and no token", async () => {
    const pods = (await Promise.all(stages.map((stage) => stage.pods()))).flat();
    for (const { metadata, spec } of pods) {
      expect(metadata.annotations).not.toHaveProperty("kubernetes.io/limit-ranger");
      expect(JSON.stringify(spec.volumes)).not.toContain("serviceAccountToken");
    }
  });

  it("spread the pods of a pool over nodes, if there are any", async () => {
    const { items } = await json<{ items: readonly Found[] }>(kubectl(["get", "nodes", "-o", "json"]));
    const free = items.filter(({ spec }) => !spec.unschedulable && (spec.taints ?? []).length === 0);
    for (const stage of stages)
      for (const pods of Object.values(Object.groupBy(await stage.pods(), poolOf)))
        expect(new Set(pods?.map(({ spec }) => spec.nodeName)).size).toBe(
          Math.min(free.length, pods?.length ?? 0),
        );
  });

  it("change nothing and replace no pod when they are upgraded without a change", async () => {
    for (const stage of stages) {
      const [pods, objects] = [await stage.podsByPool(), await state(stage)];
      expect(await stage.install()).toMatchObject({ exitCode: 0 });
      expect(await state(stage)).toEqual(objects);
      expect(await stage.podsByPool()).toEqual(pods);
    }
  });

  it("are what the cluster has: kubectl diff finds nothing", async () => {
    for (const stage of stages) {
      const manifest = await text(stage.helm(["get", "manifest", stage.release]));
      const { exitCode, stdout } = await stage.kubectl(["diff", "-f", "-"], manifest);
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
    }
  });

  it("have a pod of helm test that the server takes, and that is removed when it has gone well", async () => {
    for (const stage of stages) {
      const ran = await stage.helm(["test", stage.release, "--timeout", `${SECONDS}s`]);
      expect(ran, ran.stdout).toMatchObject({ exitCode: 0 });
      expect((await stage.list("pods")).map(poolOf)).not.toContain("helm-test");
    }
  });

  it("have a worker with the same key at each queue, as helm test says", async (check) => {
    const { logs } = await flags();
    for (const stage of stages) {
      if (!(await stage.hasContainers())) return check.skip("the cluster runs no containers");
      const said = await text(stage.helm(["test", stage.release, ...logs, "--timeout", `${SECONDS}s`]));
      const pools = Object.keys(count(await stage.pods()));
      if (logs.length > 0)
        expect(said.match(/has the same key/g)?.length).toBeGreaterThanOrEqual(pools.length);
    }
  });

  it("leave nothing when they are uninstalled", async () => {
    for (const stage of stages)
      await text(stage.helm(["uninstall", stage.release, "--wait", "--timeout", `${SECONDS}s`]));
    const patience = { timeout: SECONDS * 1000, interval: 1000 };
    await vi.waitFor(async () => expect(await everything()).toEqual(before), patience);
  });
});

describe("every object that the chart can make", () => {
  it("is accepted by the server, with no field that it does not know", async () => {
    const [stage] = stages;
    const known = await kinds();
    const values = ["-f", `${CHART}/ci/everything-values.yaml`];
    const rendered = readObjects(await text(stage?.helm(["template", "all", CHART, ...values]) ?? never()));
    const given = rendered.filter(({ kind }) => known.has(kind) || !OPERATORS.includes(kind));
    expect(new Set(given.map(({ kind }) => kind)).size).toBeGreaterThan(10);
    // A pod of an account that is not there is refused, and a dry run makes none.
    const accounts = given.filter(({ kind }) => kind === "ServiceAccount");
    await text(apply(stage ?? never(), accounts, []));
    const { exitCode, stderr } = await apply(stage ?? never(), given, ["--dry-run=server"]);
    const warnings = stderr
      .split("\n")
      .filter((line) => line !== "" && !/would violate PodSecurity/.test(line));
    expect({ exitCode, warnings }).toEqual({ exitCode: 0, warnings: [] });
  });
});

function apply(stage: Stage, objects: readonly KubeObject[], words: readonly string[]) {
  const list = { apiVersion: "v1", kind: "List", items: objects };
  return stage.kubectl(["apply", "--validate=strict", ...words, "-f", "-"], JSON.stringify(list));
}

function never(): never {
  throw new Error("no stage was opened");
}
