import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChangePoller } from "../../../../integrations/backends/changes/change-poller.ts";
import { createThrukChangeReader } from "../../../../integrations/backends/changes/thruk-changes.ts";
import { ChangeTeller, type ShownChanges } from "../../../../integrations/zulip/changes/change-teller.ts";
import { RecentRemovals } from "../../../../integrations/zulip/changes/recent-removals.ts";
import { ZulipClient } from "../../../../integrations/zulip/client/zulip-client.ts";
import { FakeThruk, THRUK_KEY } from "../../../support/servers/fake-thruk.ts";
import type { Row } from "../../../support/servers/thruk-rows.ts";
import { BotWorld, SERVICE, TOPIC } from "../bot/bot-world.ts";

const NAME = "http - web1";
const EVERY_MS = 15_000;
const OBJECT = { host_name: "web1", service_description: "http" };

describe("changes made in Thruk", () => {
  let world: BotWorld;
  let thruk: FakeThruk;
  let url: string;
  let removals: RecentRemovals;
  beforeEach(async () => {
    world = await BotWorld.create();
    thruk = new FakeThruk();
    url = await thruk.listen();
    removals = new RecentRemovals(world.clock);
    const service = { host_name: "web1", description: "http", state: 2, acknowledged: 0, last_time_ok: 0 };
    thruk.rows.services.push(service);
    thruk.rows.hosts.push({ name: "web1", state: 1, acknowledged: 0, last_time_up: 0 });
    await world.alert();
  });
  afterEach(async () => {
    await thruk.close();
    await world[Symbol.asyncDispose]();
  });

  /** Looks so often, each time after this has been done, and once before. Gives what is in the topic then. */
  async function tell(shown: ShownChanges, ...done: readonly (() => unknown)[]): Promise<readonly string[]> {
    const ending = new AbortController();
    const rest = [...done];
    const sleep = async (ms: number) => {
      world.clock.offset += ms;
      const next = rest.shift();
      if (next === undefined) ending.abort();
      else await next();
    };
    const clock = { now: world.clock.now, elapsed: world.clock.elapsed, sleep };
    const client = new ZulipClient({
      site: world.fake.url,
      clock: world.clock,
      userAgent: "omd-worker/test",
      timeoutMs: 5_000,
      login: () => ({ email: world.bot.email, key: world.key }),
    });
    const polling = { everyMs: EVERY_MS, hasDowntimes: shown === "all", now: clock.now, sleep };
    using source = new ChangePoller(createThrukChangeReader({ url, apiKey: THRUK_KEY }), polling);
    const settings = { language: "en", stage: undefined, alertUsers: [] } as const;
    const { log, meter } = world;
    await new ChangeTeller({ client, settings, removals, clock, log, meter, shown, source }).run(
      ending.signal,
    );
    return world.answers;
  }

  const seconds = () => Math.floor(world.clock.now() / 1_000);
  const comment = (text: string, more: Row = {}) => ({
    ...OBJECT,
    id: 7,
    author: "omdadmin",
    comment: text,
    entry_type: 4,
    entry_time: seconds(),
    expires: 0,
    expire_time: 0,
    persistent: 0,
    source: 1,
    type: 2,
    ...more,
  });
  const downtime = (text: string, more: Row = {}) => ({
    ...OBJECT,
    id: 3,
    author: "omdadmin",
    comment: text,
    entry_time: seconds(),
    duration: 3_600,
    start_time: seconds(),
    end_time: seconds() + 3_600,
    fixed: 1,
    triggered_by: 0,
    ...more,
  });
  const nothing = () => {};
  const acknowledge =
    (text: string, more: Row = {}) =>
    () =>
      thruk.rows.comments.push(comment(text, more));
  const unacknowledge = () => thruk.rows.comments.splice(0);
  const plan =
    (text: string, more: Row = {}) =>
    () =>
      thruk.rows.downtimes.push(downtime(text, more));
  const cancel = () => thruk.rows.downtimes.splice(0);
  /** The notifier has the bot's user. */
  const notify = (text: string) => async () => {
    await world.alert(SERVICE, TOPIC);
    const message = world.fake.world.messages.at(-1);
    if (message !== undefined) message.content = text;
  };

  it("are told in the topic of the alert with author and comment, with an end if there is one", async () => {
    const until = Math.floor(seconds() / 60) * 60 + 7_200;
    const time = new Date(until * 1_000).toISOString().replace(".000", "");
    const told = await tell(
      "all",
      acknowledge("on it", { expires: 1, expire_time: until }),
      nothing,
      unacknowledge,
      plan("new <b>disk</b>", { end_time: until }),
      cancel,
      plan("host", { service_description: "", end_time: until }),
    );
    expect(told).toEqual([
      `${NAME} was acknowledged, until <time:${time}> (omdadmin: on it)`,
      `${NAME} is not acknowledged any more`,
      `${NAME} has a downtime, until <time:${time}> (omdadmin: new disk)`,
      `${NAME} has lost a downtime (omdadmin: new disk)`,
    ]);
    expect(new Set(world.places)).toEqual(new Set([TOPIC]));
    expect(await world.meter.render()).toContain('zulip_bot_changes_total{what="downtime-removed"} 1');
    // Other columns than these make Thruk ask cores for all that there are.
    const signature = "host_name,service_description,author,comment,entry_time";
    expect(new Set(thruk.rows.asked)).toEqual(
      new Set([
        `/comments?entry_type=4&columns=${signature},expires,expire_time`,
        `/downtimes?columns=${signature},start_time,end_time,fixed,duration`,
        "/services/web1/http?columns=state,acknowledged,last_time_ok",
      ]),
    );
  });

  it("are told of a host in the topic of its alert", async () => {
    await world.alert({ host: "web1", service: undefined }, "Web 1");
    const more = { service_description: "", entry_type: 4 };
    expect(await tell("acknowledgements", acknowledge("on it", more), nothing, unacknowledge)).toEqual([
      "web1 was acknowledged (omdadmin: on it)",
      "web1 is not acknowledged any more",
    ]);
    expect(new Set(world.places)).toEqual(new Set(["Web 1"]));
  });

  it("without downtimes, ask for none and tell of none", async () => {
    expect(await tell("acknowledgements", plan("new disk"), acknowledge("on it"), nothing)).toEqual([
      `${NAME} was acknowledged (omdadmin: on it)`,
    ]);
    expect(thruk.rows.asked.some((path) => path.startsWith("/downtimes"))).toBe(false);
  });

  it("are not told if the bot made them, also not that it took them back, two looks later", async () => {
    const told = await tell(
      "all",
      acknowledge("via Zulip [zulip:12]"),
      plan("via Zulip [zulip:13]"),
      () => removals.add(SERVICE),
      ...Array.from({ length: 4 }, () => nothing),
      () => [unacknowledge(), cancel()],
      nothing,
    );
    expect(told).toEqual([]);
  });

  it("are told if the bot made them, and somebody else took them back", async () => {
    const made = [acknowledge("via Zulip [zulip:12]"), plan("via Zulip [zulip:13]")];
    expect(await tell("all", ...made, nothing, () => [unacknowledge(), cancel()])).toEqual([
      `${NAME} is not acknowledged any more`,
      `${NAME} has lost a downtime (omdadmin: via Zulip [zulip:13])`,
    ]);
  });

  it.each([
    ["by its type", "Notification Type: **CRIT** - ACKNOWLEDGEMENT - CRITICAL"],
    ["by author and comment", "omdadmin has it: on it"],
  ])("are not told if the notifier has told the acknowledgement, seen %s", async (_, text) => {
    expect(await tell("all", acknowledge("on it"), notify(text), nothing)).toEqual([]);
  });

  it("are told if the notifier has told something else since, or the same long ago", async () => {
    await notify("Notification Type: **CRIT** - ACKNOWLEDGEMENT - CRITICAL")();
    world.clock.offset += 60_000;
    const told = await tell("all", acknowledge("on it"), notify("**CRIT** omdadmin"), nothing);
    expect(told).toEqual([`${NAME} was acknowledged (omdadmin: on it)`]);
  });

  it("are told again if somebody does the same again at once", async () => {
    const told = await tell(
      "all",
      ...[acknowledge("on it"), nothing, unacknowledge],
      ...[acknowledge("on it", { entry_time: seconds() + 32 }), nothing],
    );
    expect(told).toEqual([
      `${NAME} was acknowledged (omdadmin: on it)`,
      `${NAME} is not acknowledged any more`,
      `${NAME} was acknowledged (omdadmin: on it)`,
    ]);
  });

  it("are told after Thruk was away, which is counted and logged once", async () => {
    const becomes = (status: number) => () => {
      thruk.status = status;
    };
    const back = () => [becomes(200)(), plan("new disk")()];
    expect(await tell("all", becomes(500), nothing, back)).toHaveLength(1);
    expect(world.log.warn.mock.calls).toEqual([
      ["changes are not told: Thruk answers with HTTP 500: error during request"],
    ]);
    const metrics = await world.meter.render();
    expect(metrics).toContain('zulip_bot_change_failures_total{reason="unavailable"} 2');
    expect(metrics).toContain("zulip_bot_monitoring_up 1");
  });

  it("are not told while Thruk answers with something that is no list", async () => {
    const rows = thruk.rows.downtimes;
    plan("kept")();
    const answer = thruk.rows.answer.bind(thruk.rows);
    thruk.rows.answer = (path) => (rows.length > 1 ? { message: "starting" } : answer(path));
    expect(await tell("all", plan("second"), () => rows.pop(), nothing)).toEqual([]);
    expect(world.log.warn.mock.calls[0]?.[0]).toContain("no list: starting");
  });
});
