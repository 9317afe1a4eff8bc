import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { BotChat, PATIENCE } from "../support/processes/bot-chat.ts";
import { type BotProcess, startBot } from "../support/processes/zulip-bot.ts";
import { HOST, type Icinga2, SERVICE, startIcinga2 } from "../support/servers/icinga2.ts";
import { readRows, sendCommand, setState } from "../support/servers/icinga2-state.ts";
import { hasServer } from "../support/servers/installed.ts";

const TARGET = { host: HOST, service: SERVICE };
const NAME = `${SERVICE} - ${HOST}`;
const OPENED = "changes in the monitoring are told from now on";

/** A core that is looked at, as Naemon is: it tells of nothing by itself. */
describe.skipIf(!hasServer("icinga2") || !hasServer("icinga2-common"))("the bot and livestatus", () => {
  let icinga: Icinga2;
  let chat: BotChat;
  let process: BotProcess | undefined;
  beforeAll(async () => {
    icinga = await startIcinga2();
  });
  afterAll(() => icinga[Symbol.asyncDispose]());
  beforeEach(async () => {
    chat = await BotChat.start();
    for (const state of [0, 2]) await setState(icinga, TARGET, state);
  });
  afterEach(async () => {
    await process?.[Symbol.asyncDispose]();
    await chat[Symbol.asyncDispose]();
  });

  async function start(): Promise<BotProcess> {
    const lines = ["show_changes=all", "show_changes_interval=1"];
    chat.configure(`livestatus ${icinga.livestatus}`, ...lines);
    process = startBot(chat.folder);
    await process.logged("Icinga API-Bot listens to");
    await process.logged(OPENED);
    return process;
  }

  const command = (...words: readonly unknown[]) => sendCommand(icinga, words);
  const acknowledge = (comment: string) =>
    command("ACKNOWLEDGE_SVC_PROBLEM", HOST, SERVICE, 2, 0, 0, "gui", comment);
  const unacknowledge = () => command("REMOVE_SVC_ACKNOWLEDGEMENT", HOST, SERVICE);
  const comments = async () => (await readRows(icinga, "comments", "comment")).flat();
  const downtimes = () => readRows(icinga, "downtimes", "id");

  async function setDowntime(comment: string): Promise<void> {
    const end = Math.floor(Date.now() / 1_000) + 3_600;
    await command("SCHEDULE_SVC_DOWNTIME", HOST, SERVICE, end - 3_600, end, 1, 0, 3_600, "gui", comment);
    await vi.waitFor(async () => expect(await downtimes()).toHaveLength(1), PATIENCE);
  }

  it("tells what was changed elsewhere, not what was there before, nor what it has changed itself", async () => {
    await acknowledge("before the bot");
    await vi.waitFor(async () => expect(await comments()).toEqual(["before the bot"]), PATIENCE);
    const running = await start();
    await chat.notify(TARGET);
    await unacknowledge();
    await chat.answered(1);
    await acknowledge("by @**all**");
    await chat.answered(2);
    await setDowntime("new disk");
    await chat.answered(3);
    await command("DEL_SVC_DOWNTIME", (await downtimes())[0]);
    await chat.answered(4);
    for (const text of ["unack", "ack", "downtime 1h", "unack", "cancel"])
      await chat.post(`@**Icinga API-Bot** ${text}`);
    await chat.answered(9);
    await acknowledge("again");
    await chat.answered(10);
    // All is well, so the core itself takes it back: that is no news.
    for (const state of [0, 2]) await setState(icinga, TARGET, state);
    await acknowledge("once more");
    const said = await chat.answered(11);
    expect([...said.slice(0, 4), ...said.slice(9)]).toEqual([
      `${NAME} is not acknowledged any more`,
      `${NAME} was acknowledged (gui: by @\u200b*\u200b*all*\u200b*)`,
      expect.stringMatching(new RegExp(`^${NAME} has a downtime, until <time:\\S+Z> \\(gui: new disk\\)$`)),
      `${NAME} has lost a downtime (gui: new disk)`,
      `${NAME} was acknowledged (gui: again)`,
      `${NAME} was acknowledged (gui: once more)`,
    ]);
    expect(await running.end("SIGTERM")).toEqual({ exitCode: 0, stderr: "" });
  });

  it("tells nothing twice when it is started again, or when the core is", async () => {
    const first = await start();
    await chat.notify(TARGET);
    await acknowledge("once");
    await setDowntime("once, too");
    await chat.answered(2);
    expect((await first.end("SIGTERM")).exitCode).toBe(0);
    const second = await start();
    await icinga.stop();
    await second.logged("changes are not told: ");
    await icinga.start();
    await vi.waitFor(() => expect(second.log().split(OPENED)).toHaveLength(3), PATIENCE);
    await unacknowledge();
    await chat.answered(3);
    await command("DEL_SVC_DOWNTIME", (await downtimes())[0]);
    const said = await chat.answered(4);
    expect(said.slice(2)).toEqual([
      `${NAME} is not acknowledged any more`,
      `${NAME} has lost a downtime (gui: once, too)`,
    ]);
    expect((await second.end("SIGTERM")).exitCode).toBe(0);
  });
});
