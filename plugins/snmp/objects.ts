import { CheckDeclined } from "../../sdk/index.ts";

/** One object as the plugin reads it out of snmpget's lines. */
export interface ReadObject {
  /** As far as the first character of the delimiter. */
  readonly name: string;
  /** All that follows the name: what regular expressions are matched against. */
  readonly response: string;
  readonly kind: ObjectKind;
  /** What is printed: the value without its type. */
  readonly value: string;
  /** All of a text of several lines, for the lines below the first. */
  readonly lines: readonly string[];
}

export type ObjectKind = "gauge" | "counter" | "integer" | "string" | "other";

/** The plugin looks for these words anywhere behind the name, in this order. */
const KINDS: readonly (readonly [word: string, kind: ObjectKind])[] = [
  ["Gauge: ", "gauge"],
  ["Gauge32: ", "gauge"],
  ["Counter32: ", "counter"],
  ["Counter64: ", "counter"],
  ["INTEGER: ", "integer"],
  ["OID: ", "other"],
  ["STRING: ", "string"],
];

/** What the plugin believes to stand between an object and its value; `-d` says otherwise. */
export const DELIMITER = " = ";

/**
 * Takes snmpget's lines for one object each, as many as were asked for. Only a text with quotes may go over several lines: of a long
 * hexadecimal value, the second line is taken for the next object, and ends the reading.
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

/** So many characters are skipped, whatever the delimiter: beyond the line's end lies what nobody knows. */
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

/** Whether a quote is open, as the plugin counts: a backslash stays in force until a quote or another one comes. */
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
