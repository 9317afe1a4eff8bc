import { CheckDeclined } from "../../../sdk/index.ts";
import { sprintf } from "../../libc/printf.ts";
import { type Oid, renderOid } from "../session/oid.ts";

/** The BER tags of values. */
export const TYPES = {
  integer: 0x02,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  ipAddress: 0x40,
  counter: 0x41,
  gauge: 0x42,
  timeTicks: 0x43,
  opaque: 0x44,
  counter64: 0x46,
  noSuchObject: 0x80,
  noSuchInstance: 0x81,
  endOfMibView: 0x82,
} as const;

/** One object of an answer, as net-snmp has decoded it. */
export interface Varbind {
  readonly oid: Oid;
  readonly type: number;
  readonly value: unknown;
}

/**
 * The text snmpget prints for a value when it has loaded no MIB. A value with line breaks has several lines.
 * Throws a CheckDeclined for a type that has no text here.
 */
export function renderValue({ type, value }: Pick<Varbind, "type" | "value">): string {
  const render = RENDERERS.get(type);
  if (render === undefined) throw new CheckDeclined("a value of a type that only snmpget prints");
  return render(value);
}

type Render = (value: unknown) => string;

const RENDERERS: ReadonlyMap<number, Render> = new Map<number, Render>([
  [TYPES.integer, (value) => `INTEGER: ${value}`],
  [TYPES.octetString, (value) => renderOctets(readBytes(value))],
  [TYPES.null, () => "NULL"],
  [TYPES.oid, (value) => `OID: ${renderOid(String(value))}`],
  [TYPES.ipAddress, (value) => `IpAddress: ${value}`],
  [TYPES.counter, (value) => `Counter32: ${value}`],
  [TYPES.gauge, (value) => `Gauge32: ${value}`],
  [TYPES.timeTicks, (value) => renderTimeticks(Number(value))],
  [TYPES.opaque, (value) => renderOpaque(readBytes(value))],
  [TYPES.counter64, (value) => `Counter64: ${readUnsigned(readBytes(value))}`],
  [TYPES.noSuchObject, () => "No Such Object available on this agent at this OID"],
  [TYPES.noSuchInstance, () => "No Such Instance currently exists at this OID"],
  [TYPES.endOfMibView, () => "No more variables left in this MIB View (It is past the end of the MIB tree)"],
]);

function readBytes(value: unknown): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

/** A text where every byte is printable or white space in the C locale, otherwise hexadecimal digits. */
function renderOctets(bytes: Buffer): string {
  if (bytes.length === 0) return '""';
  const text = bytes.toString("latin1");
  if (/[^\t-\r -~]/.test(text)) return `Hex-STRING: ${renderHex(bytes)}`;
  return `STRING: "${text.replace(/[\\"]/g, "\\$&")}"`;
}

const HEX_WORDS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
const HEX_LINE = 16;

/** A blank follows every byte, and a line break follows every sixteenth. */
function renderHex(bytes: Buffer): string {
  let text = "";
  for (const [at, byte] of bytes.entries()) {
    text += `${at > 0 && at % HEX_LINE === 0 ? "\n" : ""}${HEX_WORDS[byte]} `;
  }
  return text;
}

/** Prints hundredths of a second: `(8640123) 1 day, 0:00:01.23`. */
function renderTimeticks(ticks: number): string {
  const seconds = Math.floor(ticks / 100);
  const days = Math.floor(seconds / 86_400);
  const clock = sprintf(
    "%d:%02d:%02d.%02d",
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
    ticks % 100,
  );
  const day = days === 0 ? "" : `${days} day${days === 1 ? "" : "s"}, `;
  return `Timeticks: (${ticks}) ${day}${clock}`;
}

function readUnsigned(bytes: Buffer): bigint {
  return bytes.length === 0 ? 0n : BigInt.asUintN(64, BigInt(`0x${bytes.toString("hex")}`));
}

/** The numbers net-snmp packs into an Opaque: a tag of two bytes, the length, the number. */
const OPAQUE_NUMBERS: ReadonlyMap<number, (bytes: Buffer) => string> = new Map([
  [0x9f76, (bytes) => `Counter64: ${readUnsigned(bytes)}`],
  [0x9f78, (bytes) => `Float: ${bytes.length === 4 ? sprintf("%f", bytes.readFloatBE()) : ""}`],
  [0x9f79, (bytes) => `Float: ${bytes.length === 8 ? sprintf("%f", bytes.readDoubleBE()) : ""}`],
  [0x9f7a, (bytes) => `Int64: ${BigInt.asIntN(bytes.length * 8, readUnsigned(bytes))}`],
  [0x9f7b, (bytes) => `UInt64: ${readUnsigned(bytes)}`],
]);

function renderOpaque(bytes: Buffer): string {
  const render = bytes.length > 3 ? OPAQUE_NUMBERS.get(bytes.readUInt16BE()) : undefined;
  return render === undefined ? `OPAQUE: ${renderHex(bytes)}` : `Opaque: ${render(bytes.subarray(3))}`;
}
