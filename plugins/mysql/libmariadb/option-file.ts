import { readFile } from "node:fs/promises";
import { CheckDeclined } from "../../../sdk/index.ts";
import { trimEnd } from "../../libc/trim-end.ts";

/** Options as they stand in the files, one after the other. The last of a name counts. */
export type OptionPairs = readonly (readonly [name: string, value: string])[];

/** Files that include others, at most. */
const MAX_DEPTH = 64;
/** Bytes of a line that libmariadb reads at once. */
const MAX_LINE = 4000;
const BLANKS = " \t\n\v\f\r";

/**
 * Reads the options of these groups from an option file (my.cnf) and from the files that it includes, as
 * `_mariadb_read_options_from_file` does. A file that is not there has no options. Declines what only
 * libmariadb reads.
 */
export async function readOptionFile(
  path: string,
  groups: readonly string[],
  depth = 0,
): Promise<OptionPairs> {
  const text = await readText(path);
  const found: OptionPairs[number][] = [];
  let state: "outside" | "reading" | "skipping" = "outside";
  for (const line of text.split(/(?<=\n)/)) {
    const step = readLine(line);
    if (step.kind === "include" && depth < MAX_DEPTH)
      found.push(...(await readOptionFile(step.path, groups, depth + 1)));
    if (step.kind === "group") state = groups.includes(step.name) ? "reading" : "skipping";
    if (step.kind === "broken" || (step.kind === "option" && state === "outside")) break;
    if (step.kind === "option" && state === "reading") found.push([step.name, step.value]);
  }
  return found;
}

type Step =
  | { readonly kind: "nothing" }
  /** The rest of the file is not read. */
  | { readonly kind: "broken" }
  | { readonly kind: "group"; readonly name: string }
  | { readonly kind: "include"; readonly path: string }
  | { readonly kind: "option"; readonly name: string; readonly value: string };

const NOTHING: Step = { kind: "nothing" };

async function readText(path: string): Promise<string> {
  try {
    const text = await readFile(path, "latin1");
    if (text.includes("\0")) throw new CheckDeclined("an option file of MySQL with a NUL byte");
    return text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return "";
    if (error instanceof CheckDeclined) throw error;
    throw new CheckDeclined("an option file of MySQL that cannot be read", { cause: error });
  }
}

function readLine(whole: string): Step {
  if (whole.length > MAX_LINE) throw new CheckDeclined("an option file of MySQL with a long line");
  const line = trimStart(whole);
  if (/^["'\\]/.test(line)) throw new CheckDeclined("an option file of MySQL that only libmariadb reads");
  if (line.startsWith("!")) return readInclude(line);
  if (line === "" || line.startsWith("#") || line.startsWith(";")) return NOTHING;
  return line.startsWith("[") ? readGroup(line) : readOption(line);
}

function readInclude(line: string): Step {
  const blank = line.indexOf(" ");
  if (blank < 0) return NOTHING;
  const [word, path] = [line.slice(1, blank), trimEnd(line.slice(blank + 1), BLANKS)];
  if (path === "" || !path.startsWith("/"))
    throw new CheckDeclined("an option file of MySQL with a relative path");
  if (word === "include") return { kind: "include", path };
  // Of a folder only this file is read.
  return word === "includedir" ? { kind: "include", path: `${path}/my.cnf` } : NOTHING;
}

function readGroup(line: string): Step {
  const end = line.indexOf("]");
  return end < 0 ? { kind: "broken" } : { kind: "group", name: trimEnd(line.slice(1, end), BLANKS) };
}

/** An option without `=` keeps its line break in its name, so it means nothing to libmariadb. */
function readOption(line: string): Step {
  const equals = line.indexOf("=");
  if (equals < 0 && line.endsWith("\n")) return { kind: "option", name: "", value: "" };
  if (equals < 0) throw new CheckDeclined("an option file of MySQL without a line break at its end");
  return {
    kind: "option",
    name: trimEnd(line.slice(0, equals), BLANKS).replaceAll("_", "-"),
    value: readEscapes(unquote(trimEnd(trimStart(line.slice(equals + 1)), BLANKS))),
  };
}

function unquote(value: string): string {
  if (!/^["']/.test(value)) return value;
  return value.slice(1, /["']$/.test(value) && value.length > 1 ? -1 : undefined);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", s: " " };

/** A backslash before another character stays. */
function readEscapes(value: string): string {
  return value.replace(/\\([\s\S])/g, (pair, char: string) =>
    /["'\\]/.test(char) ? char : (ESCAPES[char] ?? pair),
  );
}

function trimStart(text: string): string {
  return text.replace(/^[ \t\n\v\f\r]+/, "");
}
