import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatServer } from "../../../../integrations/chat-server/chat-server.ts";
import { cut, type FakeUser } from "../../../../integrations/chat-server/world.ts";
import { DealtEntries } from "../../../../integrations/spool/dealt-entries.ts";
import { SpoolFolder, SpoolFolderError } from "../../../../integrations/spool/spool-folder.ts";
import { ZulipClient } from "../../../../integrations/zulip/client/zulip-client.ts";
import { encodeEntry } from "../../../../integrations/zulip/notify/notice-entry.ts";
import { Notifier } from "../../../../integrations/zulip/notify/notifier.ts";
import { createNotifierMeter } from "../../../../integrations/zulip/notify/notifier-metrics.ts";
import { encodePost } from "../../../../integrations/zulip/notify/post-entry.ts";
import type { Resolving } from "../../../../integrations/zulip/notify/topic.ts";
import { createFolder } from "../../../support/folder.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { canMount, mountSmall } from "../../../support/small-mount.ts";
import { stubLog } from "../../../support/stub-log.ts";
import { FakeClock } from "../client/fake-clock.ts";
import { route, SERVICE_PROBLEM, STYLE, template } from "./notices.ts";

checkLeaks();

const LIMITS = { entries: 10_000, bytes: 100_000_000, entryBytes: 65_536 };
const PLANNING = { maxAgeMs: 7_200_000, digestOver: 20, digestTopic: "Many" };

let folder: ReturnType<typeof createFolder>;
let clock: FakeClock;
let fake: ChatServer;
let bot: FakeUser;
let spool: SpoolFolder;
let key: string;
beforeEach(async () => {
  folder = createFolder();
  clock = new FakeClock();
  fake = await ChatServer.start({ now: clock.now });
  bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Icinga API-Bot", isBot: true });
  key = bot.key;
  fake.world.addStream("icinga", [bot.id]);
  spool = await SpoolFolder.open(folder.path, LIMITS);
});
afterEach(async () => {
  await fake.stop();
  folder[Symbol.dispose]();
});

async function tell(macros: Readonly<Record<string, string>> = {}, time = clock.time): Promise<void> {
  const all = new Map(Object.entries({ ...SERVICE_PROBLEM, ...macros }));
  expect(await spool.put(encodeEntry({ time, macros: all }), time)).toBeDefined();
}

function createDealt() {
  return new DealtEntries({ spool, onStuck: () => {}, onFreed: () => {} });
}

function createNotifier(style = STYLE, resolving: Resolving = "off", dealt = createDealt()) {
  const client = new ZulipClient({
    site: fake.url,
    clock,
    userAgent: "omd-worker/test",
    timeoutMs: 2_000,
    login: () => ({ email: bot.email, key }),
  });
  const [log, meter] = [stubLog(), createNotifierMeter()];
  const notifier = new Notifier({
    spool,
    dealt,
    client,
    style,
    clock,
    log,
    meter,
    planning: PLANNING,
    resolving,
    random: () => 1,
  });
  return { notifier, log, meter };
}

/** Runs until nothing waits. */
async function empty({ notifier }: ReturnType<typeof createNotifier>, signal = new AbortController().signal) {
  while (await notifier.step(signal));
}

const messages = () => fake.world.sentTo("icinga");
const waiting = () => readdirSync(folder.path).filter((name) => name.endsWith(".entry"));

describe("the notifier", () => {
  it("sends what waits, in its order, with buttons", async () => {
    for (const NOTIFICATIONTYPE of ["PROBLEM", "ACKNOWLEDGEMENT", "RECOVERY"])
      await tell({ NOTIFICATIONTYPE });
    const one = createNotifier();
    await empty(one);
    expect(messages().map(({ content }) => content.split(" - ")[1])).toEqual([
      "PROBLEM",
      "ACKNOWLEDGEMENT",
      "RECOVERY",
    ]);
    expect(messages().map(({ widget }) => widget !== undefined)).toEqual([true, false, false]);
    expect(waiting()).toEqual([]);
    // No file has a text of a message any more.
    expect(readdirSync(folder.path).toSorted()).toEqual(["set-aside", "unfinished"]);
    expect(one.meter.render()).toContain('zulip_notifier_messages_total{kind="single"} 3\n');
  });

  it("sends messages that are written already among the others, in their order, and each of the old ones", async () => {
    fake.world.addStream("event-handlers", [bot.id]);
    const post = (text: string, time = clock.time) => {
      const entry = { time, stream: "event-handlers", topic: "restart", content: text, line: `line ${text}` };
      return spool.put(encodePost(entry), clock.time);
    };
    await tell();
    await post("first");
    await post("second");
    await empty(createNotifier());
    const sent = () => fake.world.sentTo("event-handlers");
    expect(sent().map(({ topic, content, widget }) => [topic, content, widget])).toEqual([
      ["restart", "first", undefined],
      ["restart", "second", undefined],
    ]);
    expect(messages()).toHaveLength(1);
    for (const text of ["old 1", "old 2"]) await post(text, clock.time - 8_000_000);
    await empty(createNotifier());
    expect(sent().at(-1)?.content).toContain("* line old 1\n* line old 2");
  });

  it("waits while Zulip is away, and sends all afterwards", async () => {
    const one = createNotifier();
    await fake.stop();
    for (const SERVICEDESC of ["a", "b"]) await tell({ SERVICEDESC });
    const { sleep } = clock;
    let sleeps = 0;
    Object.assign(clock, {
      sleep: async (ms: number) => {
        await sleep(ms);
        sleeps += 1;
        if (sleeps === 5) await fake.resume();
      },
    });
    await empty(one);
    expect(messages().map(({ topic }) => topic)).toEqual(["a - Funktionale Tests", "b - Funktionale Tests"]);
    expect(one.log.warn).toHaveBeenCalledTimes(1);
    expect(one.log.info).toHaveBeenCalledWith("Zulip answers again");
  });

  it.each([
    ["before it was stored", false],
    ["after it was stored", true],
  ])("killed while it sends, %s, sends each once", async (_, isStored) => {
    await tell();
    await tell({ NOTIFICATIONTYPE: "RECOVERY" });
    fake.faults.push({ kind: "hang", isStored });
    const killed = new AbortController();
    const first = createNotifier().notifier.run(killed.signal);
    // Nothing of it happens after that, as after KILL.
    while (!fake.requests.includes("POST messages")) await new Promise((resolve) => setImmediate(resolve));
    killed.abort();
    await first;
    expect(waiting()).toHaveLength(2);
    const ending = new AbortController();
    const next = createNotifier();
    const running = next.notifier.run(ending.signal);
    while (waiting().length > 0) await new Promise((resolve) => setImmediate(resolve));
    ending.abort();
    await running;
    expect(messages().map(({ content }) => content.split(" - ")[1])).toEqual(["PROBLEM", "RECOVERY"]);
  });

  it("killed after it was sent and while entries are removed, sends nothing twice", async () => {
    for (const NOTIFICATIONTYPE of ["PROBLEM", "RECOVERY"]) await tell({ NOTIFICATIONTYPE });
    const [first = "", second = ""] = waiting();
    const batch = {
      kind: "digest",
      stream: "icinga",
      topic: "t",
      content: "c",
      entries: ["0-gone.entry", first],
    };
    writeFileSync(join(folder.path, "sending.json"), JSON.stringify({ after: 0, batch }));
    const ending = new AbortController();
    const running = createNotifier().notifier.run(ending.signal);
    while (waiting().length > 0) await new Promise((resolve) => setImmediate(resolve));
    ending.abort();
    await running;
    expect(second).not.toBe("");
    expect(messages().map(({ content }) => content.split(" - ")[1])).toEqual(["RECOVERY"]);
  });

  it("sends the same text again after a restart: it is another notification", async () => {
    await tell();
    await empty(createNotifier());
    await tell();
    fake.faults.push({ kind: "drop", isStored: false });
    const ending = new AbortController();
    const running = createNotifier().notifier.run(ending.signal);
    while (waiting().length > 0) await new Promise((resolve) => setImmediate(resolve));
    ending.abort();
    await running;
    expect(messages()).toHaveLength(2);
  });

  it("sends also when it cannot write down what it sends", async () => {
    await tell();
    mkdirSync(join(folder.path, "sending.json"));
    const one = createNotifier();
    await empty(one);
    expect(messages()).toHaveLength(1);
    expect(one.log.warn).toHaveBeenCalledWith(
      expect.stringContaining("what is sent cannot be written down: "),
    );
  });

  it("keeps everything while its key is wrong, and asks seldom", async () => {
    await tell();
    key = "x".repeat(32);
    const one = createNotifier();
    const { signal } = new AbortController();
    for (let at = 0; at < 3; at += 1) await one.notifier.step(signal);
    expect(clock.sleeps).toEqual([300_000, 300_000, 300_000]);
    expect(one.notifier.trouble).toContain("UNAUTHORIZED");
    expect(one.notifier.trouble).not.toContain(key);
    key = bot.key;
    await empty(one);
    expect(messages()).toHaveLength(1);
    expect(one.notifier.trouble).toBeUndefined();
  });

  it("writes into the usual stream what the stream of a route does not take, and says so", async () => {
    await tell();
    const one = createNotifier({ ...STYLE, routes: [route("=> gone")] });
    await empty(one);
    const [message] = messages();
    expect(message?.content).toContain(
      "(meant for the stream gone, topic Sakuli_Connections - Funktionale Tests",
    );
    expect(one.meter.value("misplaced")).toBe(1);
    expect(one.log.warn).toHaveBeenCalledWith(
      { stream: "gone", topic: expect.any(String) },
      expect.stringContaining("STREAM_DOES_NOT_EXIST"),
    );
  });

  it.each([
    [
      "is private",
      { isPrivate: true },
      /Not authorized .* \(it is private and this user is not subscribed to it/,
    ],
    ["takes messages of few", { isAnnouncements: true }, /Only organization administrators can send to/],
  ])("says why where the stream of a route %s, and writes into the usual one", async (_, kind, why) => {
    fake.world.addStream("few", [], kind);
    await tell();
    const one = createNotifier({ ...STYLE, routes: [route("=> few")] });
    await empty(one);
    expect(messages().map(({ content }) => content)).toEqual([
      expect.stringContaining("meant for the stream few"),
    ]);
    expect(one.log.warn.mock.calls.at(-1)?.[1]).toMatch(why);
    expect(one.meter.value("misplaced")).toBe(1);
  });

  it("says why where the usual stream is private, and sets aside", async () => {
    fake.world.addStream("hidden", [], { isPrivate: true });
    await tell();
    const one = createNotifier({ ...STYLE, stream: "hidden" });
    await empty(one);
    expect(one.log.error.mock.calls.map(([, text]) => text)).toEqual([
      expect.stringMatching(/'hidden' \(it is private and this user is not subscribed to it.*set aside$/),
    ]);
    // It is not tried again without buttons.
    expect(fake.requests.filter((request) => request === "POST messages")).toHaveLength(1);
  });

  it("sends without buttons where the server has none", async () => {
    await tell();
    const one = createNotifier({ ...STYLE, botName: "x" });
    fake.refusesWidgets = true;
    await empty(one);
    expect(messages().map(({ widget }) => widget)).toEqual([undefined]);
  });

  it("sets aside what Zulip refuses everywhere, and what is no notification", async () => {
    await tell();
    await spool.put(Buffer.from("{}"));
    const one = createNotifier({ ...STYLE, stream: "gone" });
    await empty(one);
    expect(waiting()).toEqual([]);
    expect(readdirSync(join(folder.path, "set-aside"))).toHaveLength(2);
    expect(one.log.error).toHaveBeenCalledTimes(2);
    expect(one.meter.value("setAside")).toBe(2);
  });

  it("sums up what is too old, and counts what a route drops", async () => {
    await tell({ SERVICEDESC: "old" }, clock.time - 8_000_000);
    await tell({ SERVICEDESC: "new" });
    await tell({ SERVICEDESC: "noise" });
    const one = createNotifier({ ...STYLE, routes: [route("service=noise => drop")] });
    await empty(one);
    expect(messages().map(({ topic }) => topic)).toEqual(["Many", "new - Funktionale Tests"]);
    expect(one.meter.value("dropped")).toBe(1);
  });
});

describe.skipIf(!canMount())("a spool on a disk that has become read-only", () => {
  let mount: ReturnType<typeof mountSmall>;
  beforeEach(async () => {
    mount = mountSmall(folder.path, "mode=0700");
    spool = await SpoolFolder.open(folder.path, LIMITS);
  });
  afterEach(() => mount[Symbol.dispose]());

  it("has each notification sent once, also over a reload, and is emptied when that has changed", async () => {
    await tell({ NOTIFICATIONTYPE: "PROBLEM" });
    await tell({ NOTIFICATIONTYPE: "RECOVERY" });
    mount.remount("ro");
    const dealt = createDealt();
    for (let reload = 0; reload < 3; reload += 1) await empty(createNotifier(STYLE, "off", dealt));
    const types = () => messages().map(({ content }) => content.split(" - ")[1]);
    expect(types()).toEqual(["PROBLEM", "RECOVERY"]);
    expect(waiting()).toHaveLength(2);
    mount.remount("rw");
    await tell({ NOTIFICATIONTYPE: "DOWNTIMESTART" });
    await empty(createNotifier(STYLE, "off", dealt));
    expect(types()).toEqual(["PROBLEM", "RECOVERY", "DOWNTIMESTART"]);
    expect(waiting()).toEqual([]);
  });

  it("has what is no notification, and what a route drops, told once, and all others sent", async () => {
    await spool.put(Buffer.from("{}"));
    await tell({ SERVICEDESC: "noise" });
    await tell();
    mount.remount("ro");
    const one = createNotifier({ ...STYLE, routes: [route("service=noise => drop")] });
    for (let looks = 0; looks < 3; looks += 1) await empty(one);
    expect(messages()).toHaveLength(1);
    expect([one.meter.value("setAside"), one.meter.value("dropped")]).toEqual([1, 1]);
  });
});

describe("a spool that cannot be read", () => {
  it("is waited for, and a file of it that cannot be read keeps no other waiting", async () => {
    await tell();
    const broken = () => Promise.reject(new SpoolFolderError("cannot use the spool: EIO"));
    const [{ name = "" } = {}] = await spool.names();
    Object.assign(spool, {
      read: (entry: { readonly name: string }) =>
        entry.name === name ? broken() : SpoolFolder.prototype.read.call(spool, entry),
    });
    await tell();
    const one = createNotifier();
    await empty(one);
    expect(messages()).toHaveLength(1);
    expect(readdirSync(join(folder.path, "set-aside"))).toEqual([name]);
  });

  it("makes the notifier wait and not end", async () => {
    await tell();
    const names = SpoolFolder.prototype.names.bind(spool);
    let faults = 3;
    Object.assign(spool, {
      names: () => {
        faults -= 1;
        return faults < 0 ? names() : Promise.reject(new SpoolFolderError("cannot use the spool: EMFILE"));
      },
    });
    const one = createNotifier();
    const ending = new AbortController();
    const running = one.notifier.run(ending.signal);
    await vi.waitFor(() => expect(messages()).toHaveLength(1));
    ending.abort();
    await running;
    expect(clock.sleeps.slice(0, 3)).toEqual([10_000, 10_000, 10_000]);
    expect(one.log.error.mock.calls).toEqual([["cannot use the spool: EMFILE"]]);
    expect(one.notifier.trouble).toBeUndefined();
  });
});

describe("topics that are marked as resolved", () => {
  const TOPIC = "Sakuli_Connections - Funktionale Tests";
  const at = () => messages().map(({ topic, content }) => `${topic}: ${content.split(" - ")[1]}`);
  const told = async (one: ReturnType<typeof createNotifier>, ...types: readonly string[]) => {
    for (const NOTIFICATIONTYPE of types) {
      await tell({ NOTIFICATIONTYPE });
      await empty(one);
    }
  };
  /** As somebody does in the web interface. */
  const mark = (topic = TOPIC) => {
    for (const message of messages()) if (message.topic === topic) message.topic = `✔ ${topic}`;
  };
  const patches = () => fake.requests.filter((request) => request.startsWith("PATCH"));

  it("have the recovery, too, and a new problem begins the topic again", async () => {
    const one = createNotifier(STYLE, "follow");
    await told(one, "PROBLEM");
    mark();
    await told(one, "DOWNTIMESTART", "RECOVERY", "PROBLEM", "RECOVERY");
    expect(at()).toEqual([
      ...["PROBLEM", "DOWNTIMESTART", "RECOVERY"].map((type) => `✔ ${TOPIC}: ${type}`),
      ...["PROBLEM", "RECOVERY"].map((type) => `${TOPIC}: ${type}`),
    ]);
    expect(patches()).toEqual([]);
  });

  it("are found by a notifier that was started anew, also with a name that Zulip has cut", async () => {
    const SERVICEDESC = "x".repeat(70);
    await tell({ SERVICEDESC });
    await empty(createNotifier(STYLE, "follow"));
    const [{ topic = "" } = {}] = messages();
    await tell({ SERVICEDESC: "other" });
    for (const message of messages())
      if (message.topic === topic) message.topic = cut(`✔ ${topic}`, 60, "...");
    const again = createNotifier(STYLE, "follow");
    for (const name of [SERVICEDESC, "other", "new"])
      await tell({ SERVICEDESC: name, NOTIFICATIONTYPE: "RECOVERY" });
    await empty(again);
    expect([...topic]).toHaveLength(60);
    expect(messages().map((message) => message.topic)).toEqual([
      ...[`✔ ${topic.slice(0, 55)}...`, "other - Funktionale Tests", `✔ ${topic.slice(0, 55)}...`],
      ...["other - Funktionale Tests", "new - Funktionale Tests"],
    ]);
  });

  it("are left alone with off", async () => {
    const one = createNotifier();
    await told(one, "PROBLEM");
    mark();
    await told(one, "RECOVERY");
    expect(at()).toEqual([`✔ ${TOPIC}: PROBLEM`, `${TOPIC}: RECOVERY`]);
  });

  it("are those of recoveries with resolve, each joined with what was resolved before", async () => {
    const one = createNotifier(STYLE, "resolve");
    await told(one, "PROBLEM", "ACKNOWLEDGEMENT", "RECOVERY");
    expect(new Set(messages().map(({ topic }) => topic))).toEqual(new Set([`✔ ${TOPIC}`]));
    await told(one, "PROBLEM");
    expect(messages().at(-1)?.topic).toBe(TOPIC);
    await told(one, "RECOVERY");
    expect(at()).toEqual(
      ["PROBLEM", "ACKNOWLEDGEMENT", "RECOVERY", "PROBLEM", "RECOVERY"].map((type) => `✔ ${TOPIC}: ${type}`),
    );
    expect(patches()).toHaveLength(2);
    expect(waiting()).toEqual([]);
  });

  it("are not those of several services", async () => {
    const one = createNotifier({ ...STYLE, serviceTopic: template("{host}") }, "resolve");
    await told(one, "PROBLEM", "RECOVERY");
    const routed = { routes: [route("=> icinga > all")], routeTopics: new Map([["all", template("all")]]) };
    await told(createNotifier({ ...STYLE, ...routed }, "resolve"), "PROBLEM", "RECOVERY");
    expect(patches()).toEqual([]);
    await tell({ SERVICEDESC: "", HOSTSTATE: "UP", NOTIFICATIONTYPE: "RECOVERY" });
    await empty(createNotifier(STYLE, "resolve"));
    expect(patches()).toHaveLength(1);
  });

  it("of a digest follow its last notice", async () => {
    for (const NOTIFICATIONTYPE of [...Array.from({ length: 30 }, () => "PROBLEM"), "RECOVERY"])
      await tell({ NOTIFICATIONTYPE });
    await empty(createNotifier(STYLE, "resolve"));
    expect(messages().map(({ topic }) => topic)).toEqual([`✔ ${TOPIC}`]);
  });

  it("that Zulip does not let this user mark cost no notification, and one warning", async () => {
    const one = createNotifier(STYLE, "resolve");
    fake.refusesTopicEdits = true;
    await told(one, "PROBLEM", "RECOVERY", "PROBLEM", "RECOVERY");
    expect(at()).toHaveLength(4);
    expect(waiting()).toEqual([]);
    expect(one.log.warn.mock.calls).toEqual([
      [
        { stream: "icinga", topic: TOPIC },
        expect.stringMatching(
          /^the topic is not marked as resolved: .* don't have permission to resolve topics/,
        ),
      ],
    ]);
  });
});
