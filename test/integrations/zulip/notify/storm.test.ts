import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatServer } from "../../../../integrations/chat-server/chat-server.ts";
import type { FakeUser } from "../../../../integrations/chat-server/world.ts";
import { DealtEntries } from "../../../../integrations/spool/dealt-entries.ts";
import { SpoolFolder } from "../../../../integrations/spool/spool-folder.ts";
import { ZulipClient } from "../../../../integrations/zulip/client/zulip-client.ts";
import { encodeEntry } from "../../../../integrations/zulip/notify/notice-entry.ts";
import { Notifier } from "../../../../integrations/zulip/notify/notifier.ts";
import { createNotifierMeter } from "../../../../integrations/zulip/notify/notifier-metrics.ts";
import { createFolder } from "../../../support/folder.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { stubLog } from "../../../support/stub-log.ts";
import { FakeClock } from "../client/fake-clock.ts";
import { SERVICE_PROBLEM, STYLE } from "./notices.ts";

checkLeaks();

const LIMITS = { entries: 10_000, bytes: 100_000_000, entryBytes: 65_536 };
const PLANNING = { maxAgeMs: 7_200_000, digestTopic: "Many" };
const [ALERTS, SERVICES, APART_MS] = [500, 60, 20];
/** Of a new Zulip. */
const ALLOWED = 200;
const REQUEST_MS = 15;

/** What happens at a time, in milliseconds since the beginning. */
interface Happening {
  readonly at: number;
  readonly happen: () => unknown;
}

let folder: ReturnType<typeof createFolder>;
let clock: FakeClock;
let fake: ChatServer;
let bot: FakeUser;
let spool: SpoolFolder;
beforeEach(async () => {
  folder = createFolder();
  clock = new FakeClock();
  fake = await ChatServer.start({ now: clock.now });
  bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Icinga API-Bot", isBot: true });
  fake.world.addStream("icinga", [bot.id]);
  spool = await SpoolFolder.open(folder.path, LIMITS);
});
afterEach(async () => {
  await fake.stop();
  folder[Symbol.dispose]();
});

const waiting = () => readdirSync(folder.path).filter((name) => name.endsWith(".entry"));
const markOf = (at: number) => `alert ${at} of service ${at % SERVICES}`;

/** 500 in ten seconds. */
function alerts(): readonly Happening[] {
  return Array.from({ length: ALERTS }, (_, index) => ({
    at: index * APART_MS,
    happen: () => {
      const macros = {
        ...SERVICE_PROBLEM,
        SERVICEDESC: `s${index % SERVICES}`,
        SERVICEOUTPUT: markOf(index),
      };
      return spool.put(
        encodeEntry({ time: clock.time, macros: new Map(Object.entries(macros)) }),
        clock.time,
      );
    },
  }));
}

/** Another program with the same key asks for something, so many times at once. */
function others(at: number, requests: number): Happening {
  const happen = () => {
    for (let made = 0; made < requests; made += 1) fake.countRequest(bot.id);
  };
  return { at, happen };
}

/**
 * A notifier that runs while that happens, until all is sent. Nobody waits: time passes where the notifier
 * sleeps, and with each request.
 */
async function run(happenings: readonly Happening[], digestOver = 20) {
  const due = happenings.toSorted((one, other) => one.at - other.at);
  const [began, ending] = [clock.time, new AbortController()];
  const pass = async (ms: number) => {
    const until = clock.time + ms;
    for (; due[0] !== undefined && began + due[0].at <= until; due.shift()) {
      clock.time = Math.max(clock.time, began + due[0].at);
      await due[0].happen();
    }
    clock.time = until;
  };
  const sleep = async (ms: number) => {
    clock.sleeps.push(ms);
    if (due.length === 0 && waiting().length === 0) ending.abort();
    await pass(ms);
  };
  Object.assign(clock, { sleep });
  const login = () => ({ email: bot.email, key: bot.key });
  const client = new ZulipClient({ site: fake.url, clock, userAgent: "omd-worker/test", login });
  const request = client.request.bind(client);
  const slowly: typeof request = async (...words) => {
    await pass(REQUEST_MS);
    return request(...words);
  };
  Object.assign(client, { request: slowly });
  const meter = createNotifierMeter();
  const notifier = new Notifier({
    spool,
    dealt: new DealtEntries({ spool, onStuck: () => {}, onFreed: () => {} }),
    client,
    style: STYLE,
    clock,
    meter,
    log: stubLog(),
    planning: { ...PLANNING, digestOver },
    resolving: "off",
    random: () => 1,
  });
  await notifier.run(ending.signal);
  return { meter, seconds: (clock.time - began) / 1_000 };
}

function expectAllInOrder(): void {
  const told = Array.from({ length: ALERTS }, (_, at) => markOf(at));
  const sent = fake.world
    .sentTo("icinga")
    .flatMap(({ content }) => content.match(/alert \d+ of service \d+/g) ?? []);
  expect(sent.toSorted()).toEqual(told.toSorted());
  for (let service = 0; service < SERVICES; service += 1) {
    const ofService = (mark: string) => mark.endsWith(` ${service}`);
    expect(sent.filter(ofService)).toEqual(told.filter(ofService));
  }
  expect(fake.world.messages.every(({ content }) => !content.includes("[message truncated]"))).toBe(true);
}

describe("a notifier that runs while 500 alerts come in ten seconds", () => {
  it.each([
    ["as it is set up", 20],
    ["that makes one message of several only where it must", 10_000],
  ])(
    "%s, keeps below Zulip's limit by itself: no request is refused, nothing is lost, each topic in its order",
    async (_, digestOver) => {
      const { meter, seconds } = await run(alerts(), digestOver);
      expectAllInOrder();
      expect(fake.refusals).toEqual(new Map());
      expect(meter.value("notices")).toBe(ALERTS);
      expect(seconds).toBeLessThan(90);
    },
  );

  it.each([
    { when: "once", at: [2_000], refusals: 1 },
    { when: "every five seconds", at: Array.from({ length: 36 }, (_, each) => each * 5_000), refusals: 3 },
  ])(
    "loses nothing when others with its key use up the limit $when, and waits as Zulip says",
    async ({ at, refusals }) => {
      const taken = at.map((time) => others(time, ALLOWED));
      const untilMs = at.at(-1) ?? 0;
      const { meter, seconds } = await run([...alerts(), ...taken]);
      expectAllInOrder();
      expect(meter.value("notices")).toBe(ALERTS);
      expect(fake.refusals).toEqual(new Map([[bot.email, refusals]]));
      expect(meter.value("failures", "rate-limited")).toBe(refusals);
      expect(seconds).toBeLessThan(untilMs / 1_000 + 90);
    },
  );
});
