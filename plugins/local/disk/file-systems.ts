import { readFileSync } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { CheckDeclined, type Shared } from "../../../sdk/index.ts";
import { errnoName } from "../../libc/errno.ts";

/** What statfs tells of a file system. Sizes are in blocks of `blockSize` bytes. */
export interface FileSystemUsage {
  readonly blockSize: bigint;
  readonly blocks: bigint;
  readonly free: bigint;
  /** Free for others than root. */
  readonly available: bigint;
  readonly inodes: bigint;
  readonly freeInodes: bigint;
}

/** What the kernel is asked about file systems. */
export interface FileSystemCalls {
  readonly readMountTable: () => string;
  /** Gives the name of the error, such as ENOENT. Undefined: the path is there. */
  readonly stat: (path: string) => Promise<string | undefined>;
  readonly statfs: (path: string) => Promise<FileSystemUsage>;
}

/** A call that has not returned by then may never return. */
const PATIENCE_MS = 2_000;

/**
 * Asks the kernel about file systems, on one thread of libuv at most. A call about a disk that is dead may
 * never return, and nothing takes it back: then that one thread is lost, and the checks of disks are left
 * to the plugin until it is back. The other threads, which names and files need, are never used.
 */
export class FileSystems implements Disposable {
  readonly #calls: FileSystemCalls;
  readonly #patienceMs: number;
  #last: Promise<unknown> = Promise.resolve();
  #isStuck = false;

  constructor(calls: FileSystemCalls = KERNEL, patienceMs = PATIENCE_MS) {
    this.#calls = calls;
    this.#patienceMs = patienceMs;
  }

  readMountTable(): string {
    try {
      return this.#calls.readMountTable();
    } catch (error) {
      throw new CheckDeclined("/etc/mtab cannot be read", { cause: error });
    }
  }

  stat(path: string): Promise<string | undefined> {
    return this.#inTurn(() => this.#calls.stat(path));
  }

  statfs(path: string): Promise<FileSystemUsage> {
    return this.#inTurn(() => this.#calls.statfs(path));
  }

  /** Nothing takes a call back. */
  [Symbol.dispose](): void {}

  /** Makes the call when the one before has returned. Declines if that takes too long. */
  async #inTurn<Value>(call: () => Promise<Value>): Promise<Value> {
    if (this.#isStuck) throw new CheckDeclined("a file system does not answer");
    const turn = this.#last.then(call);
    this.#last = turn.catch(() => {});
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.#isStuck = true;
      late.reject(new CheckDeclined("a file system does not answer"));
    }, this.#patienceMs);
    turn.then(
      () => this.#goOn(),
      () => this.#goOn(),
    );
    try {
      return await Promise.race([turn, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #goOn(): void {
    this.#isStuck = false;
  }
}

export const FILE_SYSTEMS: Shared<FileSystems> = { name: "file systems", create: () => new FileSystems() };

const KERNEL: FileSystemCalls = {
  readMountTable: () => readFileSync("/etc/mtab", "latin1"),

  stat: (path) =>
    stat(bytesOf(path)).then(
      () => undefined,
      (error: unknown) => errnoName(error),
    ),

  async statfs(path) {
    const found = await statfs(bytesOf(path), { bigint: true });
    // An older Node.js does not tell the size of the blocks that are counted.
    if (!("frsize" in found)) throw new CheckDeclined("this Node.js does not tell the size of blocks");
    return {
      blockSize: found.frsize === 0n ? found.bsize : found.frsize,
      blocks: found.blocks,
      free: found.bfree,
      available: found.bavail,
      inodes: found.files,
      freeInodes: found.ffree,
    };
  },
};

function bytesOf(path: string): Buffer {
  return Buffer.from(path, "latin1");
}
