import { realpathSync } from "node:fs";
import { posix } from "node:path";
import type { ByteString } from "../../byte-string.ts";
import type { Refusal } from "../../outcome/refusal.ts";
import { withoutReferences } from "../references/reference.ts";
import type { CommandLine } from "./command-line.ts";
import { isWrapper } from "./wrappers.ts";

/** Why the worker must not run this command line. Undefined: it may. */
export type Restriction = (line: ByteString, command: CommandLine) => Refusal | undefined;

export interface RestrictionOptions {
  /** Directories and files. A command must be one of the files, or lie in one of the directories. */
  readonly restrictPath: readonly ByteString[];
  /** No command line may contain one of these characters. */
  readonly restrictCommandCharacters: ByteString;
  /** The directory of secrets. If there is one, the dollars of a reference to a secret are none of these. */
  readonly secretDir?: string | undefined;
  /** Follows every symbolic link of a path. Undefined: the path leads nowhere. */
  readonly realPath?: (path: ByteString) => ByteString | undefined;
}

/**
 * The C worker's three tests in the C worker's order, without its gaps: the path is looked at as the kernel
 * will follow it, and a command line that needs a shell, or might need one for its patterns, is refused.
 * Undefined: no path is configured.
 */
export function createRestriction(options: RestrictionOptions): Restriction | undefined {
  const { restrictPath, restrictCommandCharacters, secretDir, realPath = readRealPath } = options;
  if (restrictPath.length === 0) return undefined;
  const forbidden = [...restrictCommandCharacters, "\n"];
  const hasForbidden = (line: ByteString) => forbidden.some((character) => line.includes(character));
  const isForbidden = (line: ByteString) =>
    hasForbidden(line) && (secretDir === undefined || hasForbidden(withoutReferences(line)));
  return (line, command) => {
    if (!line.startsWith("/")) return { rule: "no-absolute-path", commandLine: line };
    const [path] = command.kind === "words" && command.patterns.length === 0 ? command.words : [];
    if (path === undefined || isForbidden(line)) {
      return { rule: "forbidden-character", commandLine: line };
    }
    const real = realPath(path);
    if (!isAllowed({ path, real }, restrictPath, realPath))
      return { rule: "outside-restrict-path", commandLine: line };
    const wrapper = posix.basename(path);
    return hidesWrapper(wrapper, real) ? { rule: "hidden-command", wrapper, commandLine: line } : undefined;
  };
}

type RealPath = (path: ByteString) => ByteString | undefined;

interface NamedFile {
  readonly path: ByteString;
  /** With all links followed. Undefined: the path leads nowhere. */
  readonly real: ByteString | undefined;
}

/**
 * A path must be allowed as it is written, with `..` resolved, and with all links followed. A path that leads
 * nowhere is allowed: exec reports it.
 */
function isAllowed({ path, real }: NamedFile, allowed: readonly ByteString[], realPath: RealPath): boolean {
  if (!isUnderAny(path, allowed) || !isUnderAny(posix.normalize(path), allowed)) return false;
  return (
    real === undefined ||
    isUnderAny(
      real,
      allowed.map((each) => realPath(each) ?? each),
    )
  );
}

/** The name of a file that is a link of another name to a wrapper. Undefined: it is none. */
export function findHiddenWrapper(path: ByteString): ByteString | undefined {
  const name = posix.basename(path);
  return path.includes("/") && hidesWrapper(name, readRealPath(path)) ? name : undefined;
}

/** A link of another name leads to a wrapper. Its words were not read as a wrapper's. */
function hidesWrapper(name: ByteString, real: ByteString | undefined): boolean {
  return real !== undefined && !isWrapper(name) && isWrapper(posix.basename(real));
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
