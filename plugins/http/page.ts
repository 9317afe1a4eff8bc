import { strtol } from "../libc/number.ts";
import { Pace } from "../libc/pace.ts";
import { trimEnd } from "../libc/trim-end.ts";

/** The parts of an answer, divided as the plugin does it. */
export interface HttpMessage {
  readonly statusLine: string;
  /** All lines of the header, with the line breaks between them. */
  readonly header: string;
  /** The body, without line breaks at its start. */
  readonly body: string;
  /** True: the text was too long, so a part of it was not looked at. */
  readonly isCut: boolean;
}

/** The answer of a server. Texts are byte strings, in which a blank replaces each NUL. */
export interface HttpPage extends HttpMessage {
  /** Bytes that were received, with the header. */
  readonly size: number;
  /** True: the body is not in chunks, whatever the header says. */
  readonly isDecoded?: boolean;
}

/**
 * The end of a header: three characters of line breaks, two equal ones, or the line breaks at the end of the
 * page.
 */
const HEADER_END = /[\r\n]{3,}|\r\r|\n\n|[\r\n]+$/;

/**
 * Divides an answer into its parts. Without a header the lines of the body are the header, up to an empty
 * line.
 *
 * @param afterText what came after the text; the plugin reads it if the last line of the header has no end
 */
export function readPage(text: string, afterText = ""): HttpMessage {
  const [statusLine = ""] = /^[^\r\n]*/.exec(text) ?? [];
  const rest = text.slice(skipBreaks(text, statusLine.length));
  const start = rest.slice(0, MAX_HEADER);
  const end = HEADER_END.exec(start);
  const body = end === null ? start && afterText : rest.slice(end.index);
  const isOver = end !== null && end.index + end[0].length < start.length;
  return {
    statusLine: trimEnd(statusLine, " \t"),
    header: start.slice(0, end?.index),
    body: body.slice(skipBreaks(body, 0)),
    isCut: !isOver && rest.length > start.length,
  };
}

/** Whether the header has ended in what has come of an answer, and its body is not in chunks. */
export function isPlainFromHere(text: string): boolean {
  const [statusLine = ""] = /^[^\r\n]*/.exec(text) ?? [];
  const rest = text.slice(skipBreaks(text, statusLine.length));
  const end = HEADER_END.exec(rest.slice(0, MAX_HEADER));
  const isOver = end !== null && end.index + end[0].length < rest.length;
  return isOver && !isChunked(rest.slice(0, end.index));
}

/** A longer header is cut: to read its lines must not block the event loop. */
const MAX_HEADER = 256 * 1_024;

function skipBreaks(text: string, from: number): number {
  BREAKS.lastIndex = from;
  return from + (BREAKS.exec(text)?.[0].length ?? 0);
}

const BREAKS = /[\r\n]*/y;

/**
 * The place where the header ends, for a check that reads only the header. -1: the header is not complete.
 */
export function findHeaderEnd(text: string): number {
  return text.search(/\n\r?\n/);
}

export function isChunked(header: string): boolean {
  return /transfer-encoding: *chunked/i.test(header);
}

const CHUNKS_BETWEEN_CLOCK_READS = 256;

/** Joins the chunks of a body. Undefined: the plugin gives up, as it does on a body that ends too early. */
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
    if (chunks.length % CHUNKS_BETWEEN_CLOCK_READS === 0 && pace.isRestDue) await pace.rest();
  }
}

/** Characters of a line break; the plugin skips any two. */
const LINE_BREAK = 2;

/** Characters in which the length of a chunk must end: more than its digits and some blanks before them. */
const MAX_LENGTH_TEXT = 64;

function readChunk(
  body: string,
  at: number,
): { readonly start: number; readonly length: number } | undefined {
  const text = body.slice(at, at + MAX_LENGTH_TEXT);
  const { value, rest } = strtol(text, 16);
  const length = Number(value);
  if (rest.length === text.length || length < 0 || length > Number.MAX_SAFE_INTEGER) return undefined;
  const numberEnd = at + text.length - rest.length;
  const lineEnd = body[numberEnd] === ";" ? body.indexOf("\r", numberEnd) : numberEnd;
  return lineEnd < 0 ? undefined : { start: lineEnd + LINE_BREAK, length };
}
