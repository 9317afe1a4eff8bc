import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { FakeMessage } from "../../integrations/chat-server/world.ts";
import { BotChat, PATIENCE } from "../support/processes/bot-chat.ts";
import { type BotProcess, startBot, startNotifier } from "../support/processes/zulip-bot.ts";
import { HOST, type Icinga2, ODD_SERVICE, PASSWORD, SERVICE, USER } from "../support/servers/icinga2.ts";
import { readRows, setState } from "../support/servers/icinga2-state.ts";
import { hasServer } from "../support/servers/installed.ts";
import { startNotifyingIcinga2 } from "../support/servers/notifying-icinga2.ts";

type Target = Parameters<typeof setState>[1];
type Wish = "ack" | "1h";

/** A way to ask for something and to take it back. */
interface Way {
  /** Resolves to the message that the monitoring's comment must name. */
  readonly ask: (alert: FakeMessage, wish: Wish) => Promise<number>;
  readonly undo: (alert: FakeMessage, wish: Wish) => Promise<unknown>;
}

const FLAPPING = "flapping";
const SITE = `
object Service "${FLAPPING}" { host_name = "${HOST}"
 check_command = "dummy"
 enable_active_checks = false
 max_check_attempts = 1
 enable_flapping = true
 flapping_threshold_high = 20
 flapping_threshold_low = 10 }
`;
/** Of twenty checks Icinga 2 looks at how many have changed the state. */
const MOST_RESULTS = 25;

/** Programs as they run on a site: command of the core, notifier and bot do not know each other. */
describe.skipIf(!hasServer("icinga2") || !hasServer("icinga2-common"))("a problem in a real Icinga 2", () => {
  let chat: BotChat;
  let icinga: Icinga2;
  let programs: readonly BotProcess[] = [];
  beforeAll(async () => {
    chat = await BotChat.start();
    chat.configureNotifier();
    icinga = await startNotifyingIcinga2(chat, SITE);
    const login = `user=${USER} password_file=${chat.write("password", PASSWORD)} ca_file=${icinga.caFile}`;
    chat.configure(`icinga2 ${icinga.url} ${login}`);
    programs = [startNotifier(chat.folder), startBot(chat.folder)];
    await programs[1]?.logged("Icinga API-Bot listens to");
  });
  afterAll(async () => {
    await icinga[Symbol.asyncDispose]();
    const ended = await Promise.all(programs.map((each) => each.end("SIGTERM")));
    await chat[Symbol.asyncDispose]();
    expect(ended).toEqual([
      { exitCode: 0, stderr: "" },
      { exitCode: 0, stderr: "" },
    ]);
  });

  const ofBot = () => chat.fake.world.messages.filter(({ senderId }) => senderId === chat.bot.id);
  /** What notifier and bot write about it, until there are so many: in the order of their texts. */
  async function toldBy(action: () => Promise<unknown>, count = 1): Promise<readonly FakeMessage[]> {
    const before = ofBot().length;
    await action();
    await vi.waitFor(() => expect(ofBot().length).toBeGreaterThanOrEqual(before + count), PATIENCE);
    const since = ofBot().slice(before);
    return since.toSorted((one, other) => (one.content < other.content ? -1 : 1));
  }
  const textsBy = async (action: () => Promise<unknown>, count = 1) =>
    (await toldBy(action, count)).map(({ content }) => content);

  const nameOf = ({ host, service }: Target) => (service === undefined ? host : `${service} - ${host}`);
  const notice = (type: string) => `Notification Type: ${type}\nOutput: said by a test`;

  /** Whether it is acknowledged and how many downtimes it is in, as Icinga 2 itself says. */
  async function standingOf({ host, service }: Target): Promise<readonly number[] | undefined> {
    const [table, names] = service === undefined ? ["hosts", [host]] : ["services", [host, service]];
    const columns = service === undefined ? "name" : "host_name description";
    const rows = await readRows(icinga, table, `${columns} acknowledged scheduled_downtime_depth`);
    const row = rows.find((each) => names.every((name, at) => each[at] === name));
    return row?.slice(names.length).map(Number);
  }
  const signatures = (table: "comments" | "downtimes") => readRows(icinga, table, "author comment");
  /** Who has asked, and where. */
  const signatureOf = (message: number | undefined) => [
    chat.anna.fullName,
    expect.stringMatching(new RegExp(`^via Zulip http\\S+/near/${message} \\[zulip:${message}\\b.*\\]$`)),
  ];

  const buttons: Way = {
    ask: (alert, wish) => chat.press(alert, wish === "ack" ? "Acknowledge" : wish),
    undo: ({ topic }, wish) => chat.post(`@**Icinga API-Bot** ${wish === "ack" ? "unack" : "cancel"}`, topic),
  };
  const emoji: Way = {
    ask: async ({ id }, wish) => {
      await chat.react("POST", id, wish);
      return id;
    },
    undo: ({ id }, wish) => chat.react("DELETE", id, wish),
  };
  const service = {
    target: { host: HOST, service: SERVICE },
    state: 2,
    problem: "**CRIT** - PROBLEM - CRITICAL",
  };
  const host = { target: { host: HOST }, state: 1, problem: "**DOWN** - PROBLEM - DOWN" };
  const odd = {
    target: { host: HOST, service: ODD_SERVICE },
    state: 1,
    problem: "**WARN** - PROBLEM - WARNING",
  };

  it.each([
    { ...service, what: "a service", by: "its buttons", way: buttons, recovery: "**OK** - RECOVERY - OK" },
    { ...host, what: "a host", by: "its buttons", way: buttons, recovery: "**UP** - RECOVERY - UP" },
    { ...host, what: "a host", by: "emoji", way: emoji, recovery: "**UP** - RECOVERY - UP" },
    { ...odd, what: "a service with odd signs", by: "emoji", way: emoji, recovery: "**OK** - RECOVERY - OK" },
  ])(
    "of $what comes into the chat, is acknowledged and gets a downtime there by $by, and all is undone",
    async ({ target, state, problem, recovery, way }) => {
      const name = nameOf(target);
      await setState(icinga, target, 0);
      const [alert, ...others] = await toldBy(() => setState(icinga, target, state));
      if (alert === undefined) throw new Error("no message");
      expect([alert, others]).toMatchObject([{ topic: name, content: notice(problem) }, []]);
      const form = { heading: `Downtime for ${name}:` };
      expect(JSON.parse(alert.widget ?? "{}")).toMatchObject({ extra_data: form });

      let asked: number | undefined;
      const ask = (wish: Wish) => async () => {
        asked = await way.ask(alert, wish);
      };
      expect(await textsBy(ask("ack"))).toEqual([`Acknowledged ${name}: ✓`]);
      expect(await standingOf(target)).toEqual([1, 0]);
      expect(await signatures("comments")).toEqual([signatureOf(asked)]);
      // The core tells of the downtime, too, and who has set it.
      const byCore = (type: string) =>
        expect.stringMatching(new RegExp(`- ${type} - .*\\(.*Mücke.*\\)$`, "s"));
      expect(await textsBy(ask("1h"), 2)).toEqual([byCore("DOWNTIMESTART"), `Set Downtime for ${name}: ✓`]);
      expect(await standingOf(target)).toEqual([1, 1]);
      expect(await signatures("downtimes")).toEqual([signatureOf(asked)]);

      const undone = [`Cancelled downtime for ${name}: ✓`, byCore("DOWNTIMEEND")];
      expect(await textsBy(() => way.undo(alert, "1h"), 2)).toEqual(undone);
      expect(await textsBy(() => way.undo(alert, "ack"))).toEqual([`Removed acknowledgement of ${name}: ✓`]);
      expect(await standingOf(target)).toEqual([0, 0]);
      expect([await signatures("comments"), await signatures("downtimes")]).toEqual([[], []]);
      expect(await textsBy(() => setState(icinga, target, 0))).toEqual([notice(recovery)]);
      const topics = ofBot()
        .filter(({ id }) => id >= alert.id)
        .map(({ topic }) => topic);
      expect(new Set(topics)).toEqual(new Set([name]));
    },
  );

  it("that comes and goes is told as flapping, then as its end, and nothing in between", async () => {
    const target = { host: HOST, service: FLAPPING };
    const isFlapping = async () =>
      (await readRows(icinga, "services", "description is_flapping")).some(
        ([name, flag]) => name === FLAPPING && Number(flag) === 1,
      );
    const typesBy = async (action: () => Promise<unknown>) =>
      (await textsBy(action)).map((text) => / - (\w+) - /.exec(text)?.[1]);
    const told: unknown[] = [];
    await setState(icinga, target, 0);
    for (let at = 0; at < MOST_RESULTS && !(await isFlapping()); at += 1)
      told.push(...(await typesBy(() => setState(icinga, target, at % 2 === 0 ? 2 : 0))));
    expect(told.slice(0, 2)).toEqual(["PROBLEM", "RECOVERY"]);
    expect(told.indexOf("FLAPPINGSTART")).toBe(told.length - 1);

    const stopped = await typesBy(async () => {
      for (let at = 0; at < MOST_RESULTS && (await isFlapping()); at += 1)
        await setState(icinga, target, at < 4 && at % 2 === 0 ? 2 : 0);
    });
    expect(stopped).toEqual(["FLAPPINGSTOP"]);
  });
});
