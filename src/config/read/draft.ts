import { join } from "node:path";
import { fromByteString, toByteString } from "../../byte-string.ts";
import type { OptionFinder } from "../find-option.ts";
import type { Kind } from "../kinds/kind.ts";
import type { ConfigOption } from "../option.ts";
import { error, type Origin, type Problem, type Remark, warning } from "../problem.ts";
import { quote, quoteLoneWord } from "../quote.ts";
import { COMMAND_LINE } from "./arguments.ts";
import type { ConfigEntry } from "./entry.ts";
import type { Problems } from "./problems.ts";

/** The written values by the name of their option: read, but without defaults and not checked as a whole. */
export interface Draft {
  readonly values: ReadonlyMap<string, unknown>;
  readonly origins: ReadonlyMap<string, readonly Origin[]>;
  /** Options that were written and could not be read: they are not missing. */
  readonly failed: ReadonlySet<string>;
}

interface Drafting {
  readonly finder: OptionFinder;
  readonly problems: Pick<Problems, "report" | "isNoConfiguration">;
  /** Where relative paths of the command line begin. */
  readonly cwd: string;
}

/** Takes the entries in their order: the last single value wins, lists add up. */
export function draftConfig(entries: readonly ConfigEntry[], { finder, problems, cwd }: Drafting): Draft {
  const drafting: Drafted = { values: new Map(), origins: new Map(), failed: new Set() };
  for (const [index, entry] of entries.entries()) {
    if (problems.isNoConfiguration(entry.origin.file)) continue;
    const say: Say = (remark) =>
      problems.report({ ...remark, message: fromByteString(remark.message), ...entry.origin });
    const option = finder.find(entry.key);
    if (option === undefined) say(unknownOption(finder, entry, entries[index - 1]));
    else if (isFull(option, drafting)) problems.report(tooManyLines(option, entry));
    else draftEntry(resolvePlace(entry, option, cwd), option, { ...drafting, say });
  }
  return drafting;
}

type Say = (remark: Remark) => void;

interface Drafted {
  readonly values: Map<string, unknown>;
  readonly origins: Map<string, readonly Origin[]>;
  readonly failed: Set<string>;
}

/** A shell has completed the path from the working directory. A file of the configuration knows none. */
function resolvePlace(entry: ConfigEntry, { kind }: ConfigOption, cwd: string): ConfigEntry {
  const { text = "", origin } = entry;
  const isRelative = kind.isPlace === true && text !== "" && !text.startsWith("/");
  if (!isRelative || origin.file !== COMMAND_LINE.file) return entry;
  return { ...entry, text: join(toByteString(cwd), text) };
}

function draftEntry(
  entry: ConfigEntry,
  { name, kind }: ConfigOption,
  { values, origins, failed, say }: Drafted & { readonly say: Say },
): void {
  const text = entry.text ?? kind.bare;
  if (text === undefined) {
    say(warning(`${entry.key} needs a value, ignored`, `write ${entry.key}=VALUE`));
    return;
  }
  if (entry.isCut && kind.isText) say(cutAtHash(entry, kind));
  const { value, remarks } = kind.read({ key: entry.key, text }, values.get(name));
  remarks.forEach(say);
  if (remarks.some(({ severity }) => severity === "error")) failed.add(name);
  if (isQuoted(kind, text)) say(warning(`the quotes belong to the value of ${entry.key}`, "leave them out"));
  const last = origins.get(name)?.at(-1);
  if (!kind.isList && last !== undefined && isAbove(last, entry) && values.get(name) !== undefined)
    say(
      warning(`${entry.key} was given before in line ${last.line}, this line counts`, "remove one of them"),
    );
  const earlier = kind.isList ? (origins.get(name) ?? []) : [];
  values.set(name, value);
  origins.set(name, value === undefined ? [] : [...earlier, entry.origin]);
}

/** No shell reads the file, so quotes are characters like any other. */
function isQuoted({ isText }: Kind<unknown>, text: string): boolean {
  return isText === true && /^(["']).*\1$/s.test(text) && text.length > 1;
}

/** In the same file, which may be read twice. What another file says before is meant to be replaced. */
function isAbove({ file, line = 0 }: Origin, { origin }: ConfigEntry): boolean {
  return file === origin.file && line < (origin.line ?? 0);
}

/** With each line of a list the values of the earlier ones are copied. */
const MAX_LIST_LINES = 1000;
const MAX_LIST = 10_000;

function isFull({ name, kind }: ConfigOption, { values, origins }: Drafted): boolean {
  const before = kind.isList && values.get(name);
  if (!Array.isArray(before)) return false;
  return before.length >= MAX_LIST || (origins.get(name)?.length ?? 0) >= MAX_LIST_LINES;
}

/** It is told once for a file, as the problem has no line. */
function tooManyLines({ name }: ConfigOption, { origin: { file } }: ConfigEntry): Problem {
  return { ...error(`${name} has more than ${MAX_LIST_LINES} lines or ${MAX_LIST} values`), file };
}

/** As in an INI file. */
const SECTION = /^\[[a-z][a-z_-]{0,30}\]$/;

/**
 * The first two words are the C worker's. The text behind a key without `=` may be a secret: it is not
 * repeated.
 */
function unknownOption(
  { find, nearest }: OptionFinder,
  { key, text }: ConfigEntry,
  previous: ConfigEntry | undefined,
): Remark {
  const isAfterBareSecret = previous?.text === undefined && find(previous?.key ?? "")?.kind.isSecret;
  if (isAfterBareSecret) return warning("unknown option '****'", "write key=VALUE, without a blank");
  if (text === undefined && SECTION.test(key))
    return warning(`unknown option ${quote(key)}`, "a worker.conf has no sections, leave it out");
  const [word = ""] = /^[\w-]*/.exec(key) ?? [];
  if (word !== "" && word !== key) {
    const hint = find(word) === undefined ? "write KEY=VALUE" : `write ${word}=VALUE`;
    return warning(`unknown option ${quoteLoneWord(word).replace(/'$/, "...'")}`, hint);
  }
  const spelling = nearest(key);
  if (spelling !== undefined) return warning(`unknown option ${quote(key)}`, `did you mean ${spelling}?`);
  // `=` at the end of a key may be the padding of base64.
  const standsAlone = text === undefined || text === "" || text === "=";
  return warning(`unknown option ${standsAlone ? quoteLoneWord(key) : quote(key)}`);
}

function cutAtHash({ key }: ConfigEntry, { isSecret }: Kind<unknown>): Remark {
  const way = isSecret ? "put the key into a keyfile" : "put a blank before a comment";
  return warning(`the value of ${key} was cut at '#', which starts a comment`, way);
}
