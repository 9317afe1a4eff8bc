import type { ByteString } from "../../../src/byte-string.ts";

const [BLANK, COMMA, EQUALS, BACKSLASH, DELETE] = [0x20, 0x2c, 0x3d, 0x5c, 0x7f];

export interface TagOptions {
  /** Put behind a value that ends in a backslash. */
  readonly afterBackslash: string;
  /** The database reads `\\` as one backslash: InfluxDB 3 and VictoriaMetrics do, versions 1 and 2 do not. */
  readonly doublesBackslashes: boolean;
}

/**
 * A tag's value for the line protocol. Blank, comma and `=` get a backslash; a control character is a blank,
 * as a line feed would end the line. A backslash at the end is refused, single or doubled, so it gets
 * something behind it. The others stay as they are, or are doubled.
 */
export function escapeTag(value: ByteString, { afterBackslash, doublesBackslashes }: TagOptions): ByteString {
  const end = value.length;
  const whole = value.charCodeAt(end - 1) === BACKSLASH ? value + afterBackslash : value;
  let at = 0;
  while (at < end && !isSpecial(value.charCodeAt(at), doublesBackslashes)) at += 1;
  return at === end ? whole : whole.slice(0, at) + escapeFrom(whole, at, doublesBackslashes);
}

function escapeFrom(value: ByteString, start: number, doublesBackslashes: boolean): ByteString {
  let escaped = "";
  let copied = start;
  for (let at = start; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (!isSpecial(code, doublesBackslashes)) continue;
    escaped += `${value.slice(copied, at)}\\${isControl(code) ? " " : value.charAt(at)}`;
    copied = at + 1;
  }
  return escaped + value.slice(copied);
}

function isSpecial(code: number, doublesBackslashes: boolean): boolean {
  if (code === BACKSLASH) return doublesBackslashes;
  return code <= BLANK || code === COMMA || code === EQUALS || code === DELETE;
}

function isControl(code: number): boolean {
  return code < BLANK || code === DELETE;
}
