import { crc32 } from "node:zlib";
import type { ByteString } from "../../byte-string.ts";

/** A result as the spool keeps it. */
export interface SpooledResult {
  /** gearmand recognises by it a result that comes twice. */
  readonly unique: string;
  /** `host:port` of the job server that the job came from. */
  readonly server: string;
  readonly queue: ByteString;
  /** Sealed, as it is sent. */
  readonly workload: Uint8Array;
  /** When it was made, in seconds since the epoch. */
  readonly time: number;
  /** The job that it answers. Of the workload there is a digest only: it may hold a command line. */
  readonly job?: { readonly queue: ByteString; readonly digest: string } | undefined;
}

export type SpoolRecord =
  | { readonly kind: "result"; readonly result: SpooledResult }
  /** A job server has accepted the result, or it was given up. */
  | { readonly kind: "done"; readonly unique: string };

/** What a file of the spool holds. */
export interface SpoolContent {
  /** Undefined: it is a file of the spool. Otherwise why it is none. */
  readonly foreign: string | undefined;
  readonly records: readonly SpoolRecord[];
  /** Lines that are none of ours, or not any more. */
  readonly damaged: number;
}

const NAME = "omd-worker result spool";
/** The first line of each file. A format that older workers cannot read gets another number. */
export const HEADER = `${NAME} 1\n`;
const LF = 0x0a;

/**
 * One line: the checksum in hexadecimal, a space, JSON. JSON has no line feed, so a damaged line spoils no
 * other, and a line without its line feed at the end of a file is one that was not written completely.
 */
export function encodeRecord(record: SpoolRecord): Buffer {
  const json = Buffer.from(JSON.stringify(plainOf(record)));
  return Buffer.concat([Buffer.from(`${checksum(json)} `), json, Buffer.from("\n")]);
}

export function readRecords(bytes: Buffer): SpoolContent {
  const foreign = whyForeign(bytes);
  if (foreign !== undefined) return { foreign, records: [], damaged: 0 };
  const records: SpoolRecord[] = [];
  let damaged = 0;
  for (let at = HEADER.length; at < bytes.length; ) {
    const end = bytes.indexOf(LF, at);
    const record = end < 0 ? undefined : readLine(bytes.subarray(at, end));
    if (record === undefined) damaged += 1;
    else records.push(record);
    at = end < 0 ? bytes.length : end + 1;
  }
  return { foreign: undefined, records, damaged };
}

function whyForeign(bytes: Buffer): string | undefined {
  const head = bytes.subarray(0, HEADER.length).toString("latin1");
  if (head === HEADER) return undefined;
  // A start that was killed between the making of a file and its first line.
  if (HEADER.startsWith(head)) return "it is cut off in its first line";
  return head.startsWith(NAME) ? "it is of another version of omd-worker" : "it is no file of the spool";
}

function readLine(line: Buffer): SpoolRecord | undefined {
  const json = line.subarray(9);
  if (line.subarray(0, 9).toString("latin1") !== `${checksum(json)} `) return undefined;
  try {
    return toRecord(JSON.parse(json.toString()));
  } catch {
    return undefined;
  }
}

function checksum(bytes: Buffer): string {
  return crc32(bytes).toString(16).padStart(8, "0");
}

function plainOf(record: SpoolRecord): object {
  if (record.kind === "done") return { done: record.unique };
  const { unique, server, queue, workload, time, job } = record.result;
  const text = Buffer.from(workload).toString("latin1");
  return { unique, server, queue, time, ...(job !== undefined && { job }), workload: text };
}

/** What a checksum vouches for is of the worker, but perhaps of a later one. */
function toRecord(plain: unknown): SpoolRecord | undefined {
  if (!isObject(plain)) return undefined;
  const { done, unique, server, queue, time, job, workload } = plain;
  if (typeof done === "string") return { kind: "done", unique: done };
  if (typeof unique !== "string" || typeof server !== "string" || typeof queue !== "string") return undefined;
  if (!Number.isFinite(time) || typeof time !== "number" || typeof workload !== "string") return undefined;
  const result = { unique, server, queue, time, workload: Buffer.from(workload, "latin1") };
  const answered = toJob(job);
  return { kind: "result", result: answered === undefined ? result : { ...result, job: answered } };
}

function toJob(plain: unknown): SpooledResult["job"] {
  if (!isObject(plain)) return undefined;
  const { queue, digest } = plain;
  return typeof queue === "string" && typeof digest === "string" ? { queue, digest } : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
