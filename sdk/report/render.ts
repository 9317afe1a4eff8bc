import { type Range, renderRange } from "../range.ts";

/** A number in perfdata: decimal, with a point, without an exponent, and with no more digits than help. */
export function renderNumber(value: number | bigint, factor = 1): string {
  if (typeof value === "bigint") return factor === 1 ? `${value}` : renderNumber(Number(value), factor);
  const product = value * factor;
  const scaled = Number.isInteger(product) ? product : Number(product.toPrecision(10));
  const text = `${scaled}`;
  if (!text.includes("e")) return text;
  return Number.isInteger(scaled) ? `${BigInt(scaled)}` : scaled.toFixed(20).replace(/0+$/, "");
}

/** A number for people: four digits, or one decimal for large numbers. */
export function renderShort(value: number | bigint): string {
  if (typeof value === "bigint") return `${value}`;
  const short = Math.abs(value) >= 1000 ? Number(value.toFixed(1)) : Number(value.toPrecision(4));
  return renderNumber(short);
}

/** A threshold as the operator wrote it, or in the unit of the perfdata. */
export function renderThreshold(range: Range | undefined, factor: number): string {
  if (range === undefined) return "";
  if (factor === 1) return renderRange(range);
  const { start, end, alertsInside } = range;
  const from =
    start === Number.NEGATIVE_INFINITY ? "~:" : start === 0 ? "" : `${renderNumber(start, factor)}:`;
  const to = end === Number.POSITIVE_INFINITY ? "" : renderNumber(end, factor);
  return `${alertsInside ? "@" : ""}${from === "" && to === "" ? "0:" : from}${to}`;
}

/** A quote in a label is doubled. What no label may have becomes `_`. */
export function renderLabel(label: string): string {
  const clean = label.replace(/[=|\p{Cc}]/gu, "_");
  return /[' ;]/.test(clean) || clean === "" ? `'${clean.replaceAll("'", "''")}'` : clean;
}

/** A `|` would begin the perfdata, and a line break would end the text. */
export function onOneLine(text: string): string {
  return cleanLine(text).replace(/\s*[\r\n]+\s*/g, " ");
}

/** A line of the long output. It may be several. */
export function cleanLine(text: string): string {
  return text.replaceAll("|", "/").replaceAll("\0", "");
}
