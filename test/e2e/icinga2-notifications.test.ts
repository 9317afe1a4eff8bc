import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BotChat, PATIENCE } from "../support/processes/bot-chat.ts";
import { type BotProcess, startNotifier } from "../support/processes/zulip-bot.ts";
import { HOST, type Icinga2, ODD_SERVICE, SERVICE } from "../support/servers/icinga2.ts";
import { readRows, sendCommand, setState } from "../support/servers/icinga2-state.ts";
import { hasServer } from "../support/servers/installed.ts";
import { startNotifyingIcinga2 } from "../support/servers/notifying-icinga2.ts";

type Target = Parameters<typeof setState>[1];

const ROUTES = [
  "route=servicegroup=functional => tests",
  "route=hostgroup=windows* => icinga_WTS",
  "route=contact=zulip about=service => by-contact",
];
const ALIAS = "Größe; a 'plain' one";
/** What the documents leave to the site. The first host is in two groups, the other one in none. */
const SITE = `
object HostGroup "citrix" { assign where host.name == "${HOST}" }
object HostGroup "windows-servers" { assign where host.name == "${HOST}" }
object ServiceGroup "functional" { assign where service.name == "${SERVICE}" }
object ServiceGroup "all" { assign where true }
object Host "plain" { check_command = "dummy"
 enable_active_checks = false
 max_check_attempts = 1
 display_name = "${ALIAS}" }
object Service "http" { host_name = "plain"
 check_command = "dummy"
 enable_active_checks = false
 max_check_attempts = 1 }
`;
/** No shell reads it, so nothing of it is lost or run. */
const COMMENT = `can't: "$HOME" $(echo x) \`echo x\` Größe | > $host.name$`;
/** A backtick would start a markup. */
const SHOWN = COMMENT.replaceAll("`", "ˋ");

describe.skipIf(!hasServer("icinga2") || !hasServer("icinga2-common"))("a real Icinga 2", () => {
  let chat: BotChat;
  let icinga: Icinga2;
  let notifier: BotProcess;
  let told = 0;
  beforeAll(async () => {
    chat = await BotChat.start();
    for (const name of ["tests", "icinga_WTS", "by-contact"]) chat.fake.world.addStream(name, [chat.bot.id]);
    chat.configureNotifier(...ROUTES);
    notifier = startNotifier(chat.folder);
    icinga = await startNotifyingIcinga2(chat, SITE);
  });
  afterAll(async () => {
    await icinga[Symbol.asyncDispose]();
    const ended = await notifier.end("SIGTERM");
    await chat[Symbol.asyncDispose]();
    expect(ended).toEqual({ exitCode: 0, stderr: "" });
    // None has come twice, or later.
    expect(chat.fake.world.messages).toHaveLength(told);
  });

  /** The messages that come while it is done. */
  async function toldBy(action: () => Promise<void>) {
    const { messages, streams } = chat.fake.world;
    const before = messages.length;
    await action();
    await vi.waitFor(() => expect(messages.length).toBeGreaterThan(before), PATIENCE);
    const since = messages.slice(before);
    told += since.length;
    return since.map(({ streamId, topic, content }) => ({
      stream: streams.find(({ id }) => id === streamId)?.name,
      topic,
      lines: content.split("\n"),
    }));
  }
  const command = (...words: readonly unknown[]) => sendCommand(icinga, words);
  const becomes = (target: Target, state: number) => () => setState(icinga, target, state);

  it("tells of a service's problem, all that people do about it, and its end, by a route of a service group", async () => {
    const target = { host: HOST, service: SERVICE };
    await setState(icinga, target, 0);
    const now = Math.floor(Date.now() / 1_000);
    const steps: readonly (readonly [type: string, comment: string, action: () => Promise<void>])[] = [
      ["**CRIT** - PROBLEM - CRITICAL", "", becomes(target, 2)],
      [
        "**CRIT** - ACKNOWLEDGEMENT - CRITICAL",
        `${SHOWN} (Änna (ik4))`,
        () => command("ACKNOWLEDGE_SVC_PROBLEM", HOST, SERVICE, 2, 1, 0, "Änna (ik4)", COMMENT),
      ],
      [
        "**CRIT** - CUSTOM - CRITICAL",
        `${SHOWN} (Änna)`,
        () => command("SEND_CUSTOM_SVC_NOTIFICATION", HOST, SERVICE, 2, "Änna", COMMENT),
      ],
      [
        "**CRIT** - DOWNTIMESTART - CRITICAL",
        "new disk (gui)",
        () =>
          command("SCHEDULE_SVC_DOWNTIME", HOST, SERVICE, now, now + 3_600, 1, 0, 3_600, "gui", "new disk"),
      ],
      [
        // Icinga 2.13 has no other word for one that was removed.
        "**CRIT** - DOWNTIMEEND - CRITICAL",
        "new disk (gui)",
        async () => command("DEL_SVC_DOWNTIME", (await readRows(icinga, "downtimes", "id"))[0]?.[0]),
      ],
      ["**OK** - RECOVERY - OK", "", becomes(target, 0)],
    ];
    for (const [type, comment, action] of steps) {
      const comments = comment === "" ? [] : [`Comment: ${comment}`];
      expect(await toldBy(action)).toEqual([
        {
          stream: "tests",
          topic: `${SERVICE} - ${HOST}`,
          lines: [`Notification Type: ${type}`, "Output: said by a test", ...comments],
        },
      ]);
    }
  });

  it("tells of a host's problem, its acknowledgement and its end, by a route of a host group", async () => {
    await setState(icinga, { host: HOST }, 0);
    const messages = [
      await toldBy(becomes({ host: HOST }, 1)),
      await toldBy(() => command("ACKNOWLEDGE_HOST_PROBLEM", HOST, 2, 1, 0, "Änna", COMMENT)),
      await toldBy(becomes({ host: HOST }, 0)),
    ];
    const message = (type: string, ...comments: readonly string[]) => ({
      stream: "icinga_WTS",
      topic: HOST,
      lines: [`Notification Type: ${type}`, "Output: said by a test", ...comments],
    });
    expect(messages.flat()).toEqual([
      message("**DOWN** - PROBLEM - DOWN"),
      message("**DOWN** - ACKNOWLEDGEMENT - DOWN", `Comment: ${SHOWN} (Änna)`),
      message("**UP** - RECOVERY - UP"),
    ]);
  });

  it.each([
    {
      what: "a service that only its host's group sends elsewhere",
      state: 1,
      target: { host: HOST, service: ODD_SERVICE },
      message: {
        stream: "icinga_WTS",
        topic: `${ODD_SERVICE} - ${HOST}`,
        type: "**WARN** - PROBLEM - WARNING",
      },
    },
    {
      what: "a service whose host is in no group, by its contact",
      state: 3,
      target: { host: "plain", service: "http" },
      message: { stream: "by-contact", topic: `http - ${ALIAS}`, type: "**UNK** - PROBLEM - UNKNOWN" },
    },
    {
      what: "a host that is in no group, in the usual stream",
      state: 1,
      target: { host: "plain" },
      message: { stream: "icinga", topic: ALIAS, type: "**DOWN** - PROBLEM - DOWN" },
    },
  ])("tells of $what", async ({ target, state, message: { type, ...place } }) => {
    await setState(icinga, target, 0);
    expect(await toldBy(becomes(target, state))).toEqual([
      { ...place, lines: [`Notification Type: ${type}`, "Output: said by a test"] },
    ]);
  });
});
