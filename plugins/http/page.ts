import { strtol } from "../libc/number.ts";
import { Pace } from "../libc/pace.ts";

/** A text taken apart as the plugin does it. */
export interface HttpMessage {
  readonly statusLine: string;
  /** All lines of it, with the line breaks between them. */
  readonly header: string;
  /** Without the line breaks it begins with. */
  readonly body: string;
  /** There was more of it than is looked at. */
  readonly isCut: boolean;
}

/** What a server sent. Texts are byte strings in which blanks stand for NUL. */
export interface HttpPage extends HttpMessage {
  /** Bytes received, the header's among them. */
  readonly size: number;
}

/** The line break after which a header ends: one of three characters, one that is doubled, or the page's last. */
const HEADER_END = /[\r\n]{3,}|\r\r|\n\n|[\r\n]+$/;

/**
 * Without a header the lines of the body are taken for one, up to an empty line.
 *
 * @param behind what came after the text; where the last line of the header has no end, the plugin reads on there
 */
export function readPage(text: string, behind = ""): HttpMessage {
  const [statusLine = ""] = /^[^\r\n]*/.exec(text) ?? [];
  const rest = text.slice(skipBreaks(text, statusLine.length));
  const start = rest.slice(0, MOST_HEADER);
  const end = HEADER_END.exec(start);
  const body = end === null ? start && behind : rest.slice(end.index);
  const isOver = end !== null && end.index + end[0].length < start.length;
  return {
    statusLine: statusLine.replace(/[ \t]+$/, ""),
    header: start.slice(0, end?.index),
    body: body.slice(skipBreaks(body, 0)),
    isCut: !isOver && rest.length > start.length,
  };
}

/** A header is read line by line, which must not hold the event loop. */
const MOST_HEADER = 256 * 1_024;

function skipBreaks(text: string, from: number): number {
  BREAKS.lastIndex = from;
  return from + (BREAKS.exec(text)?.[0].length ?? 0);
}

const BREAKS = /[\r\n]*/y;

/** Where the header is complete, for a check that wants nothing more; -1 where it is not. */
export function findHeaderEnd(text: string): number {
  return text.search(/\n\r?\n/);
}

export function isChunked(header: string): boolean {
  return /transfer-encoding: *chunked/i.test(header);
}

const CHUNKS_A_LOOK_AT_THE_CLOCK = 256;

/** The body without the lengths of its chunks; undefined where the plugin gives up, as it does on one that ends early. */
export async function unchunk(body: string, signal: AbortSignal): Promise<string | undefined> {
  const pace = new Pace(signal);
  const chunks: string[] = [];
  for (let at = 0; ; ) {
    const chunk = readChunk(body, at);
    if (chunk === undefined) return undefined;
    if (chunk.length === 0) return chunks.join("");
    const end = chunk.start + chunk.length;
    if (end > body.length) return undefined;
    chunks.push(body.slice(chunk.start, end));
    at = end + LINE_BREAK;
    if (chunks.length % CHUNKS_A_LOOK_AT_THE_CLOCK === 0 && pace.isRestDue) await pace.rest();
  }
}

/** The plugin takes any two characters for one. */
const LINE_BREAK = 2;

/** More digits than a length may have, and some blanks before them. */
const LONGEST_LENGTH = 64;

function readChunk(
  body: string,
  at: number,
): { readonly start: number; readonly length: number } | undefined {
  const text = body.slice(at, at + LONGEST_LENGTH);
  const { value, rest } = strtol(text, 16);
  const length = Number(value);
  if (rest.length === text.length || length < 0 || length > Number.MAX_SAFE_INTEGER) return undefined;
  const numberEnd = at + text.length - rest.length;
  const lineEnd = body[numberEnd] === ";" ? body.indexOf("\r", numberEnd) : numberEnd;
  return lineEnd < 0 ? undefined : { start: lineEnd + LINE_BREAK, length };
}
