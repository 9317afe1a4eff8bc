import { createHash } from "node:crypto";

/** A broadcast of Thruk, as far as it is of interest here. Times are in milliseconds since the epoch. */
export interface Broadcast {
  /** The name of its file: it stays when the text is changed. */
  readonly id: string;
  readonly author: string;
  readonly text: string;
  /** The text with its macros: `{{date}}` becomes another text the day after. Undefined: the text itself. */
  readonly source?: string | undefined;
  readonly startsAt: number | undefined;
  readonly expiresAt: number | undefined;
  /** Only some users see it, so it is none for a stream. */
  readonly isRestricted: boolean;
  /** It is a pattern for other broadcasts. */
  readonly isTemplate: boolean;
}

/** What is told of it: people see it first, it is changed, it is not seen any more. */
export type BroadcastEvent = "new" | "changed" | "over";

/** Undefined: the reply of Thruk is no list of broadcasts. */
export function readBroadcasts(body: unknown): readonly Broadcast[] | undefined {
  return Array.isArray(body) ? body.flatMap((row: unknown) => readBroadcast(row) ?? []) : undefined;
}

function readBroadcast(row: unknown): Broadcast | undefined {
  const fields = Object(row) as Readonly<Record<string, unknown>>;
  const text = textOf(fields["text"]);
  if (text.trim() === "") return undefined;
  const id = textOf(fields["file"]).replace(/^.*\/|\.json$/g, "") || `text ${digest(text)}`;
  return {
    id,
    text,
    author: textOf(fields["author"]),
    source: textOf(fields["raw_text"]) || undefined,
    startsAt: timeOf(fields["hide_before_ts"]) ?? timeOf(fields["hide_before"]),
    expiresAt: timeOf(fields["expires_ts"]) ?? timeOf(fields["expires"]),
    isRestricted: ["contacts", "contactgroups"].some((name) => namesReaders(fields[name])),
    isTemplate: isSet(fields["template"]),
  };
}

/** Whether people see it at this time. */
export function isShown(
  { startsAt = 0, expiresAt = Number.POSITIVE_INFINITY, ...broadcast }: Broadcast,
  now: number,
): boolean {
  return !broadcast.isRestricted && !broadcast.isTemplate && startsAt <= now && now < expiresAt;
}

/** Changes with all that people have written of what a message shows. */
export function versionOf({ author, text, source = text, expiresAt }: Broadcast): string {
  return digest(JSON.stringify([author, source, expiresAt ?? null]));
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Of JavaScript's dates, in milliseconds. */
const LAST_TIME = 8.64e15;

/** Seconds since the epoch, or a time as `2026-11-26 12:00:00`, which is of Thruk's time zone. */
function timeOf(value: unknown): number | undefined {
  const seconds = Number(value);
  if (value !== "" && value !== null && seconds > 0) return Math.min(seconds * 1_000, LAST_TIME);
  const time = Date.parse(textOf(value).replace(" ", "T"));
  return Number.isNaN(time) ? undefined : time;
}

/** `!name` hides it from somebody, and everybody else is a reader. */
function namesReaders(value: unknown): boolean {
  const names: readonly unknown[] = Array.isArray(value) ? value : textOf(value).split(",");
  return names.some((name) => textOf(name).trim() !== "" && !textOf(name).trim().startsWith("!"));
}

function isSet(value: unknown): boolean {
  return value === true || Number(value) > 0;
}
