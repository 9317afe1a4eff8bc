import { BOT_GROUPS } from "../../../../integrations/zulip/settings/bot-table.ts";
import { ZULIP_GROUPS } from "../../../../integrations/zulip/settings/options.ts";
import type { Manual, ManualSection } from "../manual.ts";

const ENVIRONMENT = environmentOf("OMD_ZULIP_", "digest_over");

export const NOTIFY_MANUAL: Manual = {
  name: "notify",
  usage: ["omd-worker notify zulip [--now] [OPTION=VALUE…] [MACRO=VALUE…]"],
  description: [
    "Is the core's notification command. It puts the notification into the spool, from where omd-worker zulip-notifier sends it, and ends: the core never waits for Zulip.",
    "Words in capitals are macros: HOSTNAME, HOSTALIAS, HOSTSTATE, HOSTOUTPUT, SERVICEDESC, SERVICESTATE, SERVICEOUTPUT, NOTIFICATIONTYPE, SERVICEACKAUTHOR, SERVICEACKCOMMENT and any other. A shell reads the line, and cores do not strip NOTIFICATIONAUTHOR and NOTIFICATIONCOMMENT: do not put these two into it. Those that a core exports as NAGIOS_HOSTNAME or ICINGA_HOSTNAME need not be named.",
  ],
  words: [{ word: "zulip", usage: "[MACRO=VALUE…]", help: "for a Zulip server", takes: "nothing" }],
  options: [{ name: "now", help: "sends it at once, and keeps it only if that fails" }],
  table: { kind: "own", groups: ZULIP_GROUPS },
  takes: "nothing",
  sections: [ENVIRONMENT],
  examples: [
    {
      line: "omd-worker notify zulip --config=/etc/omd-worker/zulip.conf NOTIFICATIONTYPE='$NOTIFICATIONTYPE$' HOSTNAME='$HOSTNAME$' HOSTALIAS='$HOSTALIAS$' SERVICEDESC='$SERVICEDESC$' SERVICESTATE='$SERVICESTATE$' SERVICEOUTPUT='$SERVICEOUTPUT$'",
    },
    {
      line: "omd-worker notify zulip --now --config=zulip.conf NOTIFICATIONTYPE=PROBLEM HOSTNAME=web1 SERVICEDESC=http SERVICESTATE=CRITICAL SERVICEOUTPUT='only a test'",
    },
  ],
  exitCodes: [
    ["0", "the notification is kept; with --now it was sent"],
    ["1", "with --now: it could not be sent, and is kept"],
    ["2", "it is lost: the spool is full, or cannot be used"],
    ["3", "the call or an option is wrong"],
  ],
};

export const ZULIP_NOTIFIER_MANUAL: Manual = {
  name: "zulip-notifier",
  description: [
    "Takes the notifications out of the spool and writes them into Zulip, the oldest first, until TERM or INT ends it. It keeps within Zulip's limit of requests: when many wait, several become one message. What Zulip does not take at the moment waits, and after a crash no notification is lost.",
    "With handler_log it also writes a message for each run of an event handler, with broadcast_url for each broadcast of Thruk.",
    "USR1 opens the log file anew. One notifier reads a spool.",
  ],
  options: [{ name: "check-config", help: "says whether the configuration is right, and ends" }],
  table: { kind: "own", groups: ZULIP_GROUPS },
  takes: "nothing",
  sections: [ENVIRONMENT],
  examples: [
    { line: "omd-worker zulip-notifier --config=/etc/omd-worker/zulip.conf" },
    { line: "omd-worker zulip-notifier --check-config --config=/etc/omd-worker/zulip.conf" },
  ],
  exitCodes: [
    ["0", "a signal has ended it; the configuration is right"],
    ["1", "it cannot start: another one reads the spool, or the folder cannot be used"],
    ["3", "the configuration is wrong"],
  ],
};

export const ZULIP_BOT_MANUAL: Manual = {
  name: "zulip-bot",
  description: [
    "Listens in Zulip, and does what people ask for: by buttons and emoji below alerts, or by commands such as ack, downtime 2h reason, status. It acts in Icinga 2, Thruk, or a core with livestatus or a command pipe, and answers with ✓ only what it has seen there afterwards. It goes on until TERM or INT ends it; what it is doing then is finished.",
    "Nobody may ask for anything but help until a permission allows it. USR1 opens the log file anew. One bot uses a state_folder.",
  ],
  options: [
    { name: "check-config", help: "says whether the configuration is right, and ends" },
    { name: "check", help: "also asks Zulip and the monitoring whether they let the bot in" },
  ],
  table: { kind: "own", groups: BOT_GROUPS },
  takes: "nothing",
  sections: [environmentOf("OMD_ZULIPBOT_", "stage")],
  examples: [
    { line: "omd-worker zulip-bot --config=/etc/omd-worker/zulip-bot.conf" },
    { line: "omd-worker zulip-bot --check --config=/etc/omd-worker/zulip-bot.conf" },
    { line: "omd-worker zulip sample bot > zulip-bot.conf" },
  ],
  exitCodes: [
    ["0", "a signal has ended it; the configuration is right"],
    ["1", "it cannot start, as another one uses the folder; or, with --check, something does not let it in"],
    ["3", "the configuration is wrong"],
    ["4", "Zulip refuses the login"],
  ],
};

export const ZULIP_MANUAL: Manual = {
  name: "zulip",
  description: [
    "announce writes what the nodes of a stage have made of a push: one message for each commit and stage, which is changed when further nodes report. NODE=failed may be followed by a colon and why.",
    "test writes a dummy problem (the service Dummy-Icinga-Notifier of the host dummy-icinga-notifier, unless words in capitals name another) into test_stream, as the notifier would, and reads it back: whether it arrived, in its topic and with its buttons. With --bot it also acknowledges the problem and waits for the bot's answer: as the person of --as, or when somebody clicks. Each step is a line with ✓, or with ✗ and what to do.",
    "emoji upload uploads the custom emoji ok, warn, crit, unk, 1h, 8h, 1d, 7d and ack. Zulip takes them from people only, so it needs the e-mail address and the API key of an administrator, not those of a bot.",
  ],
  words: [
    {
      word: "announce",
      usage: "COMMIT [NODE=ok|NODE=failed…] [--what=NAME] [--subject=TEXT] [--nodes=COUNT] [--topic=TOPIC]",
      help: "tell a stream what was rolled out",
      takes: "nothing",
    },
    {
      word: "test",
      usage: "[--bot [--as=ZULIPRC] [--wait=SECONDS]] [--json] [OPTION=VALUE…] [MACRO=VALUE…]",
      help: "write a dummy problem, and look whether all arrives",
      takes: "nothing",
    },
    { word: "emoji", usage: "upload [OPTION=VALUE…]", help: "upload the custom emoji", takes: "nothing" },
  ],
  options: [
    { name: "what", value: "NAME", isAttached: true, help: "announce: what is rolled out (configuration)" },
    { name: "subject", value: "TEXT", isAttached: true, help: "announce: who has pushed, and why" },
    { name: "nodes", value: "COUNT", isAttached: true, help: "announce: how many nodes are to report" },
    { name: "bot", help: "test: acknowledge the dummy problem, and wait for the bot's answer" },
    {
      name: "as",
      value: "ZULIPRC",
      isAttached: true,
      help: "test --bot: the zuliprc of the person who acknowledges. Without it somebody has to click",
    },
    { name: "wait", value: "SECONDS", isAttached: true, help: "test --bot: how long to wait (60)" },
    { name: "json", help: "test: prints JSON, for scripts" },
  ],
  table: { kind: "own", groups: ZULIP_GROUPS },
  takes: "nothing",
  sections: [ENVIRONMENT],
  examples: [
    {
      line: "omd-worker zulip announce 1a2b3c4 gw1=ok 'gw2=failed: no key' --nodes=3 --config=zulip.conf --stage=prod --stream=deployments",
    },
    { line: "omd-worker zulip test --config=/etc/omd-worker/zulip.conf" },
    { line: "omd-worker zulip test --bot --as=anna.zuliprc --config=/etc/omd-worker/zulip.conf" },
    { line: "omd-worker zulip emoji upload --zuliprc=admin.zuliprc" },
    { line: "omd-worker zulip sample > zulip.conf" },
  ],
  exitCodes: [
    ["0", "the message says it; all emoji are there; each step of test is fine"],
    ["1", "Zulip has refused something, or was not reached; a step of test has failed"],
    ["3", "the call or an option is wrong"],
  ],
};

function environmentOf(prefix: string, option: string): ManualSection {
  return {
    title: "Environment",
    terms: [
      [
        `${prefix}*`,
        `Every option can be set in the environment: --${option} is ${prefix}${option.toUpperCase()}. It wins over files, and the command line over both.`,
      ],
      [
        "ZULIP_SITE, ZULIP_EMAIL, ZULIP_API_KEY, ZULIP_CONFIG, ZULIP_CERT_BUNDLE",
        "As for Zulip's own programs, where no option says otherwise.",
      ],
      ["HTTPS_PROXY, NO_PROXY", "The proxy on the way to Zulip, and the names that need none."],
    ],
  };
}
