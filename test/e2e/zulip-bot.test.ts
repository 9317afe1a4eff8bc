import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { BotChat, PATIENCE } from "../support/processes/bot-chat.ts";
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
  WATCHER,
  WATCHER_PASSWORD,
} from "../support/servers/icinga2.ts";
import { readRows, sendCommand, setState } from "../support/servers/icinga2-state.ts";
import { hasServer } from "../support/servers/installed.ts";
import { MuteIcinga } from "../support/servers/mute-icinga.ts";

const TARGET = { host: HOST, service: SERVICE };
const ODD = { host: HOST, service: ODD_SERVICE };
const UNKNOWN = "✗ the monitoring does not know it, or does not show it to the bot";
const ACKNOWLEDGED = `Acknowledged ${SERVICE} - ${HOST}: ✓`;
const SET = `Set Downtime for ${SERVICE} - ${HOST}: ✓`;

let chat: BotChat;

/** How people ask. The wishes have the names of the emoji. */
const WAYS: Readonly<Record<string, (wish: "ack" | "1h", target: typeof TARGET) => Promise<unknown>>> = {
  "a command": (wish, { host, service }) => {
    const words = wish === "ack" ? ["ack", host, service] : ["downtime", host, service, wish];
    return chat.post(`@**Icinga API-Bot** ${words.join("###")}###`);
  },
  "words below an alert": async (wish, target) => {
    const { topic } = await chat.notify(target);
    await chat.post(`@**Icinga API-Bot** ${wish === "ack" ? wish : `downtime ${wish}`}`, topic);
  },
  "an emoji": async (wish, target) => {
    const { id } = await chat.notify(target);
    await chat.react("POST", id, wish);
  },
};

beforeEach(async () => {
  chat = await BotChat.start();
});
afterEach(() => chat[Symbol.asyncDispose]());

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
      `password_file=${chat.write("password", password)}`,
      `ca_file=${icinga.caFile}`,
    ];
    chat.configure(`icinga2 ${icinga.url} ${words.join(" ")}`, ...lines);
    process = startBot(chat.folder);
    await process.logged("Icinga API-Bot listens to");
    return process;
  }

  const comments = async () => (await readRows(icinga, "comments", "author comment entry_type")).toSorted();
  const downtimes = () =>
    readRows(icinga, "downtimes", "author comment start_time end_time service_description");

  it("acknowledges and sets downtimes by the buttons of the notifier's message, in the name of who pressed", async () => {
    const running = await start();
    const alert = await chat.notify(TARGET);
    const clicked = await chat.press(alert, "Acknowledge");
    expect(await chat.answered(1)).toEqual([ACKNOWLEDGED]);
    const link = (id: number) =>
      `${chat.fake.url}/#narrow/stream/6/topic/Sakuli_Connections.20-.20Funktionale.20Tests/near/${id}`;
    expect(await comments()).toEqual([
      [chat.anna.fullName, `via Zulip ${link(clicked)} [zulip:${clicked}]`, 4],
    ]);
    const pressed = await chat.press(alert, "1h");
    await chat.post("@**Icinga API-Bot** status");
    expect((await chat.answered(3)).slice(1)).toEqual([
      SET,
      `${SERVICE} - ${HOST}: **CRITICAL**, acknowledged, in downtime\nsaid by a test`,
    ]);
    const [row] = await downtimes();
    expect(row?.slice(0, 2)).toEqual([chat.anna.fullName, `via Zulip ${link(pressed)} [zulip:${pressed}]`]);
    expect(Number(row?.[3]) - Number(row?.[2])).toBe(3_600);
    for (const text of ["cancel", "unack"]) await chat.post(`@**Icinga API-Bot** ${text}`);
    await chat.answered(5);
    expect(await downtimes()).toEqual([]);
    expect(await comments()).toEqual([]);
    expect(await running.end("SIGTERM")).toEqual({ exitCode: 0, stderr: "" });
    expect(running.log()).not.toContain(chat.bot.key);
    expect(running.log()).not.toContain(PASSWORD);
  });

  it("does the same by emoji, and undoes it when they are taken away, for a name with odd signs", async () => {
    await start();
    const { id } = await chat.notify(ODD);
    await chat.react("POST", id, "ack");
    await chat.react("POST", id, "1h");
    const name = `${ODD_SERVICE} - ${HOST}: ✓`;
    expect(await chat.answered(2)).toEqual([`Acknowledged ${name}`, `Set Downtime for ${name}`]);
    expect((await downtimes()).map((row) => [row[0], row[4]])).toEqual([[chat.anna.fullName, ODD_SERVICE]]);
    await chat.react("DELETE", id, "1h");
    await chat.react("DELETE", id, "ack");
    expect((await chat.answered(4)).slice(2)).toEqual([
      `Cancelled downtime for ${name}`,
      `Removed acknowledgement of ${name}`,
    ]);
    expect([await downtimes(), await comments()]).toEqual([[], []]);
  });

  it.each(Object.entries(WAYS))(
    "by %s, says what it could not do: unknown, well, Icinga away, and does it again afterwards",
    async (_, ask) => {
      const { logged } = await start();
      await ask("ack", { host: HOST, service: "nope" });
      await chat.answered(1);
      await setState(icinga, ODD, 0);
      await ask("ack", ODD);
      await chat.answered(2);
      await icinga.stop();
      await ask("ack", TARGET);
      await chat.answered(3);
      await icinga.start();
      await ask("ack", TARGET);
      const [unknown, well, away, done] = await chat.answered(4);
      expect(unknown).toBe(`Acknowledged nope - ${HOST}: ${UNKNOWN}`);
      expect(well).toBe(`Acknowledged ${ODD_SERVICE} - ${HOST}: ✗ there is no problem`);
      expect(away).toMatch(/✗ the monitoring does not answer: .*ECONNREFUSED/);
      expect(done).toBe(ACKNOWLEDGED);
      await logged("result=unavailable");
    },
  );

  it.each(Object.entries(WAYS))(
    "by %s, without the rights in Icinga changes nothing, and does not say ✓",
    async (_, ask) => {
      await start([READER, READER_PASSWORD]);
      await ask("ack", TARGET);
      await chat.answered(1);
      await ask("1h", TARGET);
      expect(await chat.answered(2)).toEqual([
        `Acknowledged ${SERVICE} - ${HOST}: ${UNKNOWN}`,
        `Set Downtime for ${SERVICE} - ${HOST}: ${UNKNOWN}`,
      ]);
      expect([await downtimes(), await comments()]).toEqual([[], []]);
    },
  );

  it("tells in the topic what was changed elsewhere, and not what it has changed itself", async () => {
    const running = await start([WATCHER, WATCHER_PASSWORD], "show_changes=all");
    await running.logged("changes in the monitoring are told from now on");
    await chat.notify(TARGET);
    const command = (...words: readonly unknown[]) => sendCommand(icinga, words);
    await command("ACKNOWLEDGE_SVC_PROBLEM", HOST, SERVICE, 2, 0, 0, "gui", "by @**all**");
    await chat.answered(1);
    await command("REMOVE_SVC_ACKNOWLEDGEMENT", HOST, SERVICE);
    await chat.answered(2);
    const end = Math.floor(Date.now() / 1_000) + 3_600;
    await command("SCHEDULE_SVC_DOWNTIME", HOST, SERVICE, end - 3_600, end, 1, 0, 3_600, "gui", "new disk");
    await chat.answered(3);
    const [[id] = []] = await readRows(icinga, "downtimes", "id");
    await command("DEL_SVC_DOWNTIME", id);
    await chat.answered(4);
    for (const text of ["ack", "downtime 1h", "unack", "cancel"])
      await chat.post(`@**Icinga API-Bot** ${text}`);
    await chat.answered(8);
    await command("ACKNOWLEDGE_SVC_PROBLEM", HOST, SERVICE, 2, 0, 0, "gui", "again");
    await chat.answered(9);
    // All is well, so Icinga 2 itself takes it back: that is no news.
    for (const state of [0, 2]) await setState(icinga, TARGET, state);
    await command("ACKNOWLEDGE_SVC_PROBLEM", HOST, SERVICE, 2, 0, 0, "gui", "once more");
    const said = await chat.answered(10);
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
    const running = await start([WATCHER, WATCHER_PASSWORD], "show_changes=all");
    const opened = "changes in the monitoring are told from now on";
    const openings = () => running.log().split(opened).length - 1;
    await running.logged(opened);
    await chat.notify(TARGET);
    await icinga.stop();
    await running.logged("changes are not told: ");
    await icinga.start();
    await vi.waitFor(() => expect(openings()).toBe(2), PATIENCE);
    await sendCommand(icinga, ["ACKNOWLEDGE_SVC_PROBLEM", HOST, SERVICE, 2, 0, 0, "gui", "after it"]);
    await chat.answered(1);
    await sendCommand(icinga, ["REMOVE_SVC_ACKNOWLEDGEMENT", HOST, SERVICE]);
    await chat.answered(2);
    // What the bot does itself works, too, and is not told as a change.
    await chat.post("@**Icinga API-Bot** ack");
    const name = `${SERVICE} - ${HOST}`;
    expect(await chat.answered(3)).toEqual([
      `${name} was acknowledged (gui: after it)`,
      `${name} is not acknowledged any more`,
      ACKNOWLEDGED,
    ]);
    expect(await running.end("SIGTERM")).toEqual({ exitCode: 0, stderr: "" });
    expect(chat.answers()).toHaveLength(3);
  });

  it.each([true, false])(
    "killed while it answers (the answer is stored: %s), does and says it once",
    async (isStored) => {
      const first = await start();
      chat.fake.faults.push({ kind: "hang", isStored, from: chat.bot });
      await chat.post(`@**Icinga API-Bot** downtime###${HOST}###${SERVICE}###1h###`);
      const asked = () => chat.fake.requests.filter((request) => request === "POST messages");
      // The first one is Anna's.
      await vi.waitFor(() => expect(asked()).toHaveLength(2), PATIENCE);
      await first.end("SIGKILL");
      await chat.post(`@**Icinga API-Bot** acknowledge###${HOST}###${SERVICE}###`);
      await start();
      await chat.answered(2);
      await chat.post("@**Icinga API-Bot** status");
      expect((await chat.answered(3)).slice(0, 2)).toEqual([SET, ACKNOWLEDGED]);
      expect(await downtimes()).toHaveLength(1);
    },
  );
});

describe("the bot, killed at the worst moment", () => {
  it("between the action and the monitoring's answer, does it once and says so", async () => {
    await using icinga = await MuteIcinga.start();
    const password = chat.write("password", "secret");
    chat.configure(`icinga2 ${icinga.url} user=bot password_file=${password}`);
    await using first = startBot(chat.folder);
    await first.logged("Icinga API-Bot listens to");
    icinga.isMute = true;
    const id = await chat.post("@**Icinga API-Bot** downtime###web1###http###1h###");
    await vi.waitFor(() => expect(icinga.downtimes).toHaveLength(1), PATIENCE);
    await first.end("SIGKILL");
    icinga.isMute = false;
    await using second = startBot(chat.folder);
    expect(await chat.answered(1)).toEqual(["Set Downtime for http - web1: ✓"]);
    expect(icinga.downtimes).toEqual([expect.stringContaining(`[zulip:${id}]`)]);
    expect((await second.end("SIGTERM")).exitCode).toBe(0);
  });
});
