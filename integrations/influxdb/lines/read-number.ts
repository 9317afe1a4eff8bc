const [ZERO, NINE, DOT, COMMA, MINUS, PLUS] = [0x30, 0x39, 0x2e, 0x2c, 0x2d, 0x2b];
const [CAPITAL_E, SMALL_E] = [0x45, 0x65];
/** The digits of the largest float. A number with fewer characters is finite. */
const LARGEST = 308;

/** A number as InfluxDB reads a float, and where it ends in the text that it was read from. */
export interface ReadNumber {
  /** With a dot, or with an exponent: digits alone would do, but this is how nagflux writes them. */
  readonly text: string;
  readonly end: number;
}

/**
 * Reads the number that begins at `start`. A decimal comma is a point. The digits stay as they were written:
 * `0.050` is `0.050`. Undefined: there is none, or more follows that looks like a part of it, as in `1.2.3`.
 */
export function readNumber(text: string, start: number): ReadNumber | undefined {
  const sign = text.charCodeAt(start);
  const whole = sign === MINUS || sign === PLUS ? start + 1 : start;
  const point = afterDigits(text, whole);
  const fraction = isPoint(text.charCodeAt(point)) ? point + 1 : point;
  const exponent = afterDigits(text, fraction);
  const isWithoutDigits = point === whole && exponent === fraction;
  if (isWithoutDigits) return undefined;
  const end = afterExponent(text, exponent);
  if (isPartOfNumber(text.charCodeAt(end))) return undefined;
  const minus = sign === MINUS ? "-" : "";
  const before = point === whole ? "0" : text.slice(whole, point);
  const behind = exponent === fraction ? "0" : text.slice(fraction, exponent);
  const number = `${minus}${before}.${behind}${end === exponent ? "" : withSign(text.slice(exponent, end))}`;
  const isLarge = end > exponent || point - whole > LARGEST;
  return isLarge && !Number.isFinite(Number(number)) ? undefined : { text: number, end };
}

function afterDigits(text: string, start: number): number {
  let at = start;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

/** `e-05`; one without a sign gets it, as InfluxDB 3 wants it. Without digits the letter begins a unit. */
function afterExponent(text: string, start: number): number {
  const letter = text.charCodeAt(start);
  if (letter !== SMALL_E && letter !== CAPITAL_E) return start;
  const sign = text.charCodeAt(start + 1);
  const digits = start + (sign === MINUS || sign === PLUS ? 2 : 1);
  const end = afterDigits(text, digits);
  return end === digits ? start : end;
}

function withSign(exponent: string): string {
  return isDigit(exponent.charCodeAt(1)) ? `${exponent.charAt(0)}+${exponent.slice(1)}` : exponent;
}

export function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isPoint(code: number): boolean {
  return code === DOT || code === COMMA;
}

function isPartOfNumber(code: number): boolean {
  return isDigit(code) || isPoint(code) || code === MINUS || code === PLUS;
}
