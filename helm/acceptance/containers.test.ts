import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flags, SECONDS, text } from "./cluster.ts";
import { CorePod } from "./core-pod.ts";
import { poolOf, Stage } from "./stage.ts";
import { TargetPod } from "./target-pod.ts";

const POOL = "snmp";
const QUEUE = "servicegroup_snmp";

let stage: Stage;
let core: CorePod | undefined;
let target: TargetPod | undefined;

/** Where pods are the targets: an address of a pod is none that a policy names in every network. */
const POLICY = { networkPolicy: { targets: [{ podSelector: { matchLabels: { app: "target" } } }] } };

beforeAll(async () => {
  stage = await Stage.open("dev");
  await text(stage.install(POLICY));
  if (!(await stage.hasContainers())) return;
  core = await CorePod.start(stage, POOL);
  target = await TargetPod.start(stage, POOL);
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
});

describe("a release whose containers run", () => {
  it("has an end-to-end test whose result reaches the job server", async (check) => {
    if (core === undefined) return check.skip("the cluster runs no containers");
    const [own] = await stage.pods();
    const [{ image }] = own?.spec.containers ?? [{ image: "" }];
    const test = {
      schedule: "0 0 1 1 *",
      host: "shop",
      service: "checkout",
      image,
      command: ["/bin/sh", "-c", "echo 'basket is empty | seconds=0.4s'; exit 2"],
      options: { result_queue: "accept_results" },
    };
    const { take } = await flags();
    await text(stage.install({ ...POLICY, e2e: { accept: test } }, take));
    await text(stage.kubectl(["create", "job", "accept-now", "--from=cronjob/omd-dev-accept-e2e"]));
    const result = await core.take();
    const wanted = ["host_name=shop", "service_description=checkout", "return_code=2"];
    for (const line of [...wanted, "output=basket is empty | seconds=0.4s"])
      expect(result.split("\n")).toContain(line);
    // The state is the core's matter: the Job did what it was for.
    const wait = ["wait", "job/accept-now", "--for=condition=Complete", `--timeout=${SECONDS}s`];
    await text(stage.kubectl(wait));
  });

  it("gets one right result for each check while all pods of a pool are replaced", async (check) => {
    if (core === undefined) return check.skip("the cluster runs no containers");
    const before = (await stage.podsByPool())[POOL] ?? [];
    const loaded = await core.loadWhile(QUEUE, async () => {
      for (const debug of [1, 0])
        await text(stage.install({ ...POLICY, pools: { [POOL]: { extraArgs: [`--debug=${debug}`] } } }));
    });
    const after = (await stage.podsByPool())[POOL] ?? [];
    expect(after.filter((pod) => before.includes(pod))).toEqual([]);
    const { submitted } = loaded;
    expect(submitted).toBeGreaterThan(20);
    expect(loaded).toEqual({
      submitted,
      accepted: submitted,
      results: submitted,
      distinct: submitted,
      good: submitted,
    });
  });

  it.for<[pool: string, ports: readonly string[]]>([
    [POOL, ["UDP 161"]],
    ["check-ssh", ["TCP 22"]],
    ["db", ["TCP 1433", "TCP 3306", "TCP 5432"]],
  ])("has pods of %s that reach their targets at %j, and at no other port", async ([pool, ports], check) => {
    if (target === undefined) return check.skip("the cluster runs no containers");
    expect(await target.reachedFrom(pool)).toEqual(ports);
  });

  it("has pods that nothing else in the namespace reaches", async (check) => {
    if (target === undefined) return check.skip("the cluster runs no containers");
    expect(await target.reaches(POOL, 9050)).toBe(false);
  });

  it("has started each container once: its probes are answered", async (check) => {
    if (core === undefined) return check.skip("the cluster runs no containers");
    const restarts = (await stage.pods()).map((pod) => [
      poolOf(pod),
      pod.status.containerStatuses[0].restartCount,
    ]);
    expect(restarts.filter(([, count]) => count !== 0)).toEqual([]);
  });
});
