import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatServer } from "../../../integrations/chat-server/chat-server.ts";
import type { FakeUser } from "../../../integrations/chat-server/world.ts";
import { ask } from "../../integrations/chat-server/requests.ts";
import { createFolder } from "../../support/folder.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { type BotProcess, startBot, startNotifier } from "../../support/processes/zulip-bot.ts";
import { MuteIcinga } from "../../support/servers/mute-icinga.ts";
import { run } from "../io.ts";

checkLeaks();

const PATIENCE = { timeout: 30_000, interval: 10 };
const DONE = "reloading config was successful, changed: ";

let folder: ReturnType<typeof createFolder>;
let fake: ChatServer;
let bot: FakeUser;
let anna: FakeUser;
beforeEach(async () => {
  folder = createFolder();
  fake = await ChatServer.start();
  bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Bot", isBot: true });
  anna = fake.world.addUser({ email: "anna@rig.local", fullName: "Anna" });
  for (const name of ["icinga", "other"]) fake.world.addStream(name, [bot.id, anna.id]);
});
afterEach(async () => {
  await fake.stop();
  folder[Symbol.dispose]();
});

function write(name: string, ...lines: readonly string[]): string {
  const path = join(folder.path, name);
  writeFileSync(path, lines.join("\n"), { mode: 0o600 });
  return path;
}

const login = () => [`site=${fake.url}`, `email=${bot.email}`, `api_key_file=${write("key", bot.key)}`];

/** Resolves when the program has said so, after the signal. */
async function reload(process: BotProcess, says: string): Promise<string> {
  const before = process.log().length;
  process.signal("SIGHUP");
  await vi.waitFor(() => expect(process.log().slice(before)).toContain(says), PATIENCE);
  return process.log().slice(before);
}

describe("zulip-bot that gets a HUP", () => {
  let icinga: MuteIcinga;
  beforeEach(async () => {
    icinga = await MuteIcinga.start();
  });
  afterEach(() => icinga[Symbol.asyncDispose]());

  const configure = (...lines: readonly string[]) =>
    write(
      "zulip-bot.conf",
      ...[...login(), "permission=allow stream=icinga", `state_folder=${join(folder.path, "state")}`],
      `monitoring=icinga2 ${icinga.url} user=zulip-bot password_file=${write("password", "secret")}`,
      ...lines,
    );
  let asked = 0;
  const answer = async (text: string) => {
    asked += 1;
    const params = { type: "stream", to: "icinga", topic: `t${asked}`, content: `@**Bot** ${text}` };
    await ask(fake.url, { method: "POST", path: "messages", user: anna, params });
    const said = () =>
      fake.world.messages.find(({ senderId, topic }) => senderId === bot.id && topic === params.topic);
    await vi.waitFor(() => expect(said()).toBeDefined(), PATIENCE);
    return said()?.content;
  };

  it("takes over its configuration, and goes on with the one before if the new one cannot be used", async () => {
    configure();
    await using running = startBot(folder.path);
    await running.logged("Bot listens to");
    expect(await answer("help")).toContain("In the topic of an alert");

    configure("language=de", `state_folder=${join(folder.path, "elsewhere")}`, "debug=1");
    const log = await reload(running, "Bot listens to");
    expect(log).toContain(`${DONE}language, debug\n`);
    expect(log).toContain("these changes need a restart of the bot: state_folder\n");
    expect(await answer("help")).toContain("Im Topic einer Meldung");

    configure("language=en", "permission=perhaps");
    const refused = await reload(running, "it begins with neither allow nor deny");
    expect(refused).toContain("reload config failed: the bot goes on with what it has read before");
    expect(refused).toMatch(/zulip-bot\.conf:\d+: permission: 'perhaps'/);
    expect(await answer("help")).toContain("Im Topic einer Meldung");

    configure("language=en", "email=other@rig.local");
    expect(await reload(running, "Zulip does not let it in: ")).toContain("UNAUTHORIZED");
    expect(await answer("help")).toContain("Im Topic einer Meldung");

    // Whoever changes the key writes the file a moment too early, or too late.
    configure("language=en");
    write("key", "another");
    await reload(running, "Zulip does not let it in: ");
    write("key", bot.key);
    await reload(running, "Bot listens to");
    expect(await answer("help")).toContain("In the topic of an alert");

    expect(await running.end("SIGTERM")).toEqual({ exitCode: 0, stderr: "" });
    expect(fake.openQueues).toBe(0);
    expect(running.log()).not.toMatch(new RegExp(`${bot.key}|secret`));
  });

  it("loses no command and does none twice, however often it is told", async () => {
    configure();
    await using running = startBot(folder.path);
    await running.logged("Bot listens to");
    const texts = Array.from({ length: 20 }, (_, at) => `unknown${at}`);
    const answers = texts.map(async (text, at) => {
      if (at % 4 === 0) running.signal("SIGHUP");
      return answer(text);
    });
    expect(await Promise.all(answers)).toEqual(texts.map((text) => expect.stringContaining(`\`${text}\``)));
    await running.end("SIGTERM");
    const written = fake.world.messages.filter(({ senderId }) => senderId === bot.id);
    expect(written).toHaveLength(texts.length);
  });
});

describe("zulip-notifier that gets a HUP", () => {
  const configure = (...lines: readonly string[]) =>
    write("zulip.conf", ...login(), `spool=${join(folder.path, "spool")}`, "buttons=no", ...lines);
  const notify = async (name: string) => {
    const words = ["zulip", `--config=${join(folder.path, "zulip.conf")}`, `HOSTNAME=${name}`];
    await run("notify", [...words, "NOTIFICATIONTYPE=PROBLEM", "HOSTSTATE=DOWN"]);
  };
  const written = (stream: string) => fake.world.sentTo(stream).map(({ topic }) => topic);

  it("takes over its configuration, and goes on with the one before if the new one cannot be used", async () => {
    configure("stream=icinga");
    await using running = startNotifier(folder.path);
    await notify("one");
    await vi.waitFor(() => expect(written("icinga")).toEqual(["one"]), PATIENCE);

    configure("stream=other", "spool_max_entries=7");
    const log = await reload(running, "Zulip 8");
    expect(log).toContain(`${DONE}stream\n`);
    expect(log).toContain("these changes need a restart of the notifier: spool_max_entries\n");
    await notify("two");
    await vi.waitFor(() => expect(written("other")).toEqual(["two"]), PATIENCE);

    configure("stream=icinga", "route=stage");
    expect(await reload(running, "route: 'stage'")).toContain(
      "reload config failed: the notifier goes on with what it has read before",
    );
    configure("stream=icinga", `site=${fake.url}/nowhere`);
    await reload(running, "Zulip does not let it in: ");
    configure("stream=other");
    await notify("three");
    await vi.waitFor(() => expect(written("other")).toEqual(["two", "three"]), PATIENCE);
    expect(await running.end("SIGTERM")).toEqual({ exitCode: 0, stderr: "" });
    expect(written("icinga")).toEqual(["one"]);
  });

  it("takes over what is new while Zulip is away", async () => {
    configure("stream=icinga");
    await using running = startNotifier(folder.path);
    await running.logged("Zulip 8");
    await fake.stop();
    configure("stream=other");
    await reload(running, `${DONE}stream\n`);
    await fake.resume();
    await notify("one");
    await vi.waitFor(() => expect(written("other")).toEqual(["one"]), PATIENCE);
    await running.end("SIGTERM");
  });

  it("asks Zulip again at once when the key was refused, and is right now", async () => {
    configure("stream=icinga");
    write("key", "wrong");
    await notify("one");
    await using running = startNotifier(folder.path);
    await running.logged("UNAUTHORIZED");
    write("key", bot.key);
    await reload(running, DONE);
    await vi.waitFor(() => expect(written("icinga")).toEqual(["one"]), PATIENCE);
    await running.end("SIGTERM");
  });
});
