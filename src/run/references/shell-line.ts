import type { ByteString } from "../../byte-string.ts";
import { REFERENCE_HERE } from "./reference.ts";

/** A line in which each secret is a part of one word, or why this cannot be made sure. */
export type FilledLine =
  | { readonly kind: "filled"; readonly line: ByteString }
  | { readonly kind: "odd"; readonly name: string; readonly why: string };

/** Where a shell is in a line. */
type Place = "bare" | "single" | "double";

/**
 * Puts secrets into a line that a shell will read, each in single quotes. So a shell takes every character of
 * a secret as itself, wherever in a word the reference stands. A line with anything that would make a shell
 * read a part of it by other rules is odd.
 */
export function fillShellLine(line: ByteString, secrets: ReadonlyMap<string, ByteString>): FilledLine {
  let place: Place = "bare";
  let filled = "";
  let last = "";
  for (let at = 0; at < line.length; ) {
    const [reference, name = ""] = matchHere(line, at) ?? [];
    if (reference !== undefined) {
      const secret = secrets.get(name);
      if (secret === undefined) return { kind: "odd", name, why: "it was not read" };
      if (place !== "single" && filled.endsWith("$"))
        return { kind: "odd", name, why: "a $ stands before it" };
      filled += quoteAt(place, secret);
      at += reference.length;
      last = name;
      continue;
    }
    const step = readStep(line, at, place);
    if (typeof step === "string") return { kind: "odd", name: last || firstName(line), why: step };
    filled += line.slice(at, at + step.length);
    at += step.length;
    place = step.place;
  }
  if (place !== "bare") return { kind: "odd", name: last, why: "a quote is not closed" };
  return { kind: "filled", line: filled };
}

function matchHere(line: ByteString, at: number): RegExpExecArray | null {
  REFERENCE_HERE.lastIndex = at;
  return REFERENCE_HERE.exec(line);
}

function firstName(line: ByteString): string {
  const at = line.indexOf("$SECRET:");
  return matchHere(line, at)?.[1] ?? "";
}

function quoteAt(place: Place, secret: ByteString): ByteString {
  const inQuotes = secret.replaceAll("'", "'\\''");
  switch (place) {
    case "bare":
      return `'${inQuotes}'`;
    case "single":
      return inQuotes;
    case "double":
      return `"'${inQuotes}'"`;
  }
}

interface Step {
  readonly length: number;
  /** Where the shell is behind it. */
  readonly place: Place;
}

/** One character, or an escaped one. A string: what the line has that is read by other rules. */
function readStep(line: ByteString, at: number, place: Place): Step | string {
  const character = line.charAt(at);
  if (place === "single") return { length: 1, place: character === "'" ? "bare" : "single" };
  const next = line.charAt(at + 1);
  if (character === "\\") {
    if (matchHere(line, at + 1) !== null) return "a backslash stands before it";
    return { length: 2, place };
  }
  if (character === "`") return "the line has a `";
  if (character === "$" && /[({'"]/.test(next) && !(place === "double" && /['"]/.test(next)))
    return `the line has $${next}`;
  if (place === "double") return { length: 1, place: character === '"' ? "bare" : "double" };
  return readBare(line, at);
}

function readBare(line: ByteString, at: number): Step | string {
  const character = line.charAt(at);
  const two = line.slice(at, at + 2);
  if (two === "<<" || two === "((") return `the line has ${two}`;
  if (character === "#" && (at === 0 || /[\s;&|()]/.test(line.charAt(at - 1))))
    return "the line has a comment";
  if (character === "'") return { length: 1, place: "single" };
  return { length: 1, place: character === '"' ? "double" : "bare" };
}
