import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ActionJournal } from "../../../../integrations/zulip/bot/action-journal.ts";
import type { PermissionRule } from "../../../../integrations/zulip/bot/permissions.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { BotWorld, HOST, SERVICE, TOPIC } from "./bot-world.ts";

checkLeaks();

const PATIENCE = { timeout: 20_000, interval: 5 };
const ACKNOWLEDGED = "Acknowledged http - web1: ✓";
const SET = "Set Downtime for http - web1: ✓";

let world: BotWorld;
beforeEach(async () => {
  world = await BotWorld.create();
});
afterEach(() => world[Symbol.asyncDispose]());

const downtimes = () => world.monitoring.at(SERVICE).downtimes;

describe("commands", () => {
  it("of the buttons are done, and answered in their topic with the words of the spec", async () => {
    await world.start();
    const first = await world.say("acknowledge###web1###http###");
    await world.say("downtime###web1###http###1h###");
    await world.say("acknowledge###web1###", world.anna, { topic: "Web 1" });
    expect(await world.answered(3)).toEqual([ACKNOWLEDGED, SET, "Acknowledged web1: ✓"]);
    expect(world.places).toEqual([TOPIC, TOPIC, "Web 1"]);
    const { author, comment } = world.monitoring.at(SERVICE).acknowledgement ?? {};
    expect(author).toBe("Anna Ämsig; (ops)");
    expect(comment).toBe(
      `via Zulip ${world.fake.url}/#narrow/stream/6/topic/http.20-.20Web.201/near/${first} [zulip:${first}]`,
    );
    const [plan] = downtimes();
    expect((plan?.endsAt ?? 0) - (plan?.startsAt ?? 0)).toBe(3_600);
    expect(world.monitoring.at(HOST).acknowledgement).toBeDefined();
    await world.settled();
    // Each message is told once.
    const told = world.meter.value("events", "message");
    expect(told).toBeLessThanOrEqual(world.fake.world.messages.length);
  });

  it("of people are about what the topic's latest alert is about", async () => {
    await world.start();
    await world.alert({ host: "db1", service: "sql" });
    await world.alert();
    await world.chat("who is looking at it?");
    for (const text of ["ack on it", "downtime 2h new disk", "status", "cancel", "unack", "recheck"])
      await world.say(text);
    expect(await world.answered(6)).toEqual([
      ACKNOWLEDGED,
      SET,
      "http - web1: **CRITICAL**, acknowledged, in downtime\nbroken",
      "Cancelled downtime for http - web1: ✓",
      "Removed acknowledgement of http - web1: ✓",
      "Checking again http - web1: ✓",
    ]);
    expect(world.monitoring.changes).toHaveLength(5);
  });

  it("say the stage, in the operator's language", async () => {
    await world.start({ stage: "dev", language: "de" });
    await world.say("acknowledge###web1###http###");
    expect(await world.answered(1)).toEqual(["Bestätigt: http - web1 (dev): ✓"]);
  });

  it("without an alert in their topic are asked back, and help needs none", async () => {
    await world.start();
    for (const text of ["ack", "help", "downtime", "dance"]) await world.say(text);
    const answers = await world.answered(4);
    expect(answers.map((text) => text.slice(0, 22))).toEqual([
      "✗ of which host or ser",
      "In the topic of an ale",
      "✗ for how long? For ex",
      "✗ there is no command ",
    ]);
    expect(world.monitoring.changes).toEqual([]);
  });

  it("are not read from alerts that somebody else made up", async () => {
    await world.start();
    await world.alert();
    const madeUp = await world.alert({ host: "db1", service: "sql" }, TOPIC, world.eve);
    await world.react("POST", madeUp, "1h");
    await world.say("ack");
    expect(await world.answered(1)).toEqual([ACKNOWLEDGED]);
    expect(world.monitoring.changes).toEqual(["web1!http acknowledged"]);
    await world.react("DELETE", madeUp, "1h");
    await world.end();
    await world.start({ alertUsers: [world.eve.email] });
    await world.say("ack");
    expect((await world.answered(2))[1]).toBe("Acknowledged sql - db1: ✓");
  });

  it("of what the monitoring does not know, or while it is away, are answered with ✗ and why", async () => {
    await world.start();
    await world.say("acknowledge###web1###nope###");
    await world.answered(1);
    world.monitoring.trouble = { kind: "unavailable", reason: "icinga: ECONNREFUSED" };
    await world.say("downtime###web1###1h###");
    expect(await world.answered(2)).toEqual([
      "Acknowledged nope - web1: ✗ the monitoring does not know it, or does not show it to the bot",
      "Set Downtime for web1: ✗ the monitoring does not answer: icinga: ECONNREFUSED",
    ]);
    expect(world.meter.value("wishes", "downtime", "unavailable")).toBe(1);
    expect(world.meter.value("monitoringUp")).toBe(0);
  });

  it("are none where the bot is only talked about, by itself or by other bots", async () => {
    const other = world.fake.world.addUser({ email: "b@rig.local", fullName: "B", isBot: true });
    await world.start();
    await world.chat("ask @**Icinga API-Bot** to ack");
    await world.chat("@_**Icinga API-Bot** ack");
    await world.say("acknowledge###web1###http###", other);
    await world.say("acknowledge###web1###http###", world.bot);
    await world.settled();
    expect(world.monitoring.changes).toEqual([]);
    // The bot's own message was one of them.
    expect(world.answers).toHaveLength(2);
  });
});

describe("reactions on an alert", () => {
  it("acknowledge and set downtimes, and undo just that when they are taken away", async () => {
    await world.start();
    const alert = await world.alert();
    await world.react("POST", alert, "ack");
    await world.react("POST", alert, "1h");
    await world.react("POST", alert, "8h", world.eve);
    expect(await world.answered(3)).toEqual([ACKNOWLEDGED, SET, SET]);
    const [one] = downtimes();
    expect(one?.comment).toContain(`/near/${alert} [zulip:${alert} ${world.anna.id} realm_emoji 2 1]`);
    await world.react("DELETE", alert, "1h");
    await world.react("DELETE", alert, "ack");
    expect((await world.answered(5)).slice(3)).toEqual([
      "Cancelled downtime for http - web1: ✓",
      "Removed acknowledgement of http - web1: ✓",
    ]);
    expect(downtimes().map(({ author }) => author)).toEqual(["Eve"]);
  });

  it("do it again when they are put there again", async () => {
    await world.start();
    const alert = await world.alert();
    for (const method of ["POST", "DELETE", "POST"] as const) await world.react(method, alert, "1h");
    await world.answered(3);
    expect(world.monitoring.changes).toEqual([
      "web1!http downtime",
      "web1!http downtime removed",
      "web1!http downtime",
    ]);
  });

  it("undo nothing that somebody else has done", async () => {
    await world.start();
    const alert = await world.alert();
    await world.react("POST", alert, "ack", world.eve);
    await world.react("POST", alert, "ack");
    await world.answered(2);
    await world.react("DELETE", alert, "ack");
    await world.settled();
    expect(world.monitoring.at(SERVICE).acknowledgement?.author).toBe("Eve");
    expect(world.answers).toHaveLength(3);
  });

  it("are talk elsewhere, and with other emoji", async () => {
    await world.start();
    const alert = await world.alert();
    const talk = await world.chat("broken again");
    await world.react("POST", talk, "ack");
    for (const emoji of ["crit", "thumbs_up", "nope"]) await world.react("POST", alert, emoji);
    await world.settled();
    expect(world.monitoring.changes).toEqual([]);
    expect(world.answers).toHaveLength(1);
  });
});

describe("who may do what", () => {
  it("nobody may do anything without a rule, and is told so once", async () => {
    await world.start({ rules: [] });
    const alert = await world.alert();
    await world.say("ack");
    await world.react("POST", alert, "1h");
    await world.answered(2);
    await world.react("DELETE", alert, "1h");
    await world.settled();
    expect(world.answers.slice(0, 2)).toEqual([
      "✗ acknowledge: you may not do that here",
      "✗ downtime: you may not do that here",
    ]);
    expect(world.answers).toHaveLength(3);
    expect(world.monitoring.changes).toEqual([]);
  });

  const rules: PermissionRule[] = [
    { allow: true, groups: ["on call"], maxSeconds: 3_600 },
    { allow: true, role: 200 },
  ];

  it("by group, role and longest downtime", async () => {
    const { anna, eve } = world;
    const admin = world.fake.world.addUser({ email: "c@rig.local", fullName: "Chief", role: 200 });
    world.fake.world.groups.push({ id: 1, name: "on call", members: [anna.id] });
    await world.start({ rules });
    for (const user of [anna, eve, admin]) await world.say("downtime###web1###http###8h###", user);
    await world.say("downtime###web1###http###1h###", anna);
    expect(await world.answered(4)).toEqual([
      "✗ downtime: the longest that you may set is 1h",
      "✗ downtime: you may not do that here",
      SET,
      SET,
    ]);
  });

  it("a group that somebody has left counts no longer than the age of the memory", async () => {
    const members = [world.anna.id];
    world.fake.world.groups.push({ id: 1, name: "on call", members });
    await world.start({ rules });
    await world.say("acknowledge###web1###http###");
    await world.answered(1);
    members.pop();
    world.clock.offset += 61_000;
    await world.say("acknowledge###web1###");
    expect((await world.answered(2))[1]).toBe("✗ acknowledge: you may not do that here");
  });

  it("in a stream", async () => {
    await world.start();
    await world.say("acknowledge###web1###http###", world.eve, { to: "general" });
    expect(await world.answered(1)).toEqual(["✗ acknowledge: you may not do that here"]);
  });
});

/**
 * While the first wish is under way, three more are made, the middle one by `middle`: Zulip tells them in one
 * batch. Resolves when the second is under way, to what lets it go on.
 */
async function holdBatch(middle: () => Promise<unknown>): Promise<() => void> {
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const wish = (reason: string) => world.say(`downtime###web1###http###1h### ${reason}`);
  const isUnderWay = (count: number) =>
    vi.waitFor(() => expect(world.monitoring.changes).toHaveLength(count), PATIENCE);
  const polls = () => world.fake.requests.filter((request) => request === "GET events").length;
  world.monitoring.gate = first.promise;
  await wish("first");
  await isUnderWay(1);
  await wish("second");
  await middle();
  await wish("third");
  const before = polls();
  world.monitoring.gate = second.promise;
  first.resolve();
  await isUnderWay(2);
  expect(polls()).toBe(before + 1);
  return () => {
    world.monitoring.gate = Promise.resolve();
    second.resolve();
  };
}

describe("once, whatever happens", () => {
  it("asks for nothing at its first start: what is there is taken as known", async () => {
    const alert = await world.alert();
    await world.say("acknowledge###web1###http###");
    await world.react("POST", alert, "1h");
    await world.start();
    await world.settled();
    expect(world.monitoring.changes).toEqual([]);
    expect(world.answers).toHaveLength(1);
  });

  it("does what it has missed when Zulip has lost its queue, and nothing twice", async () => {
    await world.start();
    const alert = await world.alert();
    await world.react("POST", alert, "ack");
    await world.answered(1);
    await world.fake.stop();
    await world.fake.resume();
    await world.say("downtime###web1###http###1h###");
    await world.react("DELETE", alert, "ack");
    await world.react("POST", alert, "8h", world.eve);
    await world.answered(4);
    await world.settled();
    expect(world.monitoring.changes).toEqual([
      "web1!http acknowledged",
      "web1!http downtime",
      "web1!http unacknowledged",
      "web1!http downtime",
    ]);
    expect(world.answers).toHaveLength(5);
    expect(world.meter.value("registrations")).toBe(2);
  });

  it("does what was asked for between two of its lives, and nothing of before", async () => {
    await world.start();
    const alert = await world.alert();
    await world.say("ack");
    await world.react("POST", alert, "1h");
    await world.answered(2);
    await world.end();
    expect(world.fake.openQueues).toBe(0);
    await world.react("DELETE", alert, "1h");
    await world.say("unack");
    await world.start();
    await world.answered(4);
    await world.settled();
    expect(world.monitoring.changes).toEqual([
      "web1!http acknowledged",
      "web1!http downtime",
      "web1!http unacknowledged",
      "web1!http downtime removed",
    ]);
  });

  it("knows an acknowledgement with an end again that it made before a crash", async () => {
    await world.start();
    await world.alert();
    await world.end();
    const id = await world.say("ack 2h");
    const seenMs = world.clock.now();
    {
      using journal = ActionJournal.open(join(world.folder.path, "actions"), { nowMs: seenMs });
      journal.begin(`message ${id}`, seenMs, undefined);
    }
    const wish = { author: "Anna", comment: "x", isSticky: true };
    const expiresAt = Math.floor(seenMs / 1_000) + 7_200;
    world.monitoring.at(SERVICE).acknowledgement = { ...wish, expiresAt };
    world.clock.offset += 60_000;
    await world.start();
    expect(await world.answered(1)).toEqual([ACKNOWLEDGED]);
    // Another wish has another end.
    await world.say("ack 2h");
    expect((await world.answered(2)).at(-1)).toBe(
      "Acknowledged http - web1: ✗ it is already acknowledged, with another end. First unack",
    );
  });

  it("does not do what is too old, and says so once", async () => {
    await world.start();
    const alert = await world.alert();
    await world.end();
    await world.say("acknowledge###web1###http###");
    await world.react("POST", alert, "1h");
    world.clock.offset += 601_000;
    await world.start();
    const late = "✗ nothing was done: this was asked for, or may have been, longer ago than 10m";
    expect(await world.answered(2)).toEqual([late, late]);
    await world.end();
    await world.start();
    await world.settled();
    expect(world.answers.slice(2)).toHaveLength(1);
    expect(world.monitoring.changes).toEqual([]);
  });

  it("finishes what it is doing when it is ended", async () => {
    await world.start();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.monitoring.gate = promise;
    await world.say("acknowledge###web1###http###");
    await vi.waitFor(() => expect(world.monitoring.changes).toHaveLength(1), PATIENCE);
    const ended = world.end();
    resolve();
    await ended;
    expect(world.answers).toEqual([ACKNOWLEDGED]);
    expect(world.fake.openQueues).toBe(0);
  });

  it("told to end between two events of one batch, leaves the others to its next life", async () => {
    await world.start();
    const alert = await world.alert();
    const release = await holdBatch(() => world.react("POST", alert, "ack"));
    const ended = world.end();
    release();
    await ended;
    expect(world.monitoring.changes).toEqual(["web1!http downtime", "web1!http downtime"]);
    expect(world.answers).toEqual([SET, SET]);
    await world.start();
    await world.answered(4);
    await world.settled();
    expect(downtimes().map(({ comment }) => comment.split(" ", 1)[0])).toEqual(["first", "second", "third"]);
    expect(world.monitoring.changes.toSorted()).toEqual([
      "web1!http acknowledged",
      ...["web1!http downtime", "web1!http downtime", "web1!http downtime"],
    ]);
    expect(world.answers.slice(0, 4).toSorted()).toEqual([ACKNOWLEDGED, SET, SET, SET]);
    expect(world.answers).toHaveLength(5);
  });

  it("refused by Zulip between two events of one batch, is told the others again", async () => {
    const bot = await world.start();
    const alert = await world.alert();
    const release = await holdBatch(() => world.react("POST", alert, "ack"));
    const { promise, resolve } = Promise.withResolvers<void>();
    world.clock.gate = promise;
    world.key = "x".repeat(32);
    release();
    await vi.waitFor(() => expect(bot.trouble).toContain("UNAUTHORIZED"), PATIENCE);
    world.key = world.bot.key;
    resolve();
    expect(await world.answered(4)).toEqual([SET, SET, ACKNOWLEDGED, SET]);
    await world.settled();
    expect(downtimes()).toHaveLength(3);
    expect(world.answers).toHaveLength(5);
  });

  it.each([true, false])(
    "answers once when the answer's request is cut off (stored: %s)",
    async (isStored) => {
      await world.start();
      const from = world.bot;
      world.fake.faults.push({ kind: "drop", isStored, from }, { kind: "status", status: 502, from });
      await world.say("acknowledge###web1###http###");
      await world.say("acknowledge###web1###http###");
      await world.answered(2);
      await world.settled();
      expect(world.answers.slice(0, 2)).toEqual([ACKNOWLEDGED, ACKNOWLEDGED]);
      expect(world.answers).toHaveLength(3);
    },
  );

  it("goes on after a fault of its own, which it tells", async () => {
    await world.start();
    world.monitoring.gate = Promise.reject(new TypeError("a fault"));
    world.monitoring.gate.catch(() => {});
    await world.say("acknowledge###web1###http###");
    expect(await world.answered(1)).toEqual(["✗ acknowledge: the bot has a fault, its log says more"]);
    expect(world.log.error).toHaveBeenCalled();
  });
});

describe("Zulip", () => {
  it("away at the start and later is waited for", async () => {
    await world.fake.stop();
    const bot = world.begin();
    await vi.waitFor(() => expect(world.clock.sleeps.length).toBeGreaterThan(2), PATIENCE);
    expect(bot.trouble).toContain("cannot reach");
    await world.fake.resume();
    await vi.waitFor(() => expect(bot.trouble).toBeUndefined(), PATIENCE);
    expect(world.clock.sleeps.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
    await world.say("acknowledge###web1###http###");
    expect(await world.answered(1)).toEqual([ACKNOWLEDGED]);
  });

  it("that allows no more requests for a while is waited for", async () => {
    await world.start();
    for (let at = 0; at < 300; at += 1) world.fake.countRequest(world.bot.id);
    await world.say("acknowledge###web1###http###");
    expect(await world.answered(1)).toEqual([ACKNOWLEDGED]);
    expect(Math.max(...world.clock.sleeps)).toBeGreaterThan(10_000);
  });

  it("that knows a new key already is asked again until the file has it, too", async () => {
    const bot = await world.start();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.clock.gate = promise;
    world.key = "x".repeat(32);
    // It ends the poll that waits, and the next one has the key.
    await world.chat("hello");
    await vi.waitFor(() => expect(bot.trouble).toContain("UNAUTHORIZED"), PATIENCE);
    world.key = world.bot.key;
    resolve();
    await world.say("acknowledge###web1###http###");
    expect(await world.answered(1)).toEqual([ACKNOWLEDGED]);
  });

  it("that refuses the login ends the bot with the reason, and without the key", async () => {
    await world.start();
    world.key = "x".repeat(32);
    await world.fake.restart();
    const error: unknown = await world.ended.catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/has refused GET .*: status 401, UNAUTHORIZED/);
    expect(String(error)).not.toContain(world.key);
  });
});

describe("a restart of Zulip that has kept the queue", () => {
  it.each([
    ["some time within five minutes", false],
    ["at once, if it says so", true],
  ])("lets the bot register anew %s, and nothing is done twice", async (_, immediate) => {
    await world.start();
    await world.say("acknowledge###web1###http###");
    await world.answered(1);
    Object.assign(world.bot, { fullName: "Icinga" });
    world.fake.tellRestart(immediate ? { immediate } : {});
    if (!immediate) {
      await world.chat("still known by its old name");
      await world.settled();
      expect(world.meter.value("registrations")).toBe(1);
      world.clock.offset += 300_000;
      await world.chat("wake up");
    }
    await vi.waitFor(() => expect(world.meter.value("registrations")).toBe(2), {
      timeout: 20_000,
      interval: 5,
    });
    await world.chat("@**Icinga** unacknowledge###web1###http###");
    await vi.waitFor(
      () => expect(world.monitoring.changes).toEqual(["web1!http acknowledged", "web1!http unacknowledged"]),
      PATIENCE,
    );
    await vi.waitFor(() => expect(world.fake.openQueues).toBe(1), PATIENCE);
  });
});
