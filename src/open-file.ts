import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname } from "node:path";

/** For the owner and the group: a log or a pid file is nobody else's business. */
const MODE = 0o640;
const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
/** Every user may make files in such a folder, as in /tmp and /dev/shm. */
const SHARED = 0o1002;

/**
 * Opens a file for writing at its end, and makes it if there is none. In a folder of all users it must
 * belong to this user or to root, as must a symbolic link: whoever has put another one there would read
 * what is written, or choose the file that is overwritten.
 */
export function openForWriting(path: string): number {
  const isShared = isSharedFolder(dirname(path));
  if (!isShared) return openSync(path, O_WRONLY | O_CREAT | O_APPEND, MODE);
  refuseForeign(path);
  const follows = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  const flags = O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | (follows ? 0 : O_NOFOLLOW);
  const fd = openSync(path, flags, MODE);
  const found = fstatSync(fd);
  // A second name may be one in /etc, which was not put there by who owns the file.
  if (isTrusted(found) && found.nlink <= 1) return fd;
  closeSync(fd);
  throw foreign(path);
}

/** Throws if a file that every user could have made belongs to another user. Nothing there is all right. */
export function refuseForeign(path: string): void {
  if (!isSharedFolder(dirname(path))) return;
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !isTrusted(found)) throw foreign(path);
}

/** Whether a file belongs to the user of this process. */
export function isOurs({ uid }: Pick<Stats, "uid">): boolean {
  return uid === process.geteuid?.();
}

/** Files that others could put there would be believed. Undefined: only this user can. */
export function whyUnsafeFolder(
  stats: Pick<Stats, "uid" | "mode" | "isDirectory">,
  folder: string,
): string | undefined {
  if (!stats.isDirectory()) return `${folder} is no folder`;
  if (!isOurs(stats)) return `${folder} belongs to another user (chown it to the program's user)`;
  return (stats.mode & 0o022) === 0 ? undefined : `${folder} can be written by other users (chmod go-w)`;
}

/**
 * Makes a folder and those above it that are missing. Throws the system's error. Node's own way, `recursive`,
 * never ends where the system says that the folder above is missing while it is there, as in /proc.
 */
export function makeFolder(path: string, mode?: number): void {
  const above = dirname(path);
  if (above !== path && statSync(above, { throwIfNoEntry: false }) === undefined) makeFolder(above, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

function isTrusted(stats: Pick<Stats, "uid">): boolean {
  return stats.uid === 0 || isOurs(stats);
}

function isSharedFolder(folder: string): boolean {
  try {
    return (lstatSync(`${folder}/.`).mode & SHARED) === SHARED;
  } catch {
    return false; // to open the file will tell what is wrong
  }
}

function foreign(path: string): Error {
  return new Error(`${path} belongs to another user, in a folder where every user may put files`);
}

const CHUNK = 65_536;

/**
 * Reads a file that people name, which may be anything: a named pipe that nobody writes to, /dev/zero, a disk
 * image. Throws an error that says what it is. What the process was started with (/dev/stdin) may be a pipe.
 */
export function readRegularFile(path: string, maxBytes: number): Buffer {
  const isGiven = /^(?:\/dev\/(?:stdin|null|fd\/[0-9]+)|\/proc\/self\/fd\/[0-9]+)$/.test(path);
  const fd = openSync(path, isGiven ? O_RDONLY : O_RDONLY | O_NONBLOCK);
  try {
    if (!isGiven && !fstatSync(fd).isFile()) throw new Error(`it is ${kindOf(fstatSync(fd))}, not a file`);
    return readUpTo(fd, maxBytes);
  } finally {
    closeSync(fd);
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  return stats.isFIFO() ? "a named pipe" : "a device or a socket";
}

function readUpTo(fd: number, maxBytes: number): Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.alloc(CHUNK);
    const count = readSync(fd, chunk);
    if (count === 0) return Buffer.concat(chunks);
    size += count;
    if (size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
    chunks.push(chunk.subarray(0, count));
  }
}
