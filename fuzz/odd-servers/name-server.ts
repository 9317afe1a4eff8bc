import { mutate } from "../engine/mutate.ts";
import { Random } from "../engine/random.ts";

/** What was asked of a name server. */
export interface DnsQuestion {
  readonly message: Buffer;
  readonly type: number;
  /** The question as it stands in the message. */
  readonly section: Buffer;
}

const [A, NS, CNAME, SOA, PTR, MX, TXT, AAAA] = [1, 2, 5, 6, 12, 15, 16, 28];
const TYPES = [A, AAAA, CNAME, CNAME, NS, SOA, PTR, MX, TXT, 255, 41];
/** Answers without a fault, cut answers, codes, and bits that mean nothing in an answer. */
const FLAGS = [
  ...Array.from({ length: 16 }, () => 0x8580),
  ...[0x8180, 0x8400, 0x8780, 0x8582, 0x8583, 0x8585, 0x8581, 0x0580, 0x85f0, 0x9d80],
];
const NAMES = ["usual.odd.test", "nodata.odd.test", "odd.test", "", "a.b.c", "x".repeat(63), "caf\xe9"];
/** Changes of the number of records that the header tells. */
const MISCOUNTS = [...Array.from({ length: 18 }, () => 0), 1, -1];
const MOST_RECORDS = 4;
const MOST_BYTES = 512;

/** Answers a question as no server does. The same number gives the same answer to the same question. */
export function answerOddly(number: number, { message, type, section }: DnsQuestion): Buffer {
  const random = new Random(BigInt(number), `odd DNS ${type}`);
  const records = Array.from({ length: random.below(MOST_RECORDS) }, () => makeRecord(random, type));
  const header = Buffer.alloc(12);
  header.writeUInt16BE(random.pick(FLAGS), 2);
  header.writeUInt16BE(random.once(12) ? random.below(3) : 1, 4);
  header.writeUInt16BE(Math.max(0, records.length + random.pick(MISCOUNTS)), 6);
  const asked = random.once(15) ? Buffer.alloc(0) : section;
  const whole = Buffer.concat([header, asked, ...records]);
  const odd = !random.once(4)
    ? whole
    : mutate({ random, samples: [whole], tokens: [Buffer.of(0xc0, 12)], most: MOST_BYTES });
  // The answer to another question is dropped, and the plugin waits for the right one.
  const answer = Buffer.from(odd.length < 2 ? whole : odd);
  if (!random.once(30)) message.copy(answer, 0, 0, 2);
  return answer;
}

/** A record of the type that was asked for, or of another one. */
function makeRecord(random: Random, asked: number): Buffer {
  const type = random.once(5) ? random.pick(TYPES) : asked;
  const data = random.once(25) ? Buffer.alloc(random.below(20)) : dataOf(random, type);
  const fields = Buffer.alloc(10);
  fields.writeUInt16BE(type, 0);
  fields.writeUInt16BE(random.once(20) ? 3 : 1, 2);
  fields.writeUInt32BE(random.once(10) ? 0xffff_ffff : 60, 4);
  fields.writeUInt16BE(data.length, 8);
  const owner = random.once(12) ? encodeName(random.pick(NAMES)) : Buffer.of(0xc0, 12);
  return Buffer.concat([owner, fields, data]);
}

function dataOf(random: Random, type: number): Buffer {
  switch (type) {
    case A:
      return Buffer.of(192, 0, 2, random.below(256));
    case AAAA:
      return Buffer.from(Array.from({ length: 16 }, () => random.pick([0, 0, 1, 0x20, 0xfe, 0xff])));
    case TXT:
      return Buffer.from("\x05hello");
    default:
      return encodeName(random.pick(NAMES));
  }
}

function encodeName(name: string): Buffer {
  const labels = name.split(".").flatMap((label) => [Buffer.of(label.length), Buffer.from(label, "latin1")]);
  return name === "" ? Buffer.of(0) : Buffer.concat([...labels, Buffer.of(0)]);
}
