import { readNumber } from "./read-number.ts";

/** The numbers of a threshold: one, or the two ends of a range. */
export interface Range {
  readonly numbers: readonly [string] | readonly [min: string, max: string];
  /** The alert is inside of the range: `@`. */
  readonly isInner: boolean;
}

/** `80`, `3:`, `:46`, `~:2` have one number, `2:4` and `@2:4` two. Undefined: it is no range. */
export function readRange(text: string): Range | undefined {
  const numbers: string[] = [];
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (!mayBeginNumber(code)) {
      at += 1;
      continue;
    }
    const read = readNumber(text, at);
    if (read === undefined || numbers.length === 2) return undefined;
    numbers.push(read.text);
    at = read.end;
  }
  const [first, second] = numbers;
  if (first === undefined) return undefined;
  const isInner = text.startsWith("@");
  return { numbers: second === undefined ? [first] : [first, second], isInner };
}

/** A digit, a sign or a point. */
function mayBeginNumber(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x2b && code <= 0x2e);
}
