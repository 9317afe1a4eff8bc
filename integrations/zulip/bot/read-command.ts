import type { CommandTarget } from "../commands/command-text.ts";
import { decodeName } from "../commands/name-code.ts";
import { cutCharacters } from "../notify/safe-text.ts";
import { readDuration } from "./duration.ts";

export type Verb =
  | "acknowledge"
  | "unacknowledge"
  | "downtime"
  | "cancel"
  | "status"
  | "recheck"
  | "issue"
  | "help";

/** What a person asks the bot for. */
export interface BotCommand {
  readonly verb: Verb;
  /** Undefined: what the topic is about. */
  readonly target: CommandTarget | undefined;
  /** Of a downtime, or of an acknowledgement that expires. */
  readonly seconds: number | undefined;
  readonly reason: string | undefined;
}

/** It was meant for the bot, but is no command. */
export interface Misunderstood {
  readonly kind: "unknown-verb" | "no-duration" | "bad-duration" | "no-target" | "no-end";
  readonly word: string;
}

const VERBS: Readonly<Record<string, Verb>> = {
  ack: "acknowledge",
  acknowledge: "acknowledge",
  unack: "unacknowledge",
  unacknowledge: "unacknowledge",
  downtime: "downtime",
  dt: "downtime",
  cancel: "cancel",
  status: "status",
  recheck: "recheck",
  check: "recheck",
  issue: "issue",
  gitlab: "issue",
  help: "help",
};
const SEPARATOR = "###";
/** A longer reason is cut: cores show one line of it. */
const MAX_REASON = 500;

/**
 * Reads what follows the mention of the bot. There are two ways to write: `downtime###web1###http###1h###`,
 * as the buttons do, and `downtime 2h reason`, of what the topic is about.
 */
export function readCommand(text: string): BotCommand | Misunderstood {
  const line = text.trim().split("\n", 1)[0]?.trim() ?? "";
  return line.includes(SEPARATOR) ? readParts(line.split(SEPARATOR)) : readWords(line);
}

/**
 * What follows the mention of the bot at the beginning of a message. Undefined: it does not begin with it. A
 * mention within a sentence is talk about the bot, and a silent one (`@_**…**`) is a quotation. The name that
 * was typed and not chosen (`@Icinga API-Bot ack`) is taken, too.
 */
export function readMention(content: string, botName: string, botId: number): string | undefined {
  const text = content.trimStart();
  const found = [`@**${botName}**`, `@**${botName}|${botId}**`, `@**|${botId}**`].find((each) =>
    text.startsWith(each),
  );
  if (found !== undefined) return text.slice(found.length);
  const typed = `@${botName}`;
  const rest = text.slice(typed.length);
  return text.startsWith(typed) && /^(?:[\s:,]|$)/.test(rest) ? rest.replace(/^[:,]/, "") : undefined;
}

function readParts([word = "", ...rest]: readonly string[]): BotCommand | Misunderstood {
  const verb = verbOf(word);
  if (verb === undefined) return { kind: "unknown-verb", word: word.trim() };
  // The last separator ends the command. What follows it is a reason.
  const parts = rest.slice(0, -1).map((part) => decodeName(part.trim()));
  const last = (rest.at(-1) ?? "").trim();
  if (lacksEnd(verb, parts, last)) return { kind: "no-end", word: last };
  const reason = readReason(last);
  if (verb === "downtime") return readDowntime(parts, reason);
  const target = targetOf(parts);
  return target === undefined
    ? { kind: "no-target", word: parts.join(SEPARATOR) }
    : { verb, target, seconds: undefined, reason };
}

/**
 * What stands behind the last separator may be a service or a duration of somebody who forgot to end the
 * command: `acknowledge###web1###http` must not acknowledge the host.
 */
function lacksEnd(verb: Verb, parts: readonly string[], last: string): boolean {
  if (last === "") return false;
  return verb === "downtime" ? readDuration(last) !== undefined : parts.length < 2;
}

/** The duration is the last part. */
function readDowntime(parts: readonly string[], reason: string | undefined): BotCommand | Misunderstood {
  const duration = parts.at(-1) ?? "";
  const seconds = readDuration(duration);
  if (seconds === undefined)
    return { kind: duration === "" ? "no-duration" : "bad-duration", word: duration };
  const target = targetOf(parts.slice(0, -1));
  return target === undefined
    ? { kind: "no-target", word: parts.join(SEPARATOR) }
    : { verb: "downtime", target, seconds, reason };
}

function targetOf([host, service, ...others]: readonly string[]): CommandTarget | undefined {
  if (host === undefined || host === "" || service === "" || others.length > 0) return undefined;
  return { host, service };
}

function readWords(line: string): BotCommand | Misunderstood {
  const [word = "", ...words] = line.split(/\s+/);
  const verb = word === "" ? "help" : verbOf(word);
  if (verb === undefined) return { kind: "unknown-verb", word };
  const seconds = readDuration(words[0] ?? "");
  const takesDuration = verb === "downtime" || verb === "acknowledge";
  if (verb === "downtime" && seconds === undefined)
    return { kind: words.length === 0 ? "no-duration" : "bad-duration", word: words[0] ?? "" };
  const isDuration = takesDuration && seconds !== undefined;
  const reason = readReason(words.slice(isDuration ? 1 : 0).join(" "));
  return { verb, target: undefined, seconds: isDuration ? seconds : undefined, reason };
}

function verbOf(word: string): Verb | undefined {
  const name = word.trim().toLowerCase();
  return Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
}

function readReason(text: string): string | undefined {
  const reason = cutCharacters(text.replace(/\p{Cc}+/gu, " ").trim(), MAX_REASON, "");
  return reason === "" ? undefined : reason;
}
