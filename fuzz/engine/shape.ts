const MOST_DEPTH = 3;
const MOST_KEYS = 12;
const MOST_ITEMS = 4;
const MOST_LETTERS = 40;

/**
 * What kind of value this is, as a short text. An input whose result has a new shape gets further into the
 * code than the ones before, so it becomes a sample.
 */
export function shapeOf(value: unknown, depth = 0): string {
  switch (typeof value) {
    case "string":
      return `s${sizeOf(value.length)}`;
    case "number":
      return Number.isInteger(value) ? `n${sizeOf(Math.abs(value))}` : "f";
    case "object":
      return depth === MOST_DEPTH ? "o" : shapeOfObject(value, depth);
    case "boolean":
      return String(value);
    case "undefined":
    case "bigint":
    case "symbol":
    case "function":
      return typeof value;
  }
}

function shapeOfObject(value: object | null, depth: number): string {
  if (value === null) return "null";
  if (ArrayBuffer.isView(value)) return `b${sizeOf(value.byteLength)}`;
  if (value instanceof Map || value instanceof Set) return `m${sizeOf(value.size)}`;
  if (Array.isArray(value))
    return `[${sizeOf(value.length)}${value.slice(0, MOST_ITEMS).map((each) => shapeOf(each, depth + 1))}`;
  const entries = Object.entries(value).slice(0, MOST_KEYS);
  return `{${entries.map(([key, each]) => wordOf(key, each, depth)).join()}}`;
}

/** A word of a closed list tells alternatives apart. */
function wordOf(key: string, value: unknown, depth: number): string {
  const isWord = typeof value === "string" && /^(?:kind|type|via|state|rule|said)$/.test(key);
  return isWord ? value.slice(0, MOST_LETTERS) : shapeOf(value, depth + 1);
}

function sizeOf(count: number): number {
  return count === 0 ? 0 : 1 + Math.min(4, Math.floor(Math.log2(count) / 3));
}

/** The shape of an error: its words without what varies. */
export function shapeOfError(error: unknown): string {
  if (!(error instanceof Error)) return `thrown ${typeof error}`;
  const words = error.message.replace(/'[^']*'|"[^"]*"|[0-9]+/g, "#").slice(0, 80);
  return `${error.name}: ${words}`;
}
