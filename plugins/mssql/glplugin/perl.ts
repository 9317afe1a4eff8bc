import { CheckDeclined } from "../../../sdk/index.ts";
import { strtod } from "../../libc/number.ts";
import { sprintf } from "../../libc/printf.ts";

/** What Perl takes a text for where it needs a number: what stands first, or 0. */
export function toNumber(text: string | number): number {
  if (typeof text === "number") return text;
  const [number = ""] = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(text) ?? [];
  return number === "" ? 0 : strtod(number.trim()).value;
}

/** `%d` of Perl, which cuts off what follows the point. */
export function toInteger(text: string): string {
  const whole = /^[-+]?\d+$/.test(text.trim()) ? BigInt(text.trim()) : BigInt(Math.trunc(toNumber(text)));
  return String(BigInt.asIntN(64, whole));
}

export function toFixed(value: number | string, places: number): string {
  return sprintf(`%.${places}f`, toNumber(value));
}

/** `lc` of Perl for bytes. */
export function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}

/** Byte order, as `cmp` of Perl. */
export function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** What JavaScript reads as Perl does: letters, classes without names, groups, anchors, simple repetition. */
const SAFE =
  /^(?:[\w\s!"#%&',\-/:;<=>@`~.]|\\[dDwWsS\\.^$|()[\]{}*+?\-/]|\[\^?(?:[\w\s.,:;_\-/]|\\[dws.-])+\]|\((?:\?:|\?!|\?=)?|[)|^*+?]|\$(?=$|[)|])|\{\d+(?:,\d*)?\})*$/;

/** Repetitions of repetitions and of groups, ranges that end in a class, arrays of Perl, and lines. */
const SLOW_OR_ODD = /[*+?}][*+?{]|\)[*+{]|\[[^\]]*\w-\\|@\w|\n/;

/** Each `*` and `+` may make a search as much longer as the text is. */
function countOpenEnds(pattern: string): number {
  return pattern.replaceAll(/\\./g, "").match(/[*+]|,\}/g)?.length ?? 0;
}

/**
 * Makes a pattern of Perl for ASCII texts. Undefined: it may mean another thing in JavaScript, or it may
 * take long.
 */
export function readPattern(pattern: string, flags: "" | "i"): RegExp | undefined {
  if (!SAFE.test(pattern) || SLOW_OR_ODD.test(pattern) || countOpenEnds(pattern) > 2) return undefined;
  try {
    // `$` of Perl is also before a line break at the end.
    return new RegExp(
      pattern.replaceAll(/(\\.)|\$/g, (_, escaped) => escaped ?? "(?=\\n?$(?![^]))"),
      flags,
    );
  } catch {
    return undefined;
  }
}

/** Whether the text matches. Declines a text that is not ASCII: Perl sees its bytes. */
export function matches(pattern: RegExp, text: string): boolean {
  if (!isAscii(text)) throw new CheckDeclined("a pattern for words that are not ASCII");
  return pattern.test(text);
}

export function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}
