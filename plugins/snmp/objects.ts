import { CheckDeclined } from "../../sdk/index.ts";

/** One object, as the plugin reads it from snmpget's lines. */
export interface ReadObject {
  /** The line up to the first character of the delimiter. */
  readonly name: string;
  /** All that follows the name. Regular expressions are searched in it. */
  readonly response: string;
  readonly kind: ObjectKind;
  /** The value without its type, which is printed. */
  readonly value: string;
  /** All lines of a text of several lines, which are printed below the first line of the output. */
  readonly lines: readonly string[];
}

export type ObjectKind = "gauge" | "counter" | "integer" | "string" | "other";

/** The plugin searches these words anywhere after the name, in this order. */
const KINDS: readonly (readonly [word: string, kind: ObjectKind])[] = [
  ["Gauge: ", "gauge"],
  ["Gauge32: ", "gauge"],
  ["Counter32: ", "counter"],
  ["Counter64: ", "counter"],
  ["INTEGER: ", "integer"],
  ["OID: ", "other"],
  ["STRING: ", "string"],
];

/** The text between an object and its value, unless `-d` gives another one. */
export const DELIMITER = " = ";

/**
 * Reads one object from each of snmpget's lines, as many as were asked for. Only a text in quotes may have
 * several lines. The second line of a long hexadecimal value is taken for the next object, and ends the
 * reading.
 */
export function readObjects(
  lines: readonly string[],
  count: number,
  delimiter = DELIMITER,
): readonly ReadObject[] {
  const objects: ReadObject[] = [];
  const quotes = new Quotes();
  const rest = lines.values();
  for (const line of rest) {
    const at = line.indexOf(delimiter);
    if (at < 0 || objects.length >= count) break;
    objects.push(readObject(readName(line, delimiter), line.slice(at), quotes, rest));
  }
  return objects;
}

function readName(line: string, delimiter: string): string {
  let end = 0;
  while (!delimiter.includes(line.charAt(end))) end += 1;
  return line.slice(0, end);
}

function readObject(name: string, response: string, quotes: Quotes, rest: Iterator<string>): ReadObject {
  const [word, kind] = KINDS.find(([each]) => response.includes(each)) ?? ["", "other"];
  const value = word === "" ? readUntyped(response) : response.slice(response.indexOf(word) + word.length);
  if (kind !== "string") return { name, response, kind, value, lines: [] };
  quotes.read(value);
  if (!quotes.isOpen) return { name, response, kind, value, lines: [] };
  return {
    name,
    response,
    kind,
    value: value.startsWith('"') ? value.slice(1) : value,
    lines: [value, ...readRest(rest, quotes)],
  };
}

const SKIPPED = 3;

/**
 * The plugin skips this many characters, whatever the delimiter is. Where the line is shorter, it reads
 * beyond its memory.
 */
function readUntyped(response: string): string {
  if (response.length < SKIPPED) throw new CheckDeclined("a delimiter at the end of a value");
  const at = response.indexOf("Timeticks: ");
  return response.slice(at < 0 ? SKIPPED : at);
}

function readRest(rest: Iterator<string>, quotes: Quotes): readonly string[] {
  const lines: string[] = [];
  for (let next = rest.next(); !next.done; next = rest.next()) {
    lines.push(next.value);
    quotes.read(next.value);
    if (!quotes.isOpen) break;
  }
  return lines;
}

/**
 * Tells whether a quote is open, as the plugin counts: a backslash counts until a quote or another backslash
 * comes.
 */
class Quotes {
  #isOpen = false;
  #hasBackslash = false;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  read(text: string): void {
    let at = 0;
    do {
      this.#count(text[at]);
      at += 1;
      while (at < text.length && text[at] !== '"' && text[at] !== "\\") at += 1;
      if (this.#isOpen && at < text.length) continue;
      return;
    } while (at < text.length);
  }

  #count(character: string | undefined): void {
    if (character === "\\") this.#hasBackslash = !this.#hasBackslash;
    if (character !== '"') return;
    if (!this.#isOpen) this.#isOpen = true;
    else if (!this.#hasBackslash) this.#isOpen = false;
    else this.#hasBackslash = false;
  }
}
