import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isOurs } from "../open-file.ts";

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
const TOKEN = /^[0-9a-f]{64}$/;
const TOKEN_LENGTH = 64;
const OTHERS = 0o077;

/** A secret in a file that only the worker's user can read. */
export interface Token extends Disposable {
  readonly value: string;
  readonly file: string;
}

/**
 * Makes a new token. It lies in a folder of this user in the first of `bases` that takes one. Undefined: none
 * does.
 */
export function createToken(identifier: string, bases: readonly string[] = usualBases()): Token | undefined {
  const name = `${createHash("sha256").update(identifier).digest("hex").slice(0, 16)}.token`;
  for (const base of bases) {
    const file = join(base, `omd-worker-${process.geteuid?.()}`, name);
    const token = tryIn(file);
    if (token !== undefined) return token;
  }
  return undefined;
}

/** Those of systemd and of the login first: nobody else can write there. */
function usualBases({ env } = process): readonly string[] {
  const given = [env["RUNTIME_DIRECTORY"]?.split(":")[0], env["XDG_RUNTIME_DIR"]];
  return [
    ...given.filter((base) => base !== undefined && base !== ""),
    "/run",
    "/dev/shm",
    tmpdir(),
  ] as string[];
}

function tryIn(file: string): Token | undefined {
  const folder = join(file, "..");
  const value = randomBytes(TOKEN_LENGTH / 2).toString("hex");
  try {
    mkdirSync(folder, { recursive: false, mode: 0o700 });
  } catch {
    // It is there already, or cannot be.
  }
  try {
    if (!isPrivate(folder)) return undefined;
    const fresh = `${file}.${process.pid}`;
    rmSync(fresh, { force: true });
    writeFileSync(fresh, value, { mode: 0o600, flag: "wx" });
    renameSync(fresh, file);
  } catch {
    return undefined;
  }
  return { value, file, [Symbol.dispose]: () => removeOwn(file, value) };
}

function isPrivate(folder: string): boolean {
  const found = lstatSync(folder);
  return found.isDirectory() && isOurs(found) && (found.mode & OTHERS) === 0;
}

/** Another worker of the same name may have taken over the file. */
function removeOwn(file: string, value: string): void {
  try {
    if (readToken(file) === value) rmSync(file);
  } catch {
    // It is gone already.
  }
}

/**
 * Reads the token that a worker names. Throws if it is no such file: the name came over a socket that any
 * program may have opened, and what is in other files is not its business.
 */
export function readToken(file: string): string {
  const fd = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const found = fstatSync(fd);
    const isToken = found.isFile() && found.size === TOKEN_LENGTH && (found.mode & OTHERS) === 0;
    const bytes = Buffer.alloc(TOKEN_LENGTH);
    if (isToken) readSync(fd, bytes, 0, TOKEN_LENGTH, 0);
    const token = bytes.toString("latin1");
    if (!isToken || !TOKEN.test(token)) throw new Error(`${file} is no token of a worker`);
    return token;
  } finally {
    closeSync(fd);
  }
}
