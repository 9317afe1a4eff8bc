import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatServer } from "../../../../integrations/chat-server/chat-server.ts";
import type { FakeUser } from "../../../../integrations/chat-server/world.ts";
import type { BotSettings } from "../../../../integrations/zulip/bot/bot-settings.ts";
import { ZulipClient } from "../../../../integrations/zulip/client/zulip-client.ts";
import { runSelfTest } from "../../../../integrations/zulip/self-test/self-test.ts";
import type { Step } from "../../../../integrations/zulip/self-test/step.ts";
import type { MessageSettings } from "../../../../integrations/zulip/settings/messages.ts";
import { run } from "../../../cli/io.ts";
import { createFolder } from "../../../support/folder.ts";
import { freePort } from "../../../support/free-port.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { BotWorld } from "../bot/bot-world.ts";
import { FakeClock } from "../client/fake-clock.ts";
import { STYLE } from "../notify/notices.ts";

checkLeaks();

const STREAM = "icinga-test-stream";
const TOPIC = "Dummy-Icinga-Notifier - dummy-icinga-notifier";

describe("omd-worker zulip test", () => {
  let folder: ReturnType<typeof createFolder>;
  let fake: ChatServer;
  let bot: FakeUser;
  let conf: string;
  beforeEach(async () => {
    folder = createFolder();
    fake = await ChatServer.start();
    bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Icinga API-Bot", isBot: true });
    fake.world.addStream("icinga", [bot.id]);
    fake.world.addStream(STREAM, [bot.id]);
    const key = write("key", bot.key);
    const login = [`site=${fake.url}`, `email=${bot.email}`, `api_key_file=${key}`];
    conf = write("zulip.conf", [...login, "stream=icinga", "route=about=service => drop"].join("\n"));
  });
  afterEach(async () => {
    await fake.stop();
    folder[Symbol.dispose]();
  });

  function write(name: string, text: string): string {
    const path = join(folder.path, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  const test = async (...words: readonly string[]) => {
    const said = await run("zulip", ["test", `--config=${conf}`, ...words]);
    const text = (bytes: string) => Buffer.from(bytes, "latin1").toString("utf8");
    return { ...said, stdout: text(said.stdout), stderr: text(said.stderr) };
  };

  it("writes the dummy problem into the test stream, whatever routes say, and finds all as it should be", async () => {
    expect(await test()).toEqual({
      code: 0,
      stderr: "",
      stdout: `✓ login   ${fake.url} (Zulip 8.0-dev) knows this user as Icinga API-Bot
✓ sent    Zulip has taken it as message 1
✓ arrived Zulip shows the message as it was sent
✓ topic   it is in ${STREAM} > ${TOPIC}
✓ buttons 5, each a command for Dummy-Icinga-Notifier - dummy-icinga-notifier that Icinga API-Bot reads
`,
    });
    expect(fake.world.sentTo(STREAM).map(({ topic, content }) => [topic, content])).toEqual([
      [TOPIC, "Notification Type: **CRIT** - PROBLEM - CRITICAL\nOutput: CRITICAL - only a test"],
    ]);
    expect(fake.world.sentTo("icinga")).toEqual([]);
  });

  it("takes another stream and another dummy, and prints JSON", async () => {
    const said = await test("--test_stream=icinga", "HOSTNAME=büro 1", "SERVICEDESC=a###b", "--json");
    expect(said.code).toBe(0);
    const steps = JSON.parse(said.stdout);
    expect(steps.map(({ step, isFine }: { step: string; isFine: boolean }) => [step, isFine])).toEqual([
      ...["login", "sent", "arrived", "topic", "buttons"].map((step) => [step, true]),
    ]);
    expect(fake.world.sentTo("icinga")[0]?.topic).toBe("a###b - büro 1");
  });

  it.each([
    [
      "a key that Zulip refuses",
      ["--email=other@rig.local"],
      "login",
      "look at site, email and api_key_file",
    ],
    ["a stream that is not there", ["--test_stream=nowhere"], "sent", "make the stream nowhere in Zulip"],
    ["a bot that nobody knows", ["--bot_name=Nobody"], "buttons", "look at bot_name"],
  ])("ends with 1 and says what to do about %s", async (_, words, step, advice) => {
    const { code, stdout } = await test(...words);
    expect(code).toBe(1);
    const lines = stdout.split("\n");
    const at = lines.findIndex((line) => line.startsWith("✗"));
    expect(lines[at]).toMatch(new RegExp(`^✗ ${step} `));
    expect(lines[at + 1]?.trim()).toMatch(new RegExp(`^→ ${advice}`));
  });

  it("says that a private stream is not shown to the bot", async () => {
    fake.world.addStream("hidden", [], { isPrivate: true });
    const { code, stdout } = await test("--test_stream=hidden");
    expect(code).toBe(1);
    expect(stdout).toContain(
      "Not authorized to send to stream 'hidden' (it is private and this user is not subscribed",
    );
    expect(stdout).toContain("→ make the stream hidden in Zulip and subscribe this user");
  });

  it("says that a server is not reached, or keeps no buttons", async () => {
    fake.refusesWidgets = true;
    expect((await test()).stdout).toContain("✗ buttons Zulip has left them out\n");
    expect((await test("--buttons=no")).stdout).toContain("✓ buttons there are none (buttons=no)\n");
    const away = await test(`--site=http://127.0.0.1:${await freePort()}`);
    expect(away.stdout).toMatch(/^✗ login {3}cannot reach .*ECONNREFUSED\n +→ look at site/);
  });

  it.each([
    [["--as=x"], "--as and --wait need --bot"],
    [["--bot", "--wait=soon"], "--wait: 'soon' is no number of seconds"],
    [["--bot", "--as=/nowhere/rc"], "--as: ENOENT"],
    [["--bot", "--as=KEY"], "is no zuliprc with email and key"],
    [["--config=/nowhere/zulip.conf"], "/nowhere/zulip.conf"],
  ])("says what is wrong with %j", async (words, text) => {
    const key = join(folder.path, "key");
    const said = await test(...words.map((word) => word.replace("KEY", key)));
    expect(said.code).toBe(3);
    expect(said.stderr).toContain(text);
    expect(fake.world.messages).toEqual([]);
  });

  it("asks somebody to click, and says that nobody has answered", async () => {
    const said = await test("--bot", "--wait=1");
    expect(said.code).toBe(1);
    expect(said.stderr).toContain(
      "click Acknowledge below the message within 1 seconds, or write: @**Icinga API-Bot** acknowledge###",
    );
    expect(said.stdout).toContain("✗ answer  Icinga API-Bot has not answered within 1 seconds\n");
    expect(said.stdout).toContain("→ is zulip-bot running");
  });

  it("lets no bot write the command", async () => {
    const person = write("rc", `[api]\nemail=${bot.email}\nkey=${bot.key}\n`);
    const said = await test("--bot", `--as=${person}`);
    expect(said).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("✗ command Icinga API-Bot is a bot\n"),
    });
  });

  it("has its stream in the sample", () => {
    expect(readFileSync("docs/zulip.conf.sample", "utf8")).toContain(`#test_stream=${STREAM}`);
  });
});

async function collect(steps: AsyncIterable<Step>): Promise<readonly Step[]> {
  const all: Step[] = [];
  for await (const step of steps) all.push(step);
  return all;
}

describe("the way to the bot and back", () => {
  let world: BotWorld;
  beforeEach(async () => {
    world = await BotWorld.create();
    world.fake.world.addStream(STREAM, [world.bot.id, world.anna.id]);
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const { botName: _, ...style } = STYLE;
  const MESSAGES: MessageSettings = { style, hasButtons: true, botName: undefined, digestTopic: "Many" };
  /** Looks at once, and gives up by the real time. */
  const EAGER = { now: Date.now, elapsed: () => performance.now(), sleep: () => pause(5) };
  const clientOf = ({ email, key }: FakeUser) =>
    new ZulipClient({ site: world.fake.url, userAgent: "test/1", login: () => ({ email, key }) });

  async function examine({
    settings = {},
    macros = { HOSTNAME: "web1", SERVICEDESC: "http" } as Readonly<Record<string, string>>,
    hasButtons = true,
  }: {
    settings?: Partial<BotSettings>;
    macros?: Readonly<Record<string, string>>;
    hasButtons?: boolean;
  }) {
    await world.start({ rules: [{ allow: true, streams: [STREAM] }], ...settings });
    const steps = await collect(
      runSelfTest({
        client: clientOf(world.bot),
        messages: { ...MESSAGES, hasButtons },
        stream: STREAM,
        macros: new Map(Object.entries(macros)),
        clock: EAGER,
        asking: { person: clientOf(world.anna), waitMs: 60_000, onWait: () => {} },
      }),
    );
    return steps.slice(-2);
  }

  it("a click acknowledges the problem, and the bot says so", async () => {
    expect(await examine({})).toEqual([
      {
        step: "command",
        isFine: true,
        text: "Anna Ämsig; (ops) wrote @**Icinga API-Bot** acknowledge###web1###http###",
      },
      { step: "answer", isFine: true, text: "Icinga API-Bot answered: Acknowledged http - web1: ✓" },
    ]);
    expect(await world.monitoring.status({ host: "web1", service: "http" })).toMatchObject({
      isAcknowledged: true,
    });
  });

  it("without buttons the same command is written", async () => {
    expect((await examine({ hasButtons: false })).map(({ isFine }) => isFine)).toEqual([true, true]);
  });

  it.each([
    ["nobody may ask", { settings: { rules: [] } }, "permission=allow"],
    ["nobody may ask, in German", { settings: { rules: [], language: "de" as const } }, "permission=allow"],
    ["the monitoring does not know the dummy", { macros: {} }, "define the dummy host and service"],
  ])("says what to do if %s", async (_, options, advice) => {
    const [command, answer] = await examine(options);
    expect(command?.isFine).toBe(true);
    expect(answer).toMatchObject({
      step: "answer",
      isFine: false,
      text: expect.stringContaining("✗"),
      advice: expect.stringContaining(advice),
    });
  });

  it("gives up when the time is over", async () => {
    const clock = new FakeClock();
    const steps = await collect(
      runSelfTest({
        client: clientOf(world.bot),
        messages: MESSAGES,
        stream: STREAM,
        macros: new Map(),
        clock,
        asking: { person: clientOf(world.anna), waitMs: 10_000, onWait: () => {} },
      }),
    );
    expect(steps.at(-1)).toMatchObject({
      isFine: false,
      text: "Icinga API-Bot has not answered within 10 seconds",
    });
    expect(clock.sleeps).toEqual([2_000, 2_000, 2_000, 2_000, 2_000]);
  });
});
