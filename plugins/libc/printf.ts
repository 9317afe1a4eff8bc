import { type Rounded, toFixed, toSignificant } from "./decimal.ts";

/** A value for one directive of the format. */
export type PrintfArgument = number | bigint | string;

interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  /** The length modifier: `hh`, `h`, `l`, `ll` … Without one an integer has 32 bits. */
  readonly length: string;
  readonly conversion: string;
}

/** The directive of most numbers that plugins print. */
const PLAIN_REAL: Directive = { flags: "", width: 0, precision: undefined, length: "", conversion: "f" };

const DIRECTIVE = /%([-+ 0#]*)(\*|[0-9]*)(?:(\.)(\*|[0-9]*))?(hh|h|ll|l|j|z|t|q|L)?([diuoxXcsfFeEgG%])|%/g;

/**
 * Prints as C's sprintf does in the C locale: `d i u o x X c s f F e E g G %` with flags, width, precision,
 * `*` and length modifiers.
 *
 * Real numbers are doubles, rounded exactly as glibc does. Integers lose their fraction and keep the bits of
 * their length modifier: 32 for `%d`, 64 for `%ld`. Throws a TypeError for other directives and for missing
 * values, as both are faults of the check.
 */
export function sprintf(format: string, ...given: readonly PrintfArgument[]): string {
  const [first] = given;
  if (format === "%f" && typeof first === "number") return printReal(first, PLAIN_REAL);
  const remaining = given.values();
  const next = (): PrintfArgument => {
    const { done, value } = remaining.next();
    if (done) throw new TypeError(`not enough values for the format "${format}"`);
    return value;
  };
  return format.replace(
    DIRECTIVE,
    (_, flags?: string, width = "", dot?: string, precision = "", length = "", conversion = "") => {
      if (flags === undefined) throw new TypeError(`unknown directive in the format "${format}"`);
      if (conversion === "%") return "%";
      const columns = width === "*" ? Number(next()) : Number(width);
      const digits = precision === "*" ? Number(next()) : Number(precision);
      return print(next(), {
        flags: columns < 0 ? `${flags}-` : flags,
        width: Math.abs(columns),
        precision: dot === undefined || digits < 0 ? undefined : digits,
        length,
        conversion,
      });
    },
  );
}

function print(value: PrintfArgument, directive: Directive): string {
  const { conversion, precision } = directive;
  if (conversion === "s") return pad("", String(value).slice(0, precision), withoutZero(directive));
  if (conversion === "c") return pad("", readCharacter(value), withoutZero(directive));
  const text = "diuoxX".includes(conversion)
    ? printInteger(toInteger(value, directive), directive)
    : printReal(Number(value), directive);
  return conversion < "a" ? text.toUpperCase() : text;
}

function readCharacter(value: PrintfArgument): string {
  return typeof value === "string" ? value.slice(0, 1) : String.fromCharCode(Number(value) & 0xff);
}

/** Fills the text up to its width. Zeros stand between the sign and the digits. */
function pad(sign: string, text: string, { flags, width }: Directive): string {
  if (flags.includes("-")) return (sign + text).padEnd(width);
  return flags.includes("0") ? sign + text.padStart(width - sign.length, "0") : (sign + text).padStart(width);
}

function withoutZero(directive: Directive): Directive {
  return { ...directive, flags: directive.flags.replaceAll("0", "") };
}

function signOf(isNegative: boolean, flags: string): string {
  if (isNegative) return "-";
  if (flags.includes("+")) return "+";
  return flags.includes(" ") ? " " : "";
}

function toInteger(value: PrintfArgument, { length, conversion }: Directive): bigint {
  const whole = typeof value === "number" ? BigInt(Math.trunc(value)) : BigInt(value);
  const bits = { hh: 8, h: 16, "": 32 }[length] ?? 64;
  return conversion === "d" || conversion === "i" ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole);
}

const RADIX: Readonly<Record<string, number>> = { o: 8, x: 16, X: 16 };

function printInteger(value: bigint, directive: Directive): string {
  const { flags, precision, conversion } = directive;
  const isSigned = conversion === "d" || conversion === "i";
  const sign = isSigned ? signOf(value < 0n, flags) : "";
  const magnitude = (value < 0n ? -value : value).toString(RADIX[conversion] ?? 10);
  const digits = precision === 0 && value === 0n ? "" : magnitude.padStart(precision ?? 1, "0");
  const padding = precision === undefined ? directive : withoutZero(directive);
  if (flags.includes("#") && conversion === "o" && !digits.startsWith("0"))
    return pad("", `0${digits}`, padding);
  const isPrefixed = flags.includes("#") && RADIX[conversion] === 16 && value !== 0n;
  return pad(isPrefixed ? "0x" : sign, digits, padding);
}

function printReal(value: number, directive: Directive): string {
  const sign = signOf(value < 0 || Object.is(value, -0), directive.flags);
  if (Number.isNaN(value)) return pad(sign, "nan", withoutZero(directive));
  if (!Number.isFinite(value)) return pad(sign, "inf", withoutZero(directive));
  return pad(sign, printMagnitude(Math.abs(value), directive), directive);
}

function printMagnitude(value: number, { flags, precision = 6, conversion }: Directive): string {
  const keepsPoint = flags.includes("#");
  switch (conversion.toLowerCase()) {
    case "f":
      return withPoint(toFixed(value, precision), keepsPoint);
    case "e":
      return printExponential(toSignificant(value, precision + 1), keepsPoint);
    default:
      return printGeneral(value, precision === 0 ? 1 : precision, keepsPoint);
  }
}

/**
 * Prints `%g`: as `%e` if the exponent is below -4 or not below the precision, otherwise as `%f`. Zeros at
 * the end are removed, unless the flag `#` is given.
 */
function printGeneral(value: number, count: number, keepsZeros: boolean): string {
  const rounded = toSignificant(value, count);
  const { exponent } = rounded;
  if (exponent >= -4 && exponent < count) {
    const text = toFixed(value, count - 1 - exponent);
    return keepsZeros ? withPoint(text, true) : withoutZeros(text);
  }
  const digits = keepsZeros ? rounded.digits : rounded.digits.replace(/0+$/, "");
  return printExponential({ digits: digits || "0", exponent }, keepsZeros);
}

function printExponential({ digits, exponent }: Rounded, keepsPoint: boolean): string {
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return `${withPoint(mantissa, keepsPoint)}e${exponent < 0 ? "-" : "+"}${power}`;
}

function withPoint(text: string, keepsPoint: boolean): string {
  return keepsPoint && !text.includes(".") ? `${text}.` : text;
}

function withoutZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
