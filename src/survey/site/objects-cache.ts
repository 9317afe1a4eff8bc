import type { ByteString } from "../../byte-string.ts";
import { ConfigError, error } from "../../config/problem.ts";

/** One `define` of objects.cache, with its keys as the core has written them. */
export interface CacheObject {
  readonly kind: string;
  readonly values: ReadonlyMap<string, ByteString>;
}

const BEGIN = /^define\s+(\w+)\s*\{$/;

/**
 * Reads objects.cache of Naemon, Nagios or Icinga 1. It is data, not configuration: a `;` is no comment, a
 * backslash continues no line, and templates and groups are resolved. A key ends with the first blank or tab.
 * Throws a ConfigError that names the line.
 */
export function readObjectsCache(text: ByteString, file: string): readonly CacheObject[] {
  const objects: CacheObject[] = [];
  let open:
    | { readonly kind: string; readonly values: Map<string, ByteString>; readonly line: number }
    | undefined;
  const fail = (message: string, line: number): never => {
    throw new ConfigError([{ ...error(message, HINT), file, line }]);
  };
  let number = 0;
  for (const raw of text.split("\n")) {
    number += 1;
    const line = raw.replace(/^[ \t]+|\r$/g, "");
    if (line === "" || (open === undefined && line.startsWith("#"))) continue;
    const begin = BEGIN.exec(line)?.[1];
    if (open === undefined) {
      if (begin === undefined) return fail("expected: define KIND {", number);
      open = { kind: begin, values: new Map(), line: number };
    } else if (begin !== undefined) {
      return fail(`a new object begins in the ${open.kind} of line ${open.line}`, number);
    } else if (line === "}") {
      objects.push({ kind: open.kind, values: open.values });
      open = undefined;
    } else addValue(open.values, line);
  }
  if (open !== undefined) return fail(`the file ends in this ${open.kind}`, open.line);
  return objects;
}

const HINT = "name the objects.cache that the core has written; it is whole once the core has started";

/** The core strips blanks from values; some versions leave one behind a key without a value. */
function addValue(values: Map<string, ByteString>, line: string): void {
  const end = line.search(/[ \t]/);
  const key = end < 0 ? line : line.slice(0, end);
  values.set(key, end < 0 ? "" : strip(line.slice(end + 1)));
}

/** A regular expression would read a long row of blanks again from each of them on. */
function strip(value: string): string {
  let end = value.length;
  while (end > 0 && " \t".includes(value.charAt(end - 1))) end -= 1;
  return value.slice(0, end).replace(/^[ \t]+/, "");
}
