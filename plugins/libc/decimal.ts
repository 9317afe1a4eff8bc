/**
 * Decimal digits of doubles, rounded as glibc rounds: exactly, and a tie to the even digit. JavaScript's
 * toFixed rounds a tie up.
 */

/** All digits of a number: 0.DIGITS × 10^point. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** A rounded number: D.DDD × 10^exponent. */
export interface Rounded {
  readonly digits: string;
  readonly exponent: number;
}

/** Prints a number with so many decimals: `12.50`. The number must be finite and not negative. */
export function toFixed(value: number, precision: number): string {
  if (isQuick(value, precision)) return value.toFixed(precision);
  const { digits, point } = writeOut(value);
  const rounded = round(digits, point + precision).padStart(precision + 1, "0");
  const whole = rounded.slice(0, rounded.length - precision);
  return precision === 0 ? whole : `${whole}.${rounded.slice(-precision)}`;
}

/**
 * Rounds a number to so many significant digits, at least one. The number must be finite and not negative.
 */
export function toSignificant(value: number, count: number): Rounded {
  const { digits, point } = writeOut(value);
  const rounded = round(digits, count);
  const carry = rounded.length - count;
  return { digits: rounded.slice(0, count), exponent: point - 1 + carry };
}

/**
 * Whether JavaScript's toFixed gives the right digits. It rounds exactly too, except for ties, and only
 * multiples of 2^-(precision + 1) can be ties.
 */
function isQuick(value: number, precision: number): boolean {
  if (value >= 1e21 || precision > 100) return false;
  return Number.isInteger(value) || !Number.isInteger(value * 2 ** (precision + 1));
}

/** Gives all digits of a double. There is an end to them: m / 2^n = m × 5^n / 10^n. */
function writeOut(value: number): Decimal {
  let mantissa = value;
  let scale = 0;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    scale += 1;
  }
  const digits = (BigInt(mantissa) * 5n ** BigInt(scale)).toString();
  return { digits, point: digits.length - scale };
}

/** Rounds to `count` digits. There is one more digit if the carry makes one (9.9 → 10). */
function round(digits: string, count: number): string {
  if (count >= digits.length) return digits.padEnd(count, "0");
  if (count < 0) return "0";
  const kept = digits.slice(0, count);
  return isRoundedUp(kept, digits.slice(count)) ? (BigInt(kept) + 1n).toString() : kept;
}

function isRoundedUp(kept: string, rest: string): boolean {
  const isTie = /^50*$/.test(rest);
  return isTie ? /[13579]$/.test(kept) : rest >= "5";
}
