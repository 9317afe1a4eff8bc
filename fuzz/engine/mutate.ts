import type { Random } from "./random.ts";

/** What inputs are made of. */
export interface Material {
  readonly random: Random;
  readonly samples: readonly Buffer[];
  /** Words that mean something in the format: delimiters, keywords, numbers. */
  readonly tokens: readonly Buffer[];
  /** An input has no more bytes. */
  readonly most: number;
}

type Change = (bytes: Buffer, material: Material) => Buffer;

const NOTHING = Buffer.alloc(0);
const MOST_CHANGES = 4;
/** A long run is made once in so many changes, a very long one once in so many of these. */
const LONG = 1_200;
const VERY_LONG = 30;
const EDGES = [
  0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 63, 64, 127, 128, 255, 256, 1023, 1024, 4095, 4096,
];
const LARGE = [0x7fff, 0x8000, 0xffff, 0x1_0000, 0xff_ffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
const NUMBERS = [
  ...EDGES.map(String),
  ..."-1 -0 00 1e9 1e400 0x10 NaN Infinity 2147483647 2147483648 4294967296 18446744073709551615".split(" "),
  ...["9007199254740993", "999999999999999999999999", "0.1", ".", "-", "+1", " 1", "1,5"],
];

/** An input that is near to a sample: it has a few changes. */
export function mutate(material: Material): Buffer {
  const { random, samples, most } = material;
  let bytes = random.pick(samples);
  for (let left = 1 + random.below(MOST_CHANGES); left > 0; left -= 1)
    bytes = random.pick(random.once(LONG) ? [repeat] : CHANGES)(bytes, material);
  return bytes.length > most ? bytes.subarray(0, most) : bytes;
}

const CHANGES: readonly Change[] = [
  flipBit,
  setByte,
  setByte,
  insertBytes,
  insertToken,
  insertToken,
  replaceByToken,
  removeRange,
  removeRange,
  cutEnd,
  repeatRange,
  moveRange,
  splice,
  writeNumber,
  writeDigits,
];

function flipBit(bytes: Buffer, { random }: Material): Buffer {
  const at = random.below(bytes.length);
  return changed(bytes, at, (bytes[at] ?? 0) ^ (1 << random.below(8)));
}

function setByte(bytes: Buffer, { random }: Material): Buffer {
  const value = random.once(2)
    ? random.below(256)
    : random.pick([0, 9, 10, 13, 32, 34, 39, 92, 127, 128, 255]);
  return changed(bytes, random.below(bytes.length), value);
}

function changed(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  if (at < copy.length) copy[at] = value;
  return copy;
}

function insertBytes(bytes: Buffer, { random }: Material): Buffer {
  const added = Buffer.from(Array.from({ length: 1 + random.below(8) }, () => random.below(256)));
  return put(bytes, random.below(bytes.length + 1), 0, added);
}

function insertToken(bytes: Buffer, material: Material): Buffer {
  return put(bytes, material.random.below(bytes.length + 1), 0, tokenOf(material));
}

function replaceByToken(bytes: Buffer, material: Material): Buffer {
  const [from, length] = rangeOf(bytes, material.random);
  return put(bytes, from, length, tokenOf(material));
}

function tokenOf({ random, tokens }: Material): Buffer {
  return tokens.length === 0 ? Buffer.of(random.below(256)) : random.pick(tokens);
}

function removeRange(bytes: Buffer, { random }: Material): Buffer {
  const [from, length] = rangeOf(bytes, random);
  return put(bytes, from, length, NOTHING);
}

function cutEnd(bytes: Buffer, { random }: Material): Buffer {
  return bytes.subarray(0, random.below(bytes.length + 1));
}

function repeatRange(bytes: Buffer, { random }: Material): Buffer {
  const [from, length] = rangeOf(bytes, random);
  const part = bytes.subarray(from, from + length);
  return put(bytes, from, 0, Buffer.concat(Array.from({ length: 1 + random.below(4) }, () => part)));
}

function moveRange(bytes: Buffer, { random }: Material): Buffer {
  const [from, length] = rangeOf(bytes, random);
  const rest = put(bytes, from, length, NOTHING);
  return put(rest, random.below(rest.length + 1), 0, bytes.subarray(from, from + length));
}

/** The beginning of one sample, and the end of another. */
function splice(bytes: Buffer, { random, samples }: Material): Buffer {
  const other = random.pick(samples);
  const end = other.subarray(random.below(other.length + 1));
  return Buffer.concat([bytes.subarray(0, random.below(bytes.length + 1)), end]);
}

/** A length or a number of 8, 16 or 32 bits, at a boundary, as long as the input, or one more or less. */
function writeNumber(bytes: Buffer, { random }: Material): Buffer {
  const size = random.pick([1, 2, 4]);
  if (bytes.length < size) return bytes;
  const near = bytes.length + random.below(3) - 1;
  const value = random.pick([random.pick(EDGES), random.pick(LARGE), near]) % 2 ** (8 * size);
  const copy = Buffer.from(bytes);
  const at = random.below(bytes.length - size + 1);
  if (random.once(2)) copy.writeUIntBE(value, at, size);
  else copy.writeUIntLE(value, at, size);
  return copy;
}

/** Another number in place of one that is written in digits, or anywhere. */
function writeDigits(bytes: Buffer, { random }: Material): Buffer {
  let from = random.below(bytes.length + 1);
  while (from < bytes.length && !isDigit(bytes[from])) from += 1;
  let end = from;
  while (end < bytes.length && isDigit(bytes[end])) end += 1;
  return put(bytes, from, end - from, Buffer.from(random.pick(NUMBERS)));
}

function isDigit(byte = 0): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** A very long run of a byte or a token: what takes quadratic time shows here. */
function repeat(bytes: Buffer, material: Material): Buffer {
  const { random, most } = material;
  const power = random.once(VERY_LONG) ? 20 : 10 + random.below(8);
  const unit =
    random.once(3) && bytes.length > 0
      ? Buffer.of(bytes[random.below(bytes.length)] ?? 0)
      : tokenOf(material);
  const length = Math.min(2 ** power, most);
  const run = Buffer.alloc(length, unit.length === 0 ? Buffer.of(0x20) : unit);
  return put(bytes, random.below(bytes.length + 1), 0, run);
}

function rangeOf(bytes: Buffer, random: Random): readonly [from: number, length: number] {
  const from = random.below(bytes.length + 1);
  return [from, random.below(Math.min(random.once(4) ? bytes.length : 16, bytes.length - from) + 1)];
}

function put(bytes: Buffer, at: number, removed: number, added: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);
}
