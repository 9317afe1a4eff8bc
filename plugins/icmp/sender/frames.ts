/**
 * The frames between this process and icmp.pl. They have a fixed length, and their numbers are in network
 * order.
 */

/** Echo requests to one address. Times are microseconds where no unit is named. */
export interface Series {
  readonly address: string;
  readonly family: 4 | 6;
  /** For IPv4 packets. Undefined: the kernel's default. */
  readonly ttl?: number;
  /** An IPv4 address of this machine to send from. Undefined: the kernel chooses. */
  readonly source?: string | undefined;
  /** Bytes after the ICMP header. */
  readonly size: number;
  /** How many requests are sent. */
  readonly count: number;
  /**
   * The series ends after this time with what is known by then. The time begins with the series, which may be
   * later than `send` was called.
   */
  readonly withinMs: number;
  /** The time from one request to the next. */
  readonly gap: number;
  /** A reply that takes longer does not count. */
  readonly limit?: number;
  /** What else ends the series, or changes it. */
  readonly rules: readonly (keyof typeof RULES)[];
}

const RULES = {
  /** A request waits until the gap is over, even if all requests before it have been answered. */
  paced: 1,
  /** The first reply ends the series. */
  first: 2,
  /** The first error of a router ends the series. */
  endsOnError: 4,
  /** The series goes on sending until `count` replies have come. */
  countsReplies: 8,
  /** The series ends when the kernel refuses to send a request. */
  endsUnsent: 16,
  /** A reply ends the series if all requests so far have been answered. */
  firstWithoutLoss: 32,
  /** A further reply to the same request does not count. */
  ignoresRepeated: 64,
} as const;

/** What became of a series. Times are microseconds. */
export interface SeriesReport {
  /** Requests that were due. Some of them may not have been sent. */
  readonly attempts: number;
  readonly sent: number;
  /** Requests that were answered. */
  readonly received: number;
  /** Further replies to answered requests. */
  readonly repeated: number;
  /** How many errors routers have reported. The first one is `error`. */
  readonly errors: number;
  readonly error: RouterError | undefined;
  /** Why the kernel refused a request. 0 where it sent all of them. */
  readonly errno: number;
  /** The process cannot open a socket. `errno` says why. */
  readonly isRefused: boolean;
  /** The round trip times of all replies: their sum, the shortest and the longest. */
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export interface RouterError {
  readonly type: number;
  readonly code: number;
  /** The address of the router. IPv4 only. */
  readonly from: string;
}

/** What distinguishes a series from others. */
export interface SeriesName {
  readonly id: number;
  /**
   * 32 random bits. A reply without them does not count for this series, so that no other machine can forge
   * one.
   */
  readonly token: number;
}

export const REPORT_LENGTH = 52;
const SERIES_LENGTH = 48;
const START = 1;
const STOP = 2;

export function encodeStart(series: Series, { id, token }: SeriesName): Buffer {
  const frame = Buffer.alloc(SERIES_LENGTH);
  frame[0] = START;
  frame[1] = series.family;
  frame[2] = series.rules.reduce((flags, rule) => flags | RULES[rule], 0);
  frame[3] = series.ttl ?? 0;
  frame.writeUInt16BE(series.size, 4);
  frame.writeUInt16BE(series.count, 6);
  frame.writeUInt32BE(id, 8);
  frame.writeUInt32BE(token, 12);
  frame.writeUInt32BE(Math.ceil(series.withinMs), 16);
  frame.writeUInt32BE(series.gap, 20);
  frame.writeUInt32BE(series.limit ?? 0, 24);
  frame.set(readAddress(series.address), 28);
  if (series.source !== undefined) frame.set(readAddress(series.source), 44);
  return frame;
}

/** Ends a series. Its report still comes, with what is known by then. */
export function encodeStop(id: number): Buffer {
  const frame = Buffer.alloc(SERIES_LENGTH);
  frame[0] = STOP;
  frame.writeUInt32BE(id, 8);
  return frame;
}

/** Reads the report at the beginning of these bytes. */
export function decodeReport(frame: Buffer): { readonly id: number; readonly report: SeriesReport } {
  const errors = frame.readUInt16BE(12);
  const error = { type: frame[16] ?? 0, code: frame[17] ?? 0, from: frame.subarray(36, 40).join(".") };
  const report = {
    attempts: frame.readUInt16BE(4),
    sent: frame.readUInt16BE(6),
    received: frame.readUInt16BE(8),
    repeated: frame.readUInt16BE(10),
    errors,
    error: errors > 0 ? error : undefined,
    errno: frame.readUInt16BE(14),
    isRefused: frame[18] === 1,
    sum: frame.readDoubleBE(20),
    min: frame.readUInt32BE(28),
    max: frame.readUInt32BE(32),
  };
  return { id: frame.readUInt32BE(0), report };
}

/**
 * The 16 bytes of `::ffff:10.0.0.1`, the 4 bytes of `10.0.0.1`. The text is an address that Node's `isIP`
 * accepts, without a zone.
 */
export function readAddress(address: string): readonly number[] {
  if (!address.includes(":")) return address.split(".").map(Number);
  const [head = "", tail] = address.split("::");
  if (tail === undefined) return readGroups(head);
  const [first, last] = [readGroups(head), readGroups(tail)];
  return [...first, ...Array<number>(16 - first.length - last.length).fill(0), ...last];
}

function readGroups(text: string): readonly number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return readAddress(group);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
