import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { at } from "../../integrations/backends/json.ts";
import { BotChat, PATIENCE } from "../support/processes/bot-chat.ts";
import { type BotProcess, startBot } from "../support/processes/zulip-bot.ts";
import { RealThruk } from "../support/servers/real-thruk.ts";

const TARGET = { host: "dummy_fkt_tests", service: "Größe & Platte/2" };
const NAME = `${TARGET.service} - ${TARGET.host}`;
const found = RealThruk.find();

describe.skipIf(found === undefined)("the bot and a real Thruk", () => {
  const thruk = found as RealThruk;
  let chat: BotChat;
  let process: BotProcess;
  beforeEach(async () => {
    chat = await BotChat.start();
    await thruk.break(TARGET);
    chat.configure(thruk.monitoring, "show_changes=all", "show_changes_interval=1");
    process = startBot(chat.folder);
    await process.logged("Icinga API-Bot listens to");
    await process.logged("changes in the monitoring are told from now on");
  });
  afterEach(async () => {
    await process[Symbol.asyncDispose]();
    await chat[Symbol.asyncDispose]();
  });

  const signatures = async (table: string) =>
    (await thruk.rows(table, "author,comment")).map((row) => ({
      author: at(row, "author"),
      comment: at(row, "comment"),
    }));
  const comments = () => signatures("comments");
  const downtimes = () => signatures("downtimes");
  const gone = () =>
    vi.waitFor(async () => expect([await comments(), await downtimes()]).toEqual([[], []]), PATIENCE);

  it("does what buttons and words ask for in the name of who asked, seen there, and undoes it", async () => {
    const alert = await chat.notify(TARGET);
    const acknowledged = await chat.press(alert, "Acknowledge");
    expect(await chat.answered(1)).toEqual([`Acknowledged ${NAME}: ✓`]);
    expect(await comments()).toEqual([chat.signed(acknowledged)]);
    const set = await chat.press(alert, "1h");
    expect((await chat.answered(2)).at(-1)).toBe(`Set Downtime for ${NAME}: ✓`);
    expect(await downtimes()).toEqual([chat.signed(set)]);
    for (const text of ["cancel", "unack"]) await chat.post(`@**Icinga API-Bot** ${text}`, alert.topic);
    expect((await chat.answered(4)).slice(2)).toEqual([
      `Cancelled downtime for ${NAME}: ✓`,
      `Removed acknowledgement of ${NAME}: ✓`,
    ]);
    await gone();
    await chat.post("@**Icinga API-Bot** recheck", alert.topic);
    expect((await chat.answered(5)).at(-1)).toBe(`Checking again ${NAME}: ✓`);
    await chat.post(`@**Icinga API-Bot** acknowledge###${TARGET.host}###nöpe###`, alert.topic);
    expect((await chat.answered(6)).at(-1)).toBe(
      `Acknowledged nöpe - ${TARGET.host}: ✗ the monitoring does not know it, or does not show it to the bot`,
    );
  });

  it("does the same by emoji, and undoes it when they are taken away", async () => {
    const { id } = await chat.notify(TARGET);
    for (const emoji of ["ack", "1h"]) await chat.react("POST", id, emoji);
    expect(await chat.answered(2)).toEqual([`Acknowledged ${NAME}: ✓`, `Set Downtime for ${NAME}: ✓`]);
    for (const emoji of ["1h", "ack"]) await chat.react("DELETE", id, emoji);
    expect((await chat.answered(4)).slice(2)).toEqual([
      `Cancelled downtime for ${NAME}: ✓`,
      `Removed acknowledgement of ${NAME}: ✓`,
    ]);
    await gone();
  });

  it("tells what others do in its pages", async () => {
    await chat.notify(TARGET);
    const words = { sticky_ack: 2, send_notification: 0, persistent_comment: 0 };
    const mark = { comment_author: "Jörg", comment_data: "größer geplant" };
    await thruk.command("acknowledge_svc_problem", TARGET, { ...words, ...mark });
    expect(await chat.answered(1)).toEqual([`${NAME} was acknowledged (Jörg: größer geplant)`]);
    await thruk.command("remove_svc_acknowledgement", TARGET);
    expect((await chat.answered(2)).at(-1)).toBe(`${NAME} is not acknowledged any more`);
    const now = Math.floor(Date.now() / 1_000);
    await thruk.command("schedule_svc_downtime", TARGET, { start_time: now, end_time: now + 3_600, ...mark });
    expect((await chat.answered(3)).at(-1)).toContain(`${NAME} has a downtime, until`);
    const [row] = await thruk.rows("downtimes", "id");
    await thruk.command("del_downtime", TARGET, { downtime_id: at(row, "id") });
    expect((await chat.answered(4)).at(-1)).toBe(`${NAME} has lost a downtime (Jörg: größer geplant)`);
    await gone();
  });
});
