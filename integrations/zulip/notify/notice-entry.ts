import type { Macros } from "./notice.ts";

/** What the notifier keeps in its spool of one notification. */
export interface NoticeEntry {
  readonly time: number;
  readonly macros: Macros;
}

/** Larger than any entry, so that a spool of few entries need not be measured. */
export const MAX_ENTRY_BYTES = 64 * 1024;
const SHORT_VALUE = 512;

export function encodeEntry({ time, macros }: NoticeEntry): Buffer {
  const whole = encode(time, macros, Number.POSITIVE_INFINITY);
  return whole.length <= MAX_ENTRY_BYTES ? whole : encode(time, macros, SHORT_VALUE);
}

/** Values of control characters take six bytes each, so a hundred short ones may still be too much. */
function encode(time: number, macros: Macros, longest: number): Buffer {
  let left = MAX_ENTRY_BYTES;
  const kept: Record<string, string> = {};
  for (const [name, value] of macros) {
    const short = value.slice(0, longest).toWellFormed();
    left -= Buffer.byteLength(JSON.stringify([name, short]));
    if (left > 0 || longest === Number.POSITIVE_INFINITY) kept[name] = short;
  }
  return Buffer.from(JSON.stringify({ version: 1, time, macros: kept }), "utf8");
}

/** Undefined: it is no entry of ours. */
export function decodeEntry(bytes: Uint8Array): NoticeEntry | undefined {
  const value = parse(bytes);
  const { version, time, macros } = Object(value) as {
    readonly version?: unknown;
    readonly time?: unknown;
    readonly macros?: unknown;
  };
  if (version !== 1 || typeof time !== "number" || typeof macros !== "object" || macros === null)
    return undefined;
  const texts = Object.entries(macros).filter(
    (pair): pair is [string, string] => typeof pair[1] === "string",
  );
  return { time, macros: new Map(texts) };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}
