/** What goes between this process and icmp.pl: frames of a fixed length, numbers in network order. */

/** Echo requests to one address. Times are microseconds where no unit is named. */
export interface Series {
  readonly address: string;
  readonly family: 4 | 6;
  /** Of IPv4 packets; the kernel's own where left out. */
  readonly ttl?: number;
  /** An IPv4 address of this machine to send from; the kernel's choice where left out. */
  readonly source?: string | undefined;
  /** Bytes after the ICMP header. */
  readonly size: number;
  /** How many requests are sent. */
  readonly count: number;
  /** When it ends at the latest, with what is known until then. Counted from when it is begun, which may be later than it was asked for. */
  readonly withinMs: number;
  /** From one request to the next. */
  readonly gap: number;
  /** Replies that take longer do not count. */
  readonly limit?: number;
  /** What else ends it, or is different. */
  readonly rules: readonly (keyof typeof RULES)[];
}

const RULES = {
  /** A request waits for the end of the gap, even if all before it have been answered. */
  paced: 1,
  /** The first reply is enough. */
  first: 2,
  /** So is the first word of a router that the address is out of reach. */
  endsOnError: 4,
  /** It ends when as many replies as `count` have come, and sends on until then. */
  countsReplies: 8,
  /** A request the kernel refuses to send ends it. */
  endsUnsent: 16,
  /** A reply ends it when all requests until then have been answered. */
  firstWithoutLoss: 32,
  /** Further replies to a request do not count. */
  ignoresRepeated: 64,
} as const;

/** What became of a series. Times are microseconds. */
export interface Report {
  /** Requests that were due; not all of them could be sent. */
  readonly attempts: number;
  readonly sent: number;
  /** Requests that were answered. */
  readonly received: number;
  /** Further replies to them. */
  readonly repeated: number;
  /** What routers said of requests; the first of them is `error`. */
  readonly errors: number;
  readonly error: RouterError | undefined;
  /** Why the kernel refused a request; 0 where it sent all. */
  readonly errno: number;
  /** The process may not open a socket, for the reason of `errno`. */
  readonly isRefused: boolean;
  /** Of all replies. */
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export interface RouterError {
  readonly type: number;
  readonly code: number;
  /** Who said it; IPv4 only. */
  readonly from: string;
}

/** How a series is told from others. */
export interface SeriesName {
  readonly id: number;
  /** 32 bits nobody outside can know: a reply without them is none to this series. */
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

/** The report comes all the same, with what is known until then. */
export function encodeStop(id: number): Buffer {
  const frame = Buffer.alloc(SERIES_LENGTH);
  frame[0] = STOP;
  frame.writeUInt32BE(id, 8);
  return frame;
}

/** One report at the beginning of these bytes. */
export function decodeReport(frame: Buffer): { readonly id: number; readonly report: Report } {
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

/** `::ffff:10.0.0.1` → its 16 bytes, `10.0.0.1` → its 4. The text is an address of the kind `isIP` of Node knows, without a zone. */
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
