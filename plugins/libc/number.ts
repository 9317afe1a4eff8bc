/**
 * Numbers as C reads them, for checks that must take the same words a plugin takes. The functions carry the names of libc's and of
 * the plugins' utils.c (is_integer → isInteger), for whoever compares the two.
 */

/** A number at the start of a text, and what follows it. Where there is none, `value` is zero and `rest` is the whole text. */
export interface ReadNumber<Value> {
  readonly value: Value;
  readonly rest: string;
}

/** White space of the C locale. \s is wider: it would take bytes of UTF-8 sequences for blanks. */
const SPACE = "[ \\t\\n\\v\\f\\r]*";

/** The base of strtol: 0 is what the prefix says (`0x` hexadecimal, `0` octal). */
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
/** The plugins ask scanf, which takes an unfinished exponent. */
const NUMERIC = new RegExp(
  `^${SPACE}[+-]?(?:${HEXADECIMAL}(?:p[+-]?[0-9]*)?|${DECIMAL}(?:e[+-]?[0-9]*)?|inf(?:inity)?|nan)$`,
  "i",
);

const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);
const ULONG_MAX = 2n ** 64n - 1n;
const INT_MAX = 2n ** 31n - 1n;
const INT_MIN = -(2n ** 31n);

/** Reads a 64 bit integer; what does not fit becomes the nearest that does. */
export function strtol(text: string, base: Base = 10): ReadNumber<bigint> {
  const { value, rest } = readInteger(text, base);
  if (value > LONG_MAX) return { value: LONG_MAX, rest };
  return { value: value < LONG_MIN ? LONG_MIN : value, rest };
}

/** Reads an unsigned 64 bit integer: `-1` is the greatest of them, as in C. */
export function strtoul(text: string, base: Base = 10): ReadNumber<bigint> {
  const { value, rest } = readInteger(text, base);
  const fits = value <= ULONG_MAX && value >= -ULONG_MAX;
  return { value: fits ? BigInt.asUintN(64, value) : ULONG_MAX, rest };
}

/** The integer a text begins with, 0 without one. What needs more than 32 bits loses the upper ones, as with glibc. */
export function atoi(text: string): number {
  return Number(BigInt.asIntN(32, strtol(text).value));
}

/** Reads a real number: decimal, hexadecimal, `inf` or `nan`. */
export function strtod(text: string): ReadNumber<number> {
  const [found = "", sign, digits = ""] = REAL.exec(text) ?? [];
  const value = readReal(digits.toLowerCase());
  return { value: sign === "-" ? -value : value, rest: text.slice(found.length) };
}

/** The real number a text begins with, 0 without one. */
export function atof(text: string): number {
  return strtod(text).value;
}

/** `is_numeric`: a real number and nothing after it, not even a blank. */
export function isNumeric(text: string): boolean {
  return NUMERIC.test(text);
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

/** `is_percentage`: from above -1 to below 101: the plugins look at the number without its fraction. */
export function isPercentage(text: string): boolean {
  const whole = Math.trunc(atof(text));
  return isNumeric(text) && whole >= 0 && whole <= 100;
}

/** `is_integer`: digits, blanks and minus signs in any order, an empty text too (`atoi` makes 0 of them), of 32 bits. */
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

function readInteger(text: string, base: Base): ReadNumber<bigint> {
  const [found = "", sign, digits = "0"] = INTEGERS[base].exec(text) ?? [];
  const value = BigInt(withPrefix(digits, base));
  return { value: sign === "-" ? -value : value, rest: text.slice(found.length) };
}

/** As BigInt wants to have it. */
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
