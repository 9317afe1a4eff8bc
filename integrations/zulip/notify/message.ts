import { nameOf } from "../commands/command-text.ts";
import { EMOJI_NAMES } from "../emoji/pack.ts";
import { renderButtons } from "./buttons.ts";
import { macroValue, type Notice } from "./notice.ts";
import { findRoute, type Route } from "./routes.ts";
import { cutCharacters, safeBlock, safeText } from "./safe-text.ts";
import { fillTemplate, namesIn, type Template, type TemplateValues } from "./template.ts";
import type { Texts } from "./texts.ts";
import { fitTopic } from "./topic.ts";

/** How notices become messages. */
export interface MessageStyle {
  readonly texts: Texts;
  readonly template: Template;
  readonly serviceTopic: Template;
  readonly hostTopic: Template;
  /** Empty without lines: there is no link. */
  readonly serviceLink: Template;
  readonly hostLink: Template;
  readonly routes: readonly Route[];
  /** The templates of the routes' topics, by their text. */
  readonly routeTopics: ReadonlyMap<string, Template>;
  readonly stream: string;
  readonly stage: string;
  readonly maxOutput: number;
  readonly maxTopic: number;
  /** Undefined: messages have no buttons. */
  readonly botName: string | undefined;
}

/** A notice as it is to be sent. */
export interface NoticeMessage {
  readonly stream: string;
  readonly topic: string;
  readonly content: string;
  readonly widget: string | undefined;
  /** For a message of several notices. */
  readonly line: string;
  readonly news: News;
}

/** What a message means for its topic: `recovery` ends one that is of one object; a `post` is of none. */
export type News = "problem" | "recovery" | "other" | "post";

/** What templates may name. */
export const PLACES = [
  ...["label", "type", "state", "output", "long_output", "comment", "author", "remark", "link"],
  ...["host", "alias", "service", "stage", "what", "emoji"],
] as const;
type Place = (typeof PLACES)[number];

/** Zulip cuts longer messages. */
export const MAX_CONTENT = 10_000;
const MAX_NAME = 255;
const MAX_LONG_OUTPUT = 4_000;
const LINE_OUTPUT = 150;
/** What browsers take. A longer one would leave no room for anything else. */
const MAX_ADDRESS = 2_000;

/** Undefined: a route drops it. */
export function renderNotice(notice: Notice, style: MessageStyle): NoticeMessage | undefined {
  const route = findRoute(style.routes, notice, style.stage);
  if (route?.kind === "drop") return undefined;
  const { texts, botName, template } = style;
  const usual = notice.service === undefined ? style.hostTopic : style.serviceTopic;
  const topic = (route?.topic === undefined ? undefined : style.routeTopics.get(route.topic)) ?? usual;
  return {
    stream: route?.stream ?? style.stream,
    topic: fitTopic(fillTemplate(topic, rawValues(notice, style)), style.maxTopic),
    content: cutCharacters(fillTemplate(template, safeValues(notice, style)), MAX_CONTENT).trim(),
    widget: botName === undefined ? undefined : renderButtons(notice, { botName, buttons: texts.buttons }),
    line: renderLine(notice, style),
    news: newsOf(notice, topic),
  };
}

function newsOf({ type, service }: Notice, topic: Template): News {
  if (type === "PROBLEM") return "problem";
  return type === "RECOVERY" && isOfOneObject(topic, service !== undefined) ? "recovery" : "other";
}

const OF_HOST = ["what", "host", "alias", "HOSTNAME", "HOSTALIAS", "HOSTDISPLAYNAME"];
const OF_SERVICE = ["what", "service", "SERVICEDESC", "SERVICENAME", "SERVICEDISPLAYNAME"];

/** `{host}` alone is the topic of all services of a host. */
function isOfOneObject(topic: Template, isService: boolean): boolean {
  const names = namesIn(topic);
  const has = (wanted: readonly string[]) => wanted.some((name) => names.has(name));
  return has(OF_HOST) && (!isService || has(OF_SERVICE));
}

/** `<time:2026-11-26T08:00:00Z> **CRIT** - PROBLEM - [http - web1](…): output`. In the reader's time. */
function renderLine(notice: Notice, style: MessageStyle): string {
  const { place } = safeValues(notice, style);
  const time = new Date(notice.time).toISOString().replace(/\.\d+Z$/, "Z");
  const what = place("link") || place("what");
  const output = safeText(notice.output, LINE_OUTPUT);
  return `<time:${time}> **${place("label")}** - ${place("type")} - ${what}${output === "" ? "" : `: ${output}`}`;
}

function safeValues(notice: Notice, style: MessageStyle): TemplateValues {
  const raw = rawValues(notice, style);
  const safe = (name: Place, max = MAX_NAME) => safeText(raw.place(name), max);
  const values: Readonly<Record<string, () => string>> = {
    output: () => safe("output", style.maxOutput),
    comment: () => safe("comment", style.maxOutput),
    remark: () => safe("remark", style.maxOutput),
    long_output: () => safeBlock(raw.place("long_output"), MAX_LONG_OUTPUT),
    link: () => renderLink(notice, style),
    emoji: () => raw.place("emoji"),
  };
  return {
    place: (name) => (values[name] ?? (() => safe(name as Place)))(),
    macro: (name) => safeText(raw.macro(name), style.maxOutput),
    inAddress: encoded(raw),
  };
}

function rawValues(notice: Notice, { stage }: MessageStyle): TemplateValues {
  const macro = (name: string) => macroValue(notice.macros, name);
  const { host, alias, service, label, type, state, output } = notice;
  const kind = service === undefined ? "HOST" : "SERVICE";
  const first = (...names: readonly string[]) => names.map(macro).find((text) => text !== "") ?? "";
  const author = first("NOTIFICATIONAUTHORNAME", "NOTIFICATIONAUTHOR", ...ackAuthors(kind));
  const comment = first("NOTIFICATIONCOMMENT", `${kind}ACKCOMMENT`);
  const long = `LONG${kind}OUTPUT`;
  const values: Readonly<Record<Place, string>> = {
    host,
    alias,
    label,
    type,
    state,
    output,
    comment,
    author,
    stage,
    service: service ?? "",
    long_output: macro(long),
    remark: comment === "" || author === "" ? comment : `${comment} (${author})`,
    what: nameOf(notice),
    emoji: emojiOf(notice),
    link: "",
  };
  return { place: (name) => values[name as Place] ?? "", macro };
}

const HOST_EMOJI: Readonly<Record<string, string>> = { up: "ok", down: "crit", unreachable: "crit" };

/** The custom emoji of the state, as `:crit:`. Empty: there is none for it. */
function emojiOf({ service, label }: Notice): string {
  const word = label.toLowerCase();
  const name = service === undefined ? (HOST_EMOJI[word] ?? "") : word;
  return EMOJI_NAMES.includes(name) ? `:${name}:` : "";
}

/** The only macros of an author that a core strips of what a shell understands. */
function ackAuthors(kind: "HOST" | "SERVICE"): readonly string[] {
  return [`${kind}ACKAUTHORNAME`, `${kind}ACKAUTHOR`];
}

/** `[service - host](address)`. Empty: no address is configured, or it is too long. */
function renderLink(notice: Notice, style: MessageStyle): string {
  const raw = rawValues(notice, style);
  const template = notice.service === undefined ? style.hostLink : style.serviceLink;
  const address = fillTemplate(template, encoded(raw));
  if (address === "" || address.length > MAX_ADDRESS) return "";
  const text = safeText(raw.place("what"), MAX_NAME).replace(/[[\]]/g, (bracket) =>
    bracket === "[" ? "(" : ")",
  );
  return `[${text}](${address})`;
}

function encoded({ place, macro }: TemplateValues): TemplateValues {
  return { place: (name) => encodePart(place(name)), macro: (name) => encodePart(macro(name)) };
}

/** Also what encodeURIComponent leaves, and what would end a link in Markdown. */
function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*~]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
