import { readdirSync } from "node:fs";
import type { ByteString } from "../../byte-string.ts";
import { errorCode } from "../../error-text.ts";
import type { Pattern } from "./command-line.ts";

/** Errors with which a directory has no files to match. */
const NOTHING_THERE = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG"]);

/**
 * Whether sh may find files that match the word, and replace it. The question is answered for the part of the
 * path with the first `?` or `*`. A directory that cannot be read may hold anything.
 */
export function mayMatchFiles({ text, wild }: Pattern): boolean {
  const [first = 0] = wild;
  const start = text.lastIndexOf("/", first) + 1;
  const slash = text.indexOf("/", first);
  const end = slash < 0 ? text.length : slash;
  const names = listNames(text.slice(0, start) || ".");
  if (names === undefined) return true;
  const expression = [...text.slice(start, end)].map((character, at) =>
    wild.includes(start + at) ? ".*" : character.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&"),
  );
  const matches = new RegExp(`^${expression.join("")}$`, "s");
  return names.some((name) => matches.test(name));
}

/** Names as byte strings. Undefined where they cannot be read. */
function listNames(directory: ByteString): readonly ByteString[] | undefined {
  try {
    const names = readdirSync(Buffer.from(directory, "latin1"), "latin1");
    return [".", "..", ...names];
  } catch (error) {
    const code = errorCode(error) ?? "";
    return NOTHING_THERE.has(code) ? [] : undefined;
  }
}
