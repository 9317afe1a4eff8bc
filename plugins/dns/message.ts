import { CheckDeclined } from "../../sdk/index.ts";

/** The types of records that are understood. */
export const TYPES = { A: 1, CNAME: 5, PTR: 12, AAAA: 28 } as const;

export interface DnsRecord {
  readonly name: string;
  readonly type: number;
  /** An address as bytes, or a name as a text. */
  readonly data: Buffer | string;
}

export interface DnsReply {
  readonly id: number;
  /** The name server answers for the zone itself. */
  readonly isAuthoritative: boolean;
  readonly isCut: boolean;
  /** It asks other servers where it does not know. */
  readonly isRecursive: boolean;
  readonly code: number;
  readonly answers: readonly DnsRecord[];
}

export interface DnsQuestion {
  readonly id: number;
  readonly name: string;
  readonly type: number;
}

const HEADER = 12;
const CLASS_IN = 1;
const RECURSION_DESIRED = 0x0100;

export function encodeQuestion({ id, name, type }: DnsQuestion): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(RECURSION_DESIRED, 2);
  header.writeUInt16BE(1, 4);
  return Buffer.concat([header, encodeSection(name, type)]);
}

function encodeSection(name: string, type: number): Buffer {
  const labels = name.split(".").filter((label) => label !== "");
  const encoded = labels.flatMap((label) => [Buffer.of(label.length), Buffer.from(label, "latin1")]);
  return Buffer.concat([...encoded, Buffer.of(0, type >> 8, type & 0xff, 0, CLASS_IN)]);
}

/** Reads a reply to the question. Declines if it is in any way not what a name server should send. */
export function decodeReply(bytes: Buffer, { id, name, type }: DnsQuestion): DnsReply {
  try {
    const flags = bytes.readUInt16BE(2);
    const section = encodeSection(name, type);
    const end = HEADER + section.length;
    const isOurs =
      bytes.readUInt16BE(0) === id &&
      (flags & 0xf800) === 0x8000 &&
      bytes.readUInt16BE(4) === 1 &&
      isSameName(bytes.subarray(HEADER, end), section);
    if (!isOurs) throw odd();
    return {
      id,
      isAuthoritative: (flags & 0x0400) !== 0,
      isCut: (flags & 0x0200) !== 0,
      isRecursive: (flags & 0x0080) !== 0,
      code: flags & 0x000f,
      answers: decodeAnswers(bytes, end),
    };
  } catch (error) {
    throw error instanceof CheckDeclined ? error : odd();
  }
}

function isSameName(one: Buffer, other: Buffer): boolean {
  return one.toString("latin1").toLowerCase() === other.toString("latin1").toLowerCase();
}

function odd(): CheckDeclined {
  return new CheckDeclined("a reply of a name server that only nslookup has words for");
}

/** All three sections are read, so that nothing is behind them. */
function decodeAnswers(bytes: Buffer, start: number): readonly DnsRecord[] {
  const counts = [6, 8, 10].map((at) => bytes.readUInt16BE(at));
  const [answerCount = 0] = counts;
  const total = counts.reduce((a, b) => a + b, 0);
  const answers: DnsRecord[] = [];
  let at = start;
  for (let index = 0; index < total; index += 1) {
    const { name, end } = decodeName(bytes, at);
    const [type, kind, length] = [end, end + 2, end + 8].map((place) => bytes.readUInt16BE(place));
    if (type === undefined || length === undefined || (kind !== CLASS_IN && index < answerCount)) throw odd();
    const data = end + 10;
    at = data + length;
    if (at > bytes.length) throw odd();
    if (index < answerCount) answers.push({ name, type, data: decodeData(bytes, { type, data, end: at }) });
  }
  if (at !== bytes.length) throw odd();
  return answers;
}

interface RecordData {
  readonly type: number;
  readonly data: number;
  readonly end: number;
}

const SIZES: Readonly<Record<number, number>> = { [TYPES.A]: 4, [TYPES.AAAA]: 16 };

function decodeData(bytes: Buffer, { type, data, end }: RecordData): Buffer | string {
  if (type === TYPES.CNAME || type === TYPES.PTR) {
    const read = decodeName(bytes, data);
    if (read.end !== end) throw odd();
    return read.name;
  }
  if (SIZES[type] !== end - data) throw odd();
  return bytes.subarray(data, end);
}

/** Follows pointers backwards only, so it ends. */
function decodeName(bytes: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  let end: number | undefined;
  let limit = start;
  for (let length = bytes.readUInt8(at); length > 0; length = bytes.readUInt8(at)) {
    if (length >= 0xc0) {
      const target = bytes.readUInt16BE(at) & 0x3fff;
      end ??= at + 2;
      if (target >= limit) throw odd();
      limit = target;
      at = target;
      continue;
    }
    if (length > 63) throw odd();
    labels.push(bytes.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), end: end ?? at + 1 };
}
