import { realpathSync } from "node:fs";
import { posix } from "node:path";
import type { ByteString } from "../byte-string.ts";
import type { CommandLine } from "./command-line.ts";

/** Why the worker must not run this command line; undefined: it may. */
export type Restriction = (line: ByteString, command: CommandLine) => string | undefined;

export interface RestrictionOptions {
  /** Directories and files a command must be in. */
  readonly restrictPath: readonly ByteString[];
  /** No command line may contain one of these characters. */
  readonly restrictCommandCharacters: ByteString;
  /** Where a path leads when every symlink is followed; undefined where it leads nowhere. */
  readonly realPath?: (path: ByteString) => ByteString | undefined;
}

/**
 * The C worker's three tests, in its order and words, made so that they cannot be walked around: the path is looked at as
 * the kernel will follow it, and nothing is left to a shell.
 */
export function createRestriction(options: RestrictionOptions): Restriction | undefined {
  const { restrictPath, restrictCommandCharacters, realPath = readRealPath } = options;
  if (restrictPath.length === 0) return undefined;
  const forbidden = [...restrictCommandCharacters, "\n"];
  return (line, command) => {
    const shown = `${line.slice(0, 8)}...`;
    if (!line.startsWith("/")) {
      return `ERROR: restricted paths in affect, but command does not start with an absolute path: ${shown}`;
    }
    const [path] = command.kind === "words" ? command.words : [];
    if (path === undefined || forbidden.some((character) => line.includes(character))) {
      return `ERROR: restricted paths in affect, but command contains forbidden character(s): ${shown}`;
    }
    if (!isAllowed(path, restrictPath, realPath)) {
      return `ERROR: command does not start with any of the restricted paths: ${shown}`;
    }
    return undefined;
  };
}

type RealPath = (path: ByteString) => ByteString | undefined;

/** Allowed as written, with `..` resolved, and where it really leads. A path that leads nowhere is for exec to report. */
function isAllowed(path: ByteString, allowed: readonly ByteString[], realPath: RealPath): boolean {
  if (!isUnderAny(path, allowed) || !isUnderAny(posix.normalize(path), allowed)) return false;
  const real = realPath(path);
  return (
    real === undefined ||
    isUnderAny(
      real,
      allowed.map((each) => realPath(each) ?? each),
    )
  );
}

function isUnderAny(path: ByteString, allowed: readonly ByteString[]): boolean {
  return allowed.some((each) => path === each || path.startsWith(each.endsWith("/") ? each : `${each}/`));
}

function readRealPath(path: ByteString): ByteString | undefined {
  try {
    return realpathSync.native(Buffer.from(path, "latin1"), "latin1");
  } catch {
    return undefined;
  }
}
