/**
 * Numbers as C reads them, for checks that must accept the same words as a plugin. The functions have the
 * names of libc and of the plugins' utils.c (is_integer → isInteger), so that the two can be compared.
 */

/**
 * A number at the start of a text, and the text after it. Without a number `value` is 0 and `rest` is the
 * whole text.
 */
export interface ReadNumber<Value> {
  readonly value: Value;
  readonly rest: string;
}

/** White space of the C locale. \s matches more: some bytes of UTF-8 characters too. */
const SPACE = "[ \\t\\n\\v\\f\\r]*";

/** The base of strtol. With 0 the prefix decides: `0x` is hexadecimal, `0` is octal. */
export type Base = 0 | 8 | 10 | 16;

const INTEGERS: Readonly<Record<Base, RegExp>> = {
  0: new RegExp(`^${SPACE}([+-]?)(0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)`, "i"),
  8: new RegExp(`^${SPACE}([+-]?)([0-7]+)`),
  10: new RegExp(`^${SPACE}([+-]?)([0-9]+)`),
  16: new RegExp(`^${SPACE}([+-]?)((?:0x)?[0-9a-f]+)`, "i"),
};
const DECIMAL = "(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)";
const HEXADECIMAL = "0x(?:[0-9a-f]+\\.?[0-9a-f]*|\\.[0-9a-f]+)";
const REAL = new RegExp(
  `^${SPACE}([+-]?)(${HEXADECIMAL}(?:p[+-]?[0-9]+)?|${DECIMAL}(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan(?:\\([0-9a-z_]*\\))?)`,
  "i",
);
/** What the plugins' is_numeric accepts. It uses scanf, which accepts an exponent without digits. */
const NUMERIC = new RegExp(
  `^${SPACE}[+-]?(?:${HEXADECIMAL}(?:p[+-]?[0-9]*)?|${DECIMAL}(?:e[+-]?[0-9]*)?|inf(?:inity)?|nan)$`,
  "i",
);

const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);
const ULONG_MAX = 2n ** 64n - 1n;
const INT_MAX = 2n ** 31n - 1n;
const INT_MIN = -(2n ** 31n);

/** Reads an integer of 64 bits. One that is too large or too small becomes the largest or the smallest. */
export function strtol(text: string, base: Base = 10): ReadNumber<bigint> {
  const { value, rest } = readInteger(text, base);
  if (value > LONG_MAX) return { value: LONG_MAX, rest };
  return { value: value < LONG_MIN ? LONG_MIN : value, rest };
}

/** Reads an unsigned integer of 64 bits. `-1` is the largest one, as in C. */
export function strtoul(text: string, base: Base = 10): ReadNumber<bigint> {
  const { value, rest } = readInteger(text, base);
  const fits = value <= ULONG_MAX && value >= -ULONG_MAX;
  return { value: fits ? BigInt.asUintN(64, value) : ULONG_MAX, rest };
}

/**
 * Reads the integer at the start of a text; 0 without one. Only the lower 32 bits are kept, as glibc does.
 */
export function atoi(text: string): number {
  return Number(BigInt.asIntN(32, strtol(text).value));
}

/** Reads a real number: decimal, hexadecimal, `inf` or `nan`. */
export function strtod(text: string): ReadNumber<number> {
  if (isPlain(text)) return { value: Number(text), rest: "" };
  const [found = "", sign, digits = ""] = REAL.exec(text) ?? [];
  const value = readReal(digits.toLowerCase());
  return { value: sign === "-" ? -value : value, rest: text.slice(found.length) };
}

/** Reads the real number at the start of a text; 0 without one. */
export function atof(text: string): number {
  return strtod(text).value;
}

/** `is_numeric`: the text is a real number, with nothing after it, not even a blank. */
export function isNumeric(text: string): boolean {
  return isPlain(text) || NUMERIC.test(text);
}

/** `is_positive`: `isNumeric` and above 0. */
export function isPositive(text: string): boolean {
  return isNumeric(text) && atof(text) > 0;
}

/** `is_negative`: `isNumeric` and below 0. */
export function isNegative(text: string): boolean {
  return isNumeric(text) && atof(text) < 0;
}

/** `is_nonnegative`: `isNumeric` and at least 0. */
export function isNonNegative(text: string): boolean {
  return isNumeric(text) && atof(text) >= 0;
}

/** `is_percentage`: above -1 and below 101, as the plugins drop the fraction of the number. */
export function isPercentage(text: string): boolean {
  const whole = Math.trunc(atof(text));
  return isNumeric(text) && whole >= 0 && whole <= 100;
}

/**
 * `is_integer`: digits, blanks and minus signs in any order, or an empty text. The number that `atoi` reads
 * must fit 32 bits; a text that does not begin with a number is 0.
 */
export function isInteger(text: string): boolean {
  if (!/^[-0-9 ]*$/.test(text)) return false;
  const { value } = strtol(text);
  return value >= INT_MIN && value <= INT_MAX;
}

/** `is_intpos`: `isInteger` and above 0. */
export function isIntPos(text: string): boolean {
  return isInteger(text) && atoi(text) > 0;
}

/** `is_intneg`: `isInteger` and below 0. */
export function isIntNeg(text: string): boolean {
  return isInteger(text) && atoi(text) < 0;
}

/** `is_intnonneg`: `isInteger` and at least 0. */
export function isIntNonNeg(text: string): boolean {
  return isInteger(text) && atoi(text) >= 0;
}

/** `is_intpercent`: `isInteger` and from 0 to 100. */
export function isIntPercent(text: string): boolean {
  return isIntNonNeg(text) && atoi(text) <= 100;
}

const OUT_OF_RANGE = new RegExp(
  `^${SPACE}[+-]?(?:0x[0-9a-f.]*(?:p|[0-9a-f]{16})|(?=\\.?[0-9])[0-9]*\\.?[0-9]*e[+-]?[0-9]{2,}|[0-9]{19}|[0-9]*\\.[0-9]{300})`,
  "i",
);

/**
 * Whether a number at the start of a text may be too large or too small for C, which notes that in `errno`.
 * `is_integer` of the plugins does not clear it: all numbers that it is given afterwards are wrong then.
 */
export function mayBeOutOfRange(text: string): boolean {
  return OUT_OF_RANGE.test(text);
}

/** Digits of a number that has a double of its own. */
const MOST_PLAIN = 15;
const [ZERO, NINE] = [0x30, 0x39];

/** Whether a text has a few digits and nothing else, as most numbers have: it takes no regular expression. */
function isPlain(text: string): boolean {
  if (text.length === 0 || text.length > MOST_PLAIN) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) return false;
  }
  return true;
}

function readInteger(text: string, base: Base): ReadNumber<bigint> {
  const [found = "", sign, digits = "0"] = INTEGERS[base].exec(text) ?? [];
  const value = BigInt(withPrefix(digits, base));
  return { value: sign === "-" ? -value : value, rest: text.slice(found.length) };
}

/** Puts a prefix before the digits that BigInt understands. */
function withPrefix(digits: string, base: Base): string {
  if (/^0x/i.test(digits)) return digits;
  if (base === 16) return `0x${digits}`;
  return base === 8 || (base === 0 && digits.startsWith("0")) ? `0o${digits}` : digits;
}

function readReal(digits: string): number {
  if (digits.startsWith("inf")) return Number.POSITIVE_INFINITY;
  if (digits.startsWith("nan")) return Number.NaN;
  return digits.startsWith("0x") ? readHexadecimal(digits.slice(2)) : Number(digits);
}

function readHexadecimal(text: string): number {
  const [mantissa = "", exponent = "0"] = text.split("p");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = Number(BigInt(`0x${whole}${fraction}`));
  return digits === 0 ? 0 : digits * 2 ** (Number(exponent) - 4 * fraction.length);
}
