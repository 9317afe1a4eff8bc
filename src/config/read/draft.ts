import { fromByteString } from "../../byte-string.ts";
import type { OptionFinder } from "../find-option.ts";
import type { Kind } from "../kinds/kind.ts";
import { type Origin, type Problem, type Remark, warning } from "../problem.ts";
import { quote, quoteLoneWord } from "../quote.ts";
import type { ConfigEntry } from "./entry.ts";

/** The written values by the name of their option: read, but without defaults and not checked as a whole. */
export interface Draft {
  readonly values: ReadonlyMap<string, unknown>;
  readonly origins: ReadonlyMap<string, readonly Origin[]>;
}

interface Drafting {
  readonly finder: OptionFinder;
  readonly report: (problem: Problem) => void;
}

/** Takes the entries in their order: the last single value wins, lists add up. */
export function draftConfig(entries: readonly ConfigEntry[], { finder, report }: Drafting): Draft {
  const values = new Map<string, unknown>();
  const origins = new Map<string, readonly Origin[]>();
  for (const [index, entry] of entries.entries()) {
    const say = (remark: Remark) =>
      report({ ...remark, message: fromByteString(remark.message), ...entry.origin });
    const option = finder.find(entry.key);
    if (option === undefined) {
      say(unknownOption(finder, entry, entries[index - 1]));
      continue;
    }
    const text = entry.text ?? option.kind.bare;
    if (text === undefined) {
      say(warning(`${entry.key} needs a value, ignored`, `write ${entry.key}=VALUE`));
      continue;
    }
    if (entry.isCut && option.kind.isText) say(cutAtHash(entry, option.kind));
    const { value, remarks } = option.kind.read({ key: entry.key, text }, values.get(option.name));
    remarks.forEach(say);
    const earlier = option.kind.isList ? (origins.get(option.name) ?? []) : [];
    values.set(option.name, value);
    origins.set(option.name, value === undefined ? [] : [...earlier, entry.origin]);
  }
  return { values, origins };
}

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
