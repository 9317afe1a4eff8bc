import { realpathSync } from "node:fs";
import { posix } from "node:path";
import type { ByteString } from "../../byte-string.ts";
import type { Refusal } from "../../outcome/refusal.ts";
import type { CommandLine } from "./command-line.ts";

/** Why the worker must not run this command line. Undefined: it may. */
export type Restriction = (line: ByteString, command: CommandLine) => Refusal | undefined;

export interface RestrictionOptions {
  /** Directories and files. A command must be one of the files, or lie in one of the directories. */
  readonly restrictPath: readonly ByteString[];
  /** No command line may contain one of these characters. */
  readonly restrictCommandCharacters: ByteString;
  /** Follows every symbolic link of a path. Undefined: the path leads nowhere. */
  readonly realPath?: (path: ByteString) => ByteString | undefined;
}

/**
 * The C worker's three tests in the C worker's order, without its gaps: the path is looked at as the kernel
 * will follow it, and a command line that needs a shell, or might need one for its patterns, is refused.
 * Undefined: no path is configured.
 */
export function createRestriction(options: RestrictionOptions): Restriction | undefined {
  const { restrictPath, restrictCommandCharacters, realPath = readRealPath } = options;
  if (restrictPath.length === 0) return undefined;
  const forbidden = [...restrictCommandCharacters, "\n"];
  return (line, command) => {
    if (!line.startsWith("/")) return { rule: "no-absolute-path", commandLine: line };
    const [path] = command.kind === "words" && command.patterns.length === 0 ? command.words : [];
    if (path === undefined || forbidden.some((character) => line.includes(character))) {
      return { rule: "forbidden-character", commandLine: line };
    }
    if (isAllowed(path, restrictPath, realPath)) return undefined;
    return { rule: "outside-restrict-path", commandLine: line };
  };
}

type RealPath = (path: ByteString) => ByteString | undefined;

/**
 * A path must be allowed as it is written, with `..` resolved, and with all links followed. A path that leads
 * nowhere is allowed: exec reports it.
 */
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
