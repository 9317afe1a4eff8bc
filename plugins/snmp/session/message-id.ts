/** One element of BER, and where its content begins and ends. */
interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const VERSION_3 = 3;

/**
 * The number that an answer shares with its request: the request-id, or the msgID in SNMPv3, which can be
 * read without a key. Undefined for bytes that are not an SNMP message.
 */
export function readMessageId(message: Buffer): number | undefined {
  const whole = readElement(message, 0, SEQUENCE);
  const version = whole && readElement(message, whole.start, INTEGER);
  if (version === undefined) return undefined;
  if (readInteger(message, version) === VERSION_3) return readFirst(message, version.end, SEQUENCE);
  const community = readElement(message, version.end, OCTET_STRING);
  return community && readFirst(message, community.end);
}

/** The integer with which an element begins. */
function readFirst(bytes: Buffer, at: number, tag?: number): number | undefined {
  const around = readElement(bytes, at, tag);
  const id = around && readElement(bytes, around.start, INTEGER);
  return id && readInteger(bytes, id);
}

function readInteger(bytes: Buffer, { start, end }: Element): number | undefined {
  return end > start && end - start <= 6 ? bytes.readIntBE(start, end - start) : undefined;
}

function readElement(bytes: Buffer, at: number, wanted?: number): Element | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined || (wanted !== undefined && tag !== wanted)) return undefined;
  if (first < 0x80) return within(bytes, { tag, start: at + 2, end: at + 2 + first });
  const count = first & 0x7f;
  const start = at + 2 + count;
  if (count === 0 || count > 4 || start > bytes.length) return undefined;
  return within(bytes, { tag, start, end: start + bytes.readUIntBE(at + 2, count) });
}

function within(bytes: Buffer, element: Element): Element | undefined {
  return element.end <= bytes.length ? element : undefined;
}
