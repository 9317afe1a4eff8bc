import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { writeCommand } from "../../integrations/backends/commands/command-pipe.ts";
import { BotChat, PATIENCE } from "../support/processes/bot-chat.ts";
import { type BotProcess, startBot } from "../support/processes/zulip-bot.ts";
import { HOST, type Icinga2, SERVICE, startIcinga2 } from "../support/servers/icinga2.ts";
import { readRows, setState } from "../support/servers/icinga2-state.ts";
import { hasServer } from "../support/servers/installed.ts";
import { type Nagios, startNagios } from "../support/servers/nagios4.ts";

const TARGET = { host: HOST, service: SERVICE };
const NAME = `${SERVICE} - ${HOST}`;
/** Nagios' own comment on a downtime that has begun. */
const OF_DOWNTIME = {
  entry_type: "2",
  comment_data: expect.stringContaining("scheduled for fixed downtime"),
};

let chat: BotChat;
let process: BotProcess | undefined;
beforeEach(async () => {
  chat = await BotChat.start();
});
afterEach(async () => {
  await process?.[Symbol.asyncDispose]();
  await chat[Symbol.asyncDispose]();
});

async function start(monitoring: string): Promise<void> {
  chat.configure(monitoring);
  process = startBot(chat.folder);
  await process.logged("Icinga API-Bot listens to");
}

describe.skipIf(!hasServer("icinga2") || !hasServer("icinga2-common"))("the bot and a core with", () => {
  let icinga: Icinga2;
  beforeAll(async () => {
    icinga = await startIcinga2();
  });
  afterAll(() => icinga[Symbol.asyncDispose]());
  beforeEach(async () => {
    for (const state of [0, 2]) await setState(icinga, TARGET, state);
  });

  const comments = async () =>
    (await readRows(icinga, "comments", "author comment")).map(([author, comment]) => ({ author, comment }));
  const downtimes = async () =>
    (await readRows(icinga, "downtimes", "author comment")).map(([author, comment]) => ({ author, comment }));

  it.each([
    { with: "livestatus", monitoring: () => `livestatus ${icinga.livestatus}` },
    {
      with: "a command pipe and livestatus",
      monitoring: () => `pipe ${icinga.commandFile} livestatus=${icinga.livestatus}`,
    },
  ])(
    "$with: what buttons ask for is done in the name of who pressed, seen there, and undone",
    async (way) => {
      await start(way.monitoring());
      const alert = await chat.notify(TARGET);
      const acknowledged = await chat.press(alert, "Acknowledge");
      expect(await chat.answered(1)).toEqual([`Acknowledged ${NAME}: ✓`]);
      expect(await comments()).toEqual([chat.signed(acknowledged)]);
      const set = await chat.press(alert, "1h");
      expect((await chat.answered(2)).at(-1)).toBe(`Set Downtime for ${NAME}: ✓`);
      expect(await downtimes()).toEqual([chat.signed(set)]);
      for (const text of ["status", "cancel", "unack"]) await chat.post(`@**Icinga API-Bot** ${text}`);
      expect((await chat.answered(5)).slice(2)).toEqual([
        `${NAME}: **CRITICAL**, acknowledged, in downtime\nsaid by a test`,
        `Cancelled downtime for ${NAME}: ✓`,
        `Removed acknowledgement of ${NAME}: ✓`,
      ]);
      expect([await downtimes(), await comments()]).toEqual([[], []]);
      await chat.post(`@**Icinga API-Bot** acknowledge###${HOST}###nope###`);
      expect((await chat.answered(6)).at(-1)).toBe(
        `Acknowledged nope - ${HOST}: ✗ the monitoring does not know it, or does not show it to the bot`,
      );
    },
  );
});

describe.skipIf(!hasServer("nagios4"))("the bot and the command pipe of a real Nagios 4", () => {
  let nagios: Nagios;
  beforeEach(async () => {
    nagios = await startNagios();
    await start(`pipe ${nagios.commandFile}`);
  });
  afterEach(() => nagios[Symbol.asyncDispose]());

  /** What Nagios writes down, as soon as it does. */
  const written = (kind: string, fields: readonly object[]) =>
    vi.waitFor(
      () => expect(nagios.read(kind)).toEqual(fields.map((each) => expect.objectContaining(each))),
      PATIENCE,
    );
  const unseen = () =>
    `✗ not confirmed: ${nagios.commandFile} has taken it, but cannot be asked whether it was done`;
  const ask = async (text: string, count: number) => {
    await chat.post(`@**Icinga API-Bot** ${text}`);
    return (await chat.answered(count)).at(-1);
  };

  it("does what buttons ask for in the name of who pressed, and never says ✓, as it cannot look", async () => {
    const result = ["PROCESS_SERVICE_CHECK_RESULT", HOST, SERVICE, 2, "said by a test"].join(";");
    await writeCommand(nagios.commandFile, `[${Math.floor(Date.now() / 1000)}] ${result}`);
    await written("servicestatus", [{ current_state: "2", problem_has_been_acknowledged: "0" }]);
    const alert = await chat.notify(TARGET);

    const acknowledged = await chat.press(alert, "Acknowledge");
    expect(await chat.answered(1)).toEqual([`Acknowledged ${NAME}: ${unseen()}`]);
    await written("servicestatus", [{ problem_has_been_acknowledged: "1" }]);
    const set = await chat.press(alert, "1h");
    expect((await chat.answered(2)).at(-1)).toBe(`Set Downtime for ${NAME}: ${unseen()}`);
    await written("servicedowntime", [{ ...chat.signed(set), fixed: "1", duration: "3600" }]);
    const { author, comment } = chat.signed(acknowledged);
    await written("servicecomment", [{ author, comment_data: comment }, OF_DOWNTIME]);

    expect(await ask("unack", 3)).toBe(`Removed acknowledgement of ${NAME}: ${unseen()}`);
    await written("servicestatus", [{ problem_has_been_acknowledged: "0" }]);
    expect(await ask("cancel", 4)).toBe(
      `Cancelled downtime for ${NAME}: ✗ not confirmed: ${nagios.commandFile} cannot be asked`,
    );
    expect(nagios.read("servicedowntime")).toHaveLength(1);
  });

  it("cannot tell an unknown service from a known one, and says so; Nagios takes nothing of it", async () => {
    const said = await ask(`acknowledge###${HOST}###nope###`, 1);
    expect(said).toBe(`Acknowledged nope - ${HOST}: ${unseen()}`);
    // Commands are done in their order, so the first one is over.
    const set = await chat.post(`@**Icinga API-Bot** downtime###${HOST}###${SERVICE}###1h###`);
    await written("servicedowntime", [chat.signed(set)]);
    await written("servicecomment", [OF_DOWNTIME]);
  });

  it("says that the core does not run when it does not", async () => {
    await nagios.stop();
    const reason = "the monitoring does not answer: (?:nobody reads|there is no) .*: does the core run\\?";
    expect(await ask(`acknowledge###${HOST}###${SERVICE}###`, 1)).toMatch(
      new RegExp(`^Acknowledged ${NAME}: ✗ ${reason}$`),
    );
  });
});
