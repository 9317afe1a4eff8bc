import { listenAddress } from "../../../src/config/kinds/addresses.ts";
import { choice } from "../../../src/config/kinds/choice.ts";
import { flag } from "../../../src/config/kinds/flags.ts";
import { integer, seconds } from "../../../src/config/kinds/numbers.ts";
import { anyText, folder, path, secret, text } from "../../../src/config/kinds/texts.ts";
import type { ConfigRow } from "../../../src/config/option.ts";
import { LANGUAGES } from "../notify/texts.ts";
import { RESOLVING } from "../notify/topic.ts";
import { linesOf } from "./lines-kind.ts";

const BY_US = ["omd-worker"] as const;

/** How Zulip is reached. All of these can come from a zuliprc, too. */
export const CONNECTION_ROWS = [
  {
    name: "site",
    kind: text,
    default: undefined,
    sample: "https://chat.example.org",
    help: "The address of the Zulip server, and of its organization. Without it ZULIP_SITE of the environment, or the one of zuliprc.",
    knownBy: BY_US,
  },
  {
    name: "email",
    kind: text,
    default: undefined,
    sample: "icinga-bot@chat.example.org",
    help: "The e-mail address of the bot, as Zulip shows it in the bot's settings. Without it ZULIP_EMAIL, or the one of zuliprc.",
    knownBy: BY_US,
  },
  {
    name: "api_key_file",
    kind: path,
    default: undefined,
    sample: "/etc/omd-worker/zulip.key",
    help: "A file that has the bot's API key and nothing else. It is read again before each request, so a new key needs no restart.",
    knownBy: BY_US,
  },
  {
    name: "api_key",
    kind: secret,
    default: undefined,
    help: "The API key itself. A file is better: api_key_file. Without both ZULIP_API_KEY, or the one of zuliprc.",
    knownBy: BY_US,
  },
  {
    name: "zuliprc",
    kind: path,
    default: undefined,
    help: "The file that Zulip offers for download in the bot's settings: address, key and site. Without it ZULIP_CONFIG.",
    knownBy: BY_US,
  },
  {
    name: "ca_file",
    kind: path,
    default: undefined,
    help: "Certificates of the authorities that sign the server's certificate, besides those that Node.js knows. Without it ZULIP_CERT_BUNDLE, or cert_bundle of zuliprc.",
    knownBy: BY_US,
  },
  {
    name: "timeout",
    kind: seconds({ min: 1 }),
    default: 15,
    unit: "seconds",
    help: "How long to wait for an answer.",
    knownBy: BY_US,
  },
] as const satisfies readonly ConfigRow[];

export const MESSAGE_ROWS = [
  {
    name: "stream",
    kind: text,
    default: undefined,
    sample: "icinga",
    help: "The stream (channel) of notifications that no route names another one for.",
    knownBy: BY_US,
  },
  {
    name: "test_stream",
    kind: text,
    default: "icinga-test-stream",
    help: "The stream in which omd-worker zulip test writes its dummy problem, whatever routes say.",
    knownBy: BY_US,
  },
  {
    name: "topic",
    kind: text,
    default: "{service} - {alias}",
    help: "The topic of a service's notifications. One of more than 60 characters is cut, and ends in a hash of the whole.",
    knownBy: BY_US,
  },
  {
    name: "host_topic",
    kind: text,
    default: "{alias}",
    help: "The topic of a host's notifications.",
    knownBy: BY_US,
  },
  {
    name: "route",
    kind: linesOf("route"),
    default: [],
    help: "Where some notifications go: CONDITION… => STREAM, or => STREAM > TOPIC, or => drop. Conditions are NAME=PATTERN or NAME!=PATTERN, with host, service, hostgroup, servicegroup, contact, contactgroup, type, state, about (host or service), stage or a macro; patterns have * and ?, and | between several. The first line that fits counts.",
    knownBy: BY_US,
  },
  {
    name: "template",
    kind: text,
    default: undefined,
    defaultText: "the team's three lines, in the language",
    help: "The message. \\n ends a line. {label}, {type}, {state}, {output}, {long_output}, {comment}, {author}, {remark}, {link}, {host}, {alias}, {service}, {what}, {stage} and {emoji} are replaced, and macros as $HOSTNAME$. A line whose values are all empty is left out.",
    knownBy: BY_US,
  },
  {
    name: "service_link",
    kind: text,
    default: undefined,
    help: "The address of a service's page, with {host}, {service} and macros. Without it there is no link.",
    knownBy: BY_US,
  },
  {
    name: "host_link",
    kind: text,
    default: undefined,
    help: "The address of a host's page.",
    knownBy: BY_US,
  },
  {
    name: "language",
    kind: choice(LANGUAGES),
    default: "en",
    help: "The language of messages.",
    knownBy: BY_US,
  },
  {
    name: "stage",
    kind: anyText,
    default: "",
    help: "The stage of this core, as dev or prod. Messages say it if it is set.",
    knownBy: BY_US,
  },
  {
    name: "buttons",
    kind: flag,
    default: true,
    help: "Problems have buttons: Downtime for 1h, 8h, 1d, 7d, and Acknowledge. The web and the desktop app show them.",
    knownBy: BY_US,
  },
  {
    name: "bot_name",
    kind: text,
    default: undefined,
    defaultText: "the name of this user",
    help: "The full name of the bot that obeys the buttons.",
    knownBy: BY_US,
  },
  {
    name: "max_output",
    kind: integer({ min: 20, max: 5_000 }),
    default: 1_000,
    help: "How many characters of a plugin's output a message has.",
    knownBy: BY_US,
  },
] as const satisfies readonly ConfigRow[];

export const HANDLER_ROWS = [
  {
    name: "handler_log",
    kind: path,
    default: undefined,
    sample: "/var/log/omd-worker/event-handlers.jsonl",
    help: "eventhandler_log of the worker: a message for each run of an event handler, in a topic for each handler. docs/event-handlers.md.",
    knownBy: BY_US,
  },
  {
    name: "handler_stream",
    kind: text,
    default: undefined,
    defaultText: "stream",
    help: "The stream of these messages.",
    knownBy: BY_US,
  },
  {
    name: "handler_reports",
    kind: choice(["all", "failures"]),
    default: "all",
    help: "failures: no message for runs that ended well, nor for those of a dry run.",
    knownBy: BY_US,
  },
] as const satisfies readonly ConfigRow[];

export const BROADCAST_ROWS = [
  {
    name: "broadcast_url",
    kind: text,
    default: undefined,
    sample: "https://omd.example.org/prod/thruk",
    help: "The address of Thruk: each of its broadcasts becomes a message, when it is new, changed and over.",
    knownBy: BY_US,
  },
  {
    name: "broadcast_key_file",
    kind: path,
    default: undefined,
    sample: "/etc/omd-worker/thruk.key",
    help: "A file that has an API key of Thruk and nothing else. The key of a user who sees the broadcasts is enough. It is read again for each request.",
    knownBy: BY_US,
  },
  {
    name: "broadcast_stream",
    kind: text,
    default: undefined,
    defaultText: "stream",
    help: "The stream of these messages.",
    knownBy: BY_US,
  },
  {
    name: "broadcast_topic",
    kind: text,
    default: "Broadcasts",
    help: "Their topic.",
    knownBy: BY_US,
  },
  {
    name: "broadcast_interval",
    kind: seconds({ min: 10 }),
    default: 60,
    unit: "seconds",
    help: "How often Thruk is asked.",
    knownBy: BY_US,
  },
] as const satisfies readonly ConfigRow[];

export const NOTIFIER_ROWS = [
  {
    name: "spool",
    kind: folder,
    default: "/var/spool/omd-worker/zulip",
    help: "The folder where notifications wait until Zulip has taken them. The core's user writes there, and the notifier runs as the same user.",
    knownBy: BY_US,
  },
  {
    name: "spool_max_entries",
    kind: integer({ min: 1, max: 1_000_000 }),
    default: 50_000,
    help: "How many notifications may wait. More are refused, and the command says so.",
    knownBy: BY_US,
  },
  {
    name: "spool_max_megabytes",
    kind: integer({ min: 1, max: 100_000 }),
    default: 256,
    help: "How large they may be together.",
    knownBy: BY_US,
  },
  {
    name: "digest_over",
    kind: integer({ min: 1, max: 2_000 }),
    default: 20,
    help: "If more notifications wait than this, or than Zulip takes requests at the moment, several become one message.",
    knownBy: BY_US,
  },
  {
    name: "digest_topic",
    kind: text,
    default: undefined,
    defaultText: "Notifications, many at once; in German in German",
    help: "The topic of such messages when they are about more than ten topics, and of those that came too late.",
    knownBy: BY_US,
  },
  {
    name: "resolved_topics",
    kind: choice(RESOLVING),
    default: "follow",
    help: "What is done about topics that are marked as resolved (✔). follow: what is no new problem is written where the last message of its topic stands, with ✔ or without. resolve: a recovery also marks the topic of its service or host as resolved. off: everything goes into the topic without ✔.",
    knownBy: BY_US,
  },
  {
    name: "max_age",
    kind: seconds({ min: 60 }),
    default: 7_200,
    unit: "seconds",
    help: "Notifications that have waited longer are summed up: one line for each host and service.",
    knownBy: BY_US,
  },
  {
    name: "prometheus_server",
    kind: listenAddress,
    default: undefined,
    help: "Serve /metrics, /livez and /readyz here.",
    knownBy: BY_US,
  },
] as const satisfies readonly ConfigRow[];
