import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatServer } from "../../integrations/chat-server/chat-server.ts";
import type { FakeMessage, FakeUser } from "../../integrations/chat-server/world.ts";
import { run } from "../cli/io.ts";
import { ask } from "../integrations/chat-server/requests.ts";
import { createFolder } from "../support/folder.ts";
import { type BotProcess, startBot } from "../support/processes/zulip-bot.ts";
import {
  HOST,
  type Icinga2,
  ODD_SERVICE,
  PASSWORD,
  READER,
  READER_PASSWORD,
  SERVICE,
  startIcinga2,
  USER,
} from "../support/servers/icinga2.ts";
import { readRows, sendCommand, setState } from "../support/servers/icinga2-state.ts";
import { hasServer } from "../support/servers/installed.ts";
import { MuteIcinga } from "../support/servers/mute-icinga.ts";

const PATIENCE = { timeout: 30_000, interval: 10 };
const TARGET = { host: HOST, service: SERVICE };
const ODD = { host: HOST, service: ODD_SERVICE };
const TOPIC = `${SERVICE} - Funktionale Tests`;
const UNKNOWN = "✗ the monitoring does not know it, or does not show it to the bot";
const ACKNOWLEDGED = `Acknowledged ${SERVICE} - ${HOST}: ✓`;
const SET = `Set Downtime for ${SERVICE} - ${HOST}: ✓`;

let folder: ReturnType<typeof createFolder>;
let fake: ChatServer;
let bot: FakeUser;
let anna: FakeUser;
beforeEach(async () => {
  folder = createFolder();
  fake = await ChatServer.start();
  bot = fake.world.addUser({ email: "bot@rig.local", fullName: "Icinga API-Bot", isBot: true });
  anna = fake.world.addUser({ email: "anna@rig.local", fullName: "Änna; Mücke (ik4)" });
  fake.world.addStream("icinga", [bot.id, anna.id]);
  for (const [at, name] of ["ack", "1h"].entries()) fake.world.emoji.set(name, String(at + 1));
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

function login(): readonly string[] {
  return [`site=${fake.url}`, `email=${bot.email}`, `api_key_file=${write("key", bot.key)}`];
}

function configure(monitoring: string, ...lines: readonly string[]): void {
  const own = [`monitoring=${monitoring}`, `state_folder=${join(folder.path, "state")}`];
  write("zulip-bot.conf", [...login(), ...own, "permission=allow stream=icinga", ...lines].join("\n"));
}

const post = async (content: string, topic = TOPIC) => {
  const params = { type: "stream", to: "icinga", topic, content };
  const { body } = await ask(fake.url, { method: "POST", path: "messages", user: anna, params });
  return Number(body["id"]);
};
const react = (method: string, message: number, emoji: string) =>
  ask(fake.url, {
    ...{ method, path: `messages/${message}/reactions`, user: anna },
    params: { emoji_name: emoji },
  });
const answers = () =>
  fake.world.messages
    .filter(({ senderId, widget }) => senderId === bot.id && widget === undefined)
    .map(({ content }) => content);
const answered = async (count: number) => {
  await vi.waitFor(() => expect(answers()).toHaveLength(count), PATIENCE);
  return answers();
};

/** The notifier's message of a problem. */
async function notify({ host, service }: { host: string; service: string }): Promise<FakeMessage> {
  const conf = write("zulip.conf", [...login(), "stream=icinga", `spool=${folder.path}/spool`].join("\n"));
  const macros = [
    ...["NOTIFICATIONTYPE=PROBLEM", `HOSTNAME=${host}`, "HOSTALIAS=Funktionale Tests"],
    ...[`SERVICEDESC=${service}`, "SERVICESTATE=CRITICAL", "SERVICEOUTPUT=said by a test"],
  ];
  const said = await run("notify", ["zulip", "--now", `--config=${conf}`, ...macros]);
  expect(said).toEqual({ code: 0, stdout: "", stderr: "" });
  const message = fake.world.messages.at(-1);
  if (message === undefined) throw new Error("no message");
  return message;
}

/** As the client of a person does who presses the button. */
function press({ widget = "", topic }: FakeMessage, name: string): Promise<number> {
  const { extra_data } = JSON.parse(widget) as { extra_data: { choices: readonly Record<string, string>[] } };
  const choice = extra_data.choices.find((each) => each["short_name"] === name);
  return post(choice?.["reply"] ?? "", topic);
}

describe.skipIf(!hasServer("icinga2") || !hasServer("icinga2-common"))("the bot and a real Icinga 2", () => {
  let icinga: Icinga2;
  beforeAll(async () => {
    icinga = await startIcinga2();
  });
  afterAll(() => icinga[Symbol.asyncDispose]());

  let process: BotProcess | undefined;
  beforeEach(async () => {
    for (const target of [TARGET, ODD]) for (const state of [0, 2]) await setState(icinga, target, state);
  });
  afterEach(() => process?.[Symbol.asyncDispose]());

  async function start([user, password] = [USER, PASSWORD], ...lines: readonly string[]) {
    const words = [
      `user=${user}`,
      `password_file=${write("password", password)}`,
      `ca_file=${icinga.caFile}`,
    ];
    configure(`icinga2 ${icinga.url} ${words.join(" ")}`, ...lines);
    process = startBot(folder.path);
    await process.logged("Icinga API-Bot listens to");
    return process;
  }

  const comments = async () => (await readRows(icinga, "comments", "author comment entry_type")).toSorted();
  const downtimes = () =>
    readRows(icinga, "downtimes", "author comment start_time end_time service_description");

  it("acknowledges and sets downtimes by the buttons of the notifier's message, in the name of who pressed", async () => {
    const running = await start();
    const alert = await notify(TARGET);
    const clicked = await press(alert, "Acknowledge");
    expect(await answered(1)).toEqual([ACKNOWLEDGED]);
    const link = (id: number) =>
      `${fake.url}/#narrow/stream/6/topic/Sakuli_Connections.20-.20Funktionale.20Tests/near/${id}`;
    expect(await comments()).toEqual([[anna.fullName, `via Zulip ${link(clicked)} [zulip:${clicked}]`, 4]]);
    const pressed = await press(alert, "1h");
    await post("@**Icinga API-Bot** status");
    expect((await answered(3)).slice(1)).toEqual([
      SET,
      `${SERVICE} - ${HOST}: **CRITICAL**, acknowledged, in downtime\nsaid by a test`,
    ]);
    const [row] = await downtimes();
    expect(row?.slice(0, 2)).toEqual([anna.fullName, `via Zulip ${link(pressed)} [zulip:${pressed}]`]);
    expect(Number(row?.[3]) - Number(row?.[2])).toBe(3_600);
    for (const text of ["cancel", "unack"]) await post(`@**Icinga API-Bot** ${text}`);
    await answered(5);
    expect(await downtimes()).toEqual([]);
    expect(await comments()).toEqual([]);
    expect(await running.end("SIGTERM")).toEqual({ exitCode: 0, stderr: "" });
    expect(running.log()).not.toContain(bot.key);
    expect(running.log()).not.toContain(PASSWORD);
  });

  it("does the same by emoji, and undoes it when they are taken away, for a name with odd signs", async () => {
    await start();
    const { id } = await notify(ODD);
    await react("POST", id, "ack");
    await react("POST", id, "1h");
    const name = `${ODD_SERVICE} - ${HOST}: ✓`;
    expect(await answered(2)).toEqual([`Acknowledged ${name}`, `Set Downtime for ${name}`]);
    expect((await downtimes()).map((row) => [row[0], row[4]])).toEqual([[anna.fullName, ODD_SERVICE]]);
    await react("DELETE", id, "1h");
    await react("DELETE", id, "ack");
    expect((await answered(4)).slice(2)).toEqual([
      `Cancelled downtime for ${name}`,
      `Removed acknowledgement of ${name}`,
    ]);
    expect([await downtimes(), await comments()]).toEqual([[], []]);
  });

  it("says what it could not do: unknown, well, Icinga away, and does it again afterwards", async () => {
    const { logged } = await start();
    await post("@**Icinga API-Bot** acknowledge###dummy_fkt_tests###nope###");
    await setState(icinga, ODD, 0);
    await notify(ODD);
    await post("@**Icinga API-Bot** ack", `${ODD_SERVICE} - Funktionale Tests`);
    await answered(2);
    await icinga.stop();
    await post(`@**Icinga API-Bot** acknowledge###${HOST}###${SERVICE}###`);
    await answered(3);
    await icinga.start();
    await post(`@**Icinga API-Bot** acknowledge###${HOST}###${SERVICE}###`);
    const [unknown, well, away, done] = await answered(4);
    expect(unknown).toBe(`Acknowledged nope - ${HOST}: ${UNKNOWN}`);
    expect(well).toBe(`Acknowledged ${ODD_SERVICE} - ${HOST}: ✗ there is no problem`);
    expect(away).toMatch(/✗ the monitoring does not answer: .*ECONNREFUSED/);
    expect(done).toBe(ACKNOWLEDGED);
    await logged("result=unavailable");
  });

  it("without the rights in Icinga changes nothing, and does not say ✓", async () => {
    await start([READER, READER_PASSWORD]);
    await post(`@**Icinga API-Bot** downtime###${HOST}###${SERVICE}###1h###`);
    expect(await answered(1)).toEqual([`Set Downtime for ${SERVICE} - ${HOST}: ${UNKNOWN}`]);
    expect(await downtimes()).toEqual([]);
  });

  it("tells in the topic what was changed elsewhere, and not what it has changed itself", async () => {
    const running = await start([USER, PASSWORD], "show_changes=all");
    await running.logged("changes in the monitoring are told from now on");
    await notify(TARGET);
    const command = (...words: readonly unknown[]) => sendCommand(icinga, words);
    await command("ACKNOWLEDGE_SVC_PROBLEM", HOST, SERVICE, 2, 0, 0, "gui", "by @**all**");
    await answered(1);
    await command("REMOVE_SVC_ACKNOWLEDGEMENT", HOST, SERVICE);
    await answered(2);
    const end = Math.floor(Date.now() / 1_000) + 3_600;
    await command("SCHEDULE_SVC_DOWNTIME", HOST, SERVICE, end - 3_600, end, 1, 0, 3_600, "gui", "new disk");
    await answered(3);
    const [[id] = []] = await readRows(icinga, "downtimes", "id");
    await command("DEL_SVC_DOWNTIME", id);
    await answered(4);
    for (const text of ["ack", "downtime 1h", "unack", "cancel"]) await post(`@**Icinga API-Bot** ${text}`);
    await answered(8);
    await command("ACKNOWLEDGE_SVC_PROBLEM", HOST, SERVICE, 2, 0, 0, "gui", "again");
    await answered(9);
    // All is well, so Icinga 2 itself takes it back: that is no news.
    for (const state of [0, 2]) await setState(icinga, TARGET, state);
    await command("ACKNOWLEDGE_SVC_PROBLEM", HOST, SERVICE, 2, 0, 0, "gui", "once more");
    const said = await answered(10);
    const name = `${SERVICE} - ${HOST}`;
    expect([...said.slice(0, 4), ...said.slice(8)]).toEqual([
      `${name} was acknowledged (gui: by @\u200b*\u200b*all*\u200b*)`,
      `${name} is not acknowledged any more`,
      expect.stringMatching(new RegExp(`^${name} has a downtime, until <time:\\S+Z> \\(gui: new disk\\)$`)),
      `${name} has lost a downtime (gui: new disk)`,
      `${name} was acknowledged (gui: again)`,
      `${name} was acknowledged (gui: once more)`,
    ]);
    expect(await running.end("SIGTERM")).toEqual({ exitCode: 0, stderr: "" });
  });

  it("goes on to tell what was changed elsewhere after Icinga 2 was restarted, each change once", async () => {
    const running = await start([USER, PASSWORD], "show_changes=all");
    const opened = "changes in the monitoring are told from now on";
    const openings = () => running.log().split(opened).length - 1;
    await running.logged(opened);
    await notify(TARGET);
    await icinga.stop();
    await running.logged("changes are not told: ");
    await icinga.start();
    await vi.waitFor(() => expect(openings()).toBe(2), PATIENCE);
    await sendCommand(icinga, ["ACKNOWLEDGE_SVC_PROBLEM", HOST, SERVICE, 2, 0, 0, "gui", "after it"]);
    await answered(1);
    await sendCommand(icinga, ["REMOVE_SVC_ACKNOWLEDGEMENT", HOST, SERVICE]);
    await answered(2);
    // What the bot does itself works, too, and is not told as a change.
    await post("@**Icinga API-Bot** ack");
    const name = `${SERVICE} - ${HOST}`;
    expect(await answered(3)).toEqual([
      `${name} was acknowledged (gui: after it)`,
      `${name} is not acknowledged any more`,
      ACKNOWLEDGED,
    ]);
    expect(await running.end("SIGTERM")).toEqual({ exitCode: 0, stderr: "" });
    expect(answers()).toHaveLength(3);
  });

  it.each([true, false])(
    "killed while it answers (the answer is stored: %s), does and says it once",
    async (isStored) => {
      const first = await start();
      fake.faults.push({ kind: "hang", isStored, from: bot });
      await post(`@**Icinga API-Bot** downtime###${HOST}###${SERVICE}###1h###`);
      const asked = () => fake.requests.filter((request) => request === "POST messages");
      // The first one is Anna's.
      await vi.waitFor(() => expect(asked()).toHaveLength(2), PATIENCE);
      await first.end("SIGKILL");
      await post(`@**Icinga API-Bot** acknowledge###${HOST}###${SERVICE}###`);
      await start();
      await answered(2);
      await post("@**Icinga API-Bot** status");
      expect((await answered(3)).slice(0, 2)).toEqual([SET, ACKNOWLEDGED]);
      expect(await downtimes()).toHaveLength(1);
    },
  );
});

describe("the bot, killed at the worst moment", () => {
  it("between the action and the monitoring's answer, does it once and says so", async () => {
    await using icinga = await MuteIcinga.start();
    const password = write("password", "secret");
    configure(`icinga2 ${icinga.url} user=bot password_file=${password}`);
    await using first = startBot(folder.path);
    await first.logged("Icinga API-Bot listens to");
    icinga.isMute = true;
    const id = await post("@**Icinga API-Bot** downtime###web1###http###1h###");
    await vi.waitFor(() => expect(icinga.downtimes).toHaveLength(1), PATIENCE);
    await first.end("SIGKILL");
    icinga.isMute = false;
    await using second = startBot(folder.path);
    expect(await answered(1)).toEqual(["Set Downtime for http - web1: ✓"]);
    expect(icinga.downtimes).toEqual([expect.stringContaining(`[zulip:${id}]`)]);
    expect((await second.end("SIGTERM")).exitCode).toBe(0);
  });
});
