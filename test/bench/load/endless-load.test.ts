import { afterEach, expect, it } from "vitest";
import { EndlessLoad } from "../../../bench/load/endless-load.ts";
import { JobServer } from "../../../src/gearman/job-server/job-server.ts";
import { Actors, textOf, until } from "../../support/gearman/actors.ts";
import { checkLeaks } from "../../support/leaks.ts";

checkLeaks();
const actors = new Actors();
afterEach(() => actors.stop());

const MIX = [
  { command: "/p/check_dummy 0 ok", output: "^ok$", share: 1, queue: "service", isTimed: true },
] as const;

/** Two job servers, a load on each, and one job that was submitted at the second one. */
async function oneJobAtTheSecond({ isJoined }: { readonly isJoined: boolean }) {
  const servers = [actors.add(new JobServer({ port: 0 })), actors.add(new JobServer({ port: 0 }))] as const;
  for (const server of servers) await server.start();
  const load = ({ port }: JobServer, firstObject: number) =>
    EndlessLoad.open({ port, rate: 1, mix: MIX, key: undefined, objects: 10, firstObject });
  const [first, second] = [await load(servers[0], 0), await load(servers[1], 10)];
  if (isJoined) first.joinWith(second);
  second.start(1000);
  const { jobs } = actors.worker({ host: "127.0.0.1", port: servers[1].port }, ["service"]);
  const [job] = await jobs.take(1);
  if (job === undefined) throw new Error("no job");
  const text = Buffer.from(textOf(job), "base64").toString("latin1");
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1];
  const result = `host_name=${field("host_name")}\ncore_start_time=${field("core_time")}\nsource=w\nreturn_code=0\noutput=ok\n`;
  const workload = Buffer.from(Buffer.from(result, "latin1").toString("base64"));
  const clients = await Promise.all(servers.map(({ port }) => actors.client({ host: "127.0.0.1", port })));
  return {
    first,
    second,
    give: (at: 0 | 1) => clients[at]?.submit({ queue: "check_results", workload, unique: `result ${at}` }),
    [Symbol.dispose]: () => {
      for (const each of [first, second]) each[Symbol.dispose]();
    },
  };
}

it("two loads of one core take a result by either job server, and tell a second one apart", async () => {
  using rig = await oneJobAtTheSecond({ isJoined: true });
  const { first, second, give } = rig;
  await give(0);
  await until(() => expect(second.counts).toMatchObject({ results: 1, again: 0, unexpected: 0 }));
  await give(1);
  await until(() => expect(second.counts).toMatchObject({ results: 1, again: 1, unexpected: 0 }));
  expect(first.counts).toMatchObject({ results: 0, again: 0, unexpected: 0 });
});

it("for two cores it is a result that no job waits for", async () => {
  using rig = await oneJobAtTheSecond({ isJoined: false });
  const { first, second, give } = rig;
  await give(0);
  await until(() => expect(first.counts).toMatchObject({ results: 0, unexpected: 1 }));
  expect(second.counts.results).toBe(0);
});

it("loads that are joined need objects of their own: two jobs of one object and one time would be one", async () => {
  const server = actors.add(new JobServer({ port: 0 }));
  await server.start();
  const load = (firstObject: number, objects: number) =>
    EndlessLoad.open({ port: server.port, rate: 1, mix: MIX, key: undefined, objects, firstObject });
  using first = await load(0, 10);
  using beside = await load(10, 5);
  using among = await load(9, 1);
  expect(() => first.joinWith(among)).toThrow("loads that are joined need objects of their own");
  first.joinWith(beside);
});
