/** What a database has answered, as far as it decides what happens next. */
export type Reply =
  | { readonly kind: "written" }
  /** Lines are at fault. Others of the batch may have been stored. */
  | { readonly kind: "rejected"; readonly message: string; readonly named: readonly RejectedLine[] }
  /** Lines are older than the database keeps them. All others have been stored. */
  | { readonly kind: "too-old"; readonly message: string }
  /** It may be lines, or how the database is asked. */
  | { readonly kind: "unclear"; readonly message: string }
  | { readonly kind: "too-large"; readonly message: string }
  /** Not the lines, but how the database is asked: login, name of the database, path. */
  | { readonly kind: "refused"; readonly message: string }
  /** It is not there, or cannot write now. */
  | { readonly kind: "unavailable"; readonly message: string; readonly retryAfterMs?: number };

/** A line that the database has named, by its text or by its number from 1 on. */
export interface RejectedLine {
  readonly line: string | number;
  readonly reason: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** The header `x-influxdb-error`. */
  readonly error?: string | undefined;
  /** The header `retry-after`. */
  readonly retryAfter?: string | undefined;
}

const OF_LINES =
  /pars|partial write|type conflict|max[- ](?:series|values|key)|invalid (?:tag|field|number|boolean|timestamp)|line protocol/i;
/** `outside` since InfluxDB 1.13 and 2.7.12. */
const TOO_OLD = /(?:beyond|outside) retention policy/i;
const MAX_MESSAGE = 500;
const LONGEST_WAIT_MS = 300_000;

/** Judges by the status, and a 400 by its words. */
export function judgeReply({ status, body, error, retryAfter }: HttpAnswer): Reply {
  if (status >= 200 && status < 300) return { kind: "written" };
  const { message, named } = readBody(body, error);
  const said = `${status}${message === "" ? "" : ` ${shorten(message)}`}`;
  if (status === 400 || status === 422) {
    if (TOO_OLD.test(message)) return { kind: "too-old", message: said };
    const isOfLines = named.length > 0 || OF_LINES.test(message);
    return isOfLines ? { kind: "rejected", message: said, named } : { kind: "unclear", message: said };
  }
  if (status === 413) return { kind: "too-large", message: said };
  if (status === 429 || status === 408 || status >= 500) {
    const seconds = Number(retryAfter);
    const retryAfterMs = Math.min(seconds * 1000, LONGEST_WAIT_MS);
    return { kind: "unavailable", message: said, ...(seconds > 0 && { retryAfterMs }) };
  }
  return { kind: "refused", message: said };
}

interface ReadBody {
  readonly message: string;
  readonly named: readonly RejectedLine[];
}

/**
 * v1 `{"error":…}`, v2 `{"code":…,"message":…}`, v3 `{"error":…,"data":[{"line_number":…}]}`, where `data`
 * may also be one of these, or a text.
 */
function readBody(body: string, error: string | undefined): ReadBody {
  const fields = readJson(body);
  const words = [fields["error"], fields["message"], error].filter((word) => typeof word === "string");
  const message = words[0] ?? (Object.keys(fields).length === 0 ? body.trim() : "");
  const ofV3 = [fields["data"]].flat().flatMap(readNumbered);
  return { message, named: [...ofV3, ...readQuoted(message)] };
}

function readJson(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

function readNumbered(entry: unknown): readonly RejectedLine[] {
  if (typeof entry !== "object" || entry === null) return [];
  const { line_number: line, error_message: reason } = { ...entry } as Record<string, unknown>;
  return typeof line === "number" && typeof reason === "string" ? [{ line, reason }] : [];
}

const BEFORE_LINE = "unable to parse '";
const BEHIND_LINE = "': ";

/** `unable to parse 'LINE': REASON`, one a line. The line itself may have any of these characters. */
function readQuoted(message: string): readonly RejectedLine[] {
  return message.split(/\n/).flatMap((text) => {
    const start = text.indexOf(BEFORE_LINE);
    const end = text.lastIndexOf(BEHIND_LINE);
    if (start === -1 || end < start) return [];
    const reason = text.slice(end + BEHIND_LINE.length).replace(/ dropped=\d+$/, "");
    return [{ line: text.slice(start + BEFORE_LINE.length, end), reason }];
  });
}

function shorten(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE)}…`;
}
