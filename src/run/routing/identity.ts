import { type BigIntStats, readFileSync, realpathSync, statSync } from "node:fs";
import { posix } from "node:path";
import type { Check, Replaces } from "../../../sdk/check.ts";
import { type ByteString, toByteString } from "../../byte-string.ts";
import { SHARED_BINARIES } from "./shared-binaries.ts";

/** What the file is that a command line names. */
export interface Identity {
  /**
   * `replaced`: the plugin that the check replaces, so the check may answer. `absent`: there is no file, so
   * the check may answer, too. `foreign`: any other file, which is executed.
   */
  readonly kind: "replaced" | "absent" | "foreign";
  /** The reason in words. */
  readonly why: string;
}

/** Looks at a file, and tells whether it is the plugin that the check replaces. */
export type Identify = (path: ByteString, check: Pick<Check, "name" | "replaces">) => Identity;

export interface IdentificationOptions {
  /** A clock in milliseconds. Where it starts does not matter. */
  readonly now?: () => number;
  /** How long an identity is used before the file is looked at again. */
  readonly lookAgainAfterMs?: number;
  /** `PATH`, in which a name without a `/` is looked for, as it is when it is executed. */
  readonly searchPath?: string | undefined;
}

type Found = BigIntStats | "absent" | "unreadable";

/** What was found out about one path. */
interface KnownFile {
  readonly check: Pick<Check, "name" | "replaces">;
  readonly identity: Identity;
  /** Another one if another file has the path, or the file has changed. */
  readonly fingerprint: string;
  readonly lookedAt: number;
}

const MAX_KNOWN = 10_000;

/** Notices within seconds that an update has replaced a plugin. Until then a job costs a map lookup. */
export function createIdentification(options: IdentificationOptions = {}): Identify {
  const {
    now = () => performance.now(),
    lookAgainAfterMs = 3000,
    searchPath = process.env["PATH"],
  } = options;
  const known = new Map<ByteString, KnownFile>();
  return (path, check) => {
    const before = known.get(path);
    const lookedAt = now();
    const isKnown = before !== undefined && before.check === check;
    if (isKnown && lookedAt - before.lookedAt < lookAgainAfterMs) return before.identity;
    const file = findFile(path, searchPath);
    const found = file === undefined ? "absent" : lookAt(file);
    const fingerprint = readFingerprint(found);
    const isSame = isKnown && before.fingerprint === fingerprint;
    const identity = isSame ? before.identity : identify(file ?? path, found, check);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(path, { check, identity, fingerprint, lookedAt });
    return identity;
  };
}

/** Undefined: no folder of PATH has an executable file of this name. An empty folder is the current one. */
function findFile(path: ByteString, searchPath = ""): ByteString | undefined {
  if (path.includes("/")) return path;
  const paths = searchPath
    .split(":")
    .map((folder) => `${toByteString(folder === "" ? "." : folder)}/${path}`);
  return paths.find((each) => {
    const found = lookAt(each);
    return typeof found !== "string" && found.isFile() && (found.mode & EXECUTABLE) !== 0n;
  });
}

function lookAt(path: ByteString): Found {
  try {
    return statSync(Buffer.from(path, "latin1"), { bigint: true, throwIfNoEntry: false }) ?? "absent";
  } catch {
    return "unreadable";
  }
}

function readFingerprint(found: Found): string {
  if (typeof found === "string") return found;
  return `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

const EXECUTABLE = 0o111n;
/**
 * In bytes. Plugins are smaller than 200 KB, programs in Go have 10 MB; no larger file is read into memory.
 */
const MAX_SIZE = 4_194_304n;
const MAX_GO_SIZE = 33_554_432n;

function identify(path: ByteString, found: Found, check: Pick<Check, "name" | "replaces">): Identity {
  if (found === "absent") return { kind: "absent", why: "the file named does not exist" };
  if (found === "unreadable") return executed("the file named cannot be looked at");
  if (!found.isFile() || (found.mode & EXECUTABLE) === 0n)
    return executed("the file named is not executable");
  if (check.replaces?.folder !== undefined) return identifyOwn(path, check.name, check.replaces.folder);
  const isGo = check.replaces?.program !== undefined;
  if (found.size > (isGo ? MAX_GO_SIZE : MAX_SIZE))
    return executed("the file named is larger than any plugin replaced");
  const contents = readContents(path);
  if (contents === undefined) return executed("the file named cannot be read");
  return identifyContents(contents, check);
}

/** Another installation may be of another version, which reads its words in another way. */
function identifyOwn(path: ByteString, name: string, folder: string): Identity {
  const file = realpathSync.native(Buffer.from(path, "latin1"), "latin1");
  if (posix.dirname(file) !== toByteString(folder))
    return executed(`the file named is not of this installation of ${name}`);
  return { kind: "replaced", why: `the file named is this ${name}` };
}

function executed(why: string): Identity {
  return { kind: "foreign", why };
}

function readContents(path: ByteString): ByteString | undefined {
  try {
    return readFileSync(Buffer.from(path, "latin1"), "latin1");
  } catch {
    return undefined;
  }
}

/** A compiled plugin contains its name, suite and version as C strings. */
function identifyContents(
  contents: ByteString,
  { name, replaces }: Pick<Check, "name" | "replaces">,
): Identity {
  if (replaces === undefined) return executed("the file named exists, and the check stands in for no plugin");
  if (replaces.script !== undefined)
    return identifyScript(contents, name, { ...replaces, script: replaces.script });
  const isPlugin = contents.startsWith("\x7fELF") && isOfSuite(contents, name, replaces);
  if (!isPlugin) return executed(`the file named is not the ${name} this check replaces`);
  const version = findKnownVersion(contents, replaces);
  if (version === undefined) return executed(`the file named is another version of ${name}`);
  return { kind: "replaced", why: `the file named is ${name} of ${replaces.suite} ${version}` };
}

/** Go writes into each program which package it was made of. */
function isOfSuite(contents: ByteString, name: string, { suite, program }: Replaces): boolean {
  if (program !== undefined) return contents.includes(`path\t${suite}/cmd/${name}\n`);
  return hasString(contents, suite) && isProgram(contents, name, suite);
}

/** A script is replaced only by a check that knows its text, and its version. */
function identifyScript(
  contents: ByteString,
  name: string,
  { suite, versions, script }: Replaces & Required<Pick<Replaces, "script">>,
): Identity {
  const isPlugin = contents.startsWith("#!") && script.every((text) => contents.includes(text));
  if (!isPlugin) return executed(`the file named is not the ${name} this check replaces`);
  const version = /\$Revision: ([0-9.]+) \$/.exec(contents)?.[1] ?? "";
  const isKnown = versions.some((each) => version === each || version.startsWith(`${each}.`));
  if (!isKnown) return executed(`the file named is another version of ${name}`);
  return { kind: "replaced", why: `the file named is ${name} of ${suite} ${version}` };
}

/** A link called check_ping may lead to a program that does something else under this name. */
function isProgram(contents: ByteString, name: string, suite: string): boolean {
  const program = SHARED_BINARIES[suite]?.find(({ marks }) =>
    marks.every((mark) => hasString(contents, mark)),
  );
  return program === undefined ? hasString(contents, name) : program.names.includes(name);
}

function hasString(contents: ByteString, text: string): boolean {
  return contents.includes(`\0${text}\0`);
}

function findKnownVersion(contents: ByteString, { versions, program }: Replaces): string | undefined {
  if (program === undefined)
    return versions.map((each) => findVersion(contents, each)).find((each) => each !== undefined);
  const version = program.exec(contents)?.[1];
  const isKnown = versions.some((each) => version === each || version?.startsWith(`${each}.`));
  return isKnown ? version : undefined;
}

/** Version `2.3` matches `2.3` and every `2.3.x`. */
function findVersion(contents: ByteString, version: string): string | undefined {
  const escaped = version.replaceAll(".", "\\.");
  return new RegExp(`\0(${escaped}(?:\\.[0-9]+)*)\0`).exec(contents)?.[1];
}
