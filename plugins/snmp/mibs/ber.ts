import { CheckDeclined } from "../../../sdk/index.ts";
import type { Oid } from "../session/oid.ts";
import { TYPES, type Varbind } from "../snmpget/value-text.ts";

/** The part of BER that a question of snmpget and its answer need. */
interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

const SEQUENCE = 0x30;
const RESPONSE = 0xa2;
/** Of a length. snmpget needs two. */
const MOST_LENGTH_BYTES = 4;

export interface Question {
  /** The objects in the question's order. */
  readonly oids: readonly Oid[];
  /** Encodes the answer that gives these values, one for each object. */
  answer(values: readonly Pick<Varbind, "type" | "value">[]): Buffer;
}

/** Reads a request of SNMPv2c that snmpget has made. */
export function readQuestion(message: Buffer): Question {
  const [version, community, pdu] = readElements(only(message).content);
  const [id, , , list] = readElements(pdu?.content);
  if (version === undefined || community === undefined || id === undefined) throw unreadable();
  const names = readElements(list?.content).map(({ content }) => readElements(content)[0] ?? unexpected());
  const zero = encode(TYPES.integer, Buffer.from([0]));
  return {
    oids: names.map(({ content }) => decodeOid(content)),
    answer(values) {
      const objects = names.map(({ content }, at) => {
        const { type, value } = values[at] ?? { type: TYPES.noSuchInstance, value: null };
        return encode(SEQUENCE, encode(TYPES.oid, content), encode(type, encodeValue(type, value)));
      });
      const body = [encode(id.tag, id.content), zero, zero, encode(SEQUENCE, ...objects)];
      const head = [version, community].map(({ tag, content }) => encode(tag, content));
      return encode(SEQUENCE, ...head, encode(RESPONSE, ...body));
    },
  };
}

function unreadable(): CheckDeclined {
  return new CheckDeclined("a question of snmpget that is not understood");
}

function unexpected(): never {
  throw unreadable();
}

function only(bytes: Buffer): Element {
  return readElements(bytes)[0] ?? unexpected();
}

function readElements(bytes: Buffer = Buffer.alloc(0)): readonly Element[] {
  const elements: Element[] = [];
  for (let at = 0; at + 1 < bytes.length; ) {
    const first = bytes[at + 1] ?? 0;
    const count = first < 0x80 ? 0 : first & 0x7f;
    if (count > MOST_LENGTH_BYTES || at + 2 + count > bytes.length) throw unreadable();
    const start = at + 2 + count;
    const length = count === 0 ? first : bytes.readUIntBE(at + 2, count);
    elements.push({ tag: bytes[at] ?? 0, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}

function encode(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

/** The numbers of an OID below 1, each in groups of seven bits. */
function decodeOid(content: Buffer): Oid {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of content) {
    number = number * 0x80 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  const [first = 0, ...rest] = numbers;
  return [Math.trunc(first / 40), first % 40, ...rest].join(".");
}

/** Throws a CheckDeclined for a value that would not come back from the agent's bytes unchanged. */
function encodeValue(type: number, value: unknown): Buffer {
  switch (type) {
    case TYPES.integer:
      return encodeInteger(Number(value));
    case TYPES.counter:
    case TYPES.gauge:
    case TYPES.timeTicks:
      return encodeUnsigned(Number(value));
    case TYPES.ipAddress:
      return Buffer.from(String(value).split(".").map(Number));
    case TYPES.oid:
      return encodeOid(String(value));
    case TYPES.octetString:
    case TYPES.opaque:
    case TYPES.counter64:
      return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
    case TYPES.null:
    case TYPES.noSuchInstance:
      return Buffer.alloc(0);
    default:
      throw new CheckDeclined("a value of a type that only snmpget prints");
  }
}

function encodeInteger(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function encodeUnsigned(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(value, 1);
  return bytes;
}

function encodeOid(oid: Oid): Buffer {
  const [first = 0, second = 0, ...rest] = oid.split(".").map(Number);
  if (first > 2 || second > 39) throw new CheckDeclined("an object identifier that only snmpget prints");
  return Buffer.from([first * 40 + second, ...rest.flatMap(groups)]);
}

function groups(number: number): readonly number[] {
  const bytes = [number % 0x80];
  for (let rest = Math.trunc(number / 0x80); rest > 0; rest = Math.trunc(rest / 0x80)) {
    bytes.unshift(0x80 + (rest % 0x80));
  }
  return bytes;
}
