import { existsSync, readFileSync } from "node:fs";
import { CheckDeclined, type Shared } from "../../sdk/index.ts";
import { mountOf, parseMountInfo } from "./mount-info.ts";

/** Where a file has to lie, so that a read of it can neither wait for a disk nor for another program. */
export type FilePlace = "kernel" | "memory or disk";

const TYPES: Readonly<Record<FilePlace, readonly string[]>> = {
  kernel: ["proc", "sysfs"],
  "memory or disk": ["tmpfs", "ramfs", "ext2", "ext3", "ext4", "xfs", "btrfs", "overlay"],
};

/** How long what is known of the mounts is kept. */
const KEPT_MS = 60_000;

/** Reads small files of this machine, such as `/proc/loadavg`, at once: they cost less than a thread. */
export class MachineFiles implements Disposable {
  readonly #now: () => number;
  readonly #readText: (path: string) => string;
  readonly #exists: (path: string) => boolean;
  #known: { readonly until: number; readonly mounts: ReturnType<typeof parseMountInfo> } | undefined;

  constructor({ now = () => performance.now(), readText = readBytes, exists = isThere } = {}) {
    this.#now = now;
    this.#exists = exists;
    this.#readText = readText;
  }

  /**
   * Gives the bytes of the file. Declines if it cannot be read, or lies where a read might wait: in a
   * container of LXC another program answers for `/proc/loadavg`.
   */
  read(path: string, place: FilePlace = "kernel"): string {
    this.requirePlace(path, place);
    const text = this.#try(path);
    if (text === undefined) throw new CheckDeclined(`${path} cannot be read`);
    return text;
  }

  has(path: string): boolean {
    return this.#exists(path);
  }

  /** Declines if the file lies elsewhere. Gives the options of the mount, such as `rw,hidepid=2`. */
  requirePlace(path: string, place: FilePlace): string {
    const mount = mountOf(path, this.#mounts());
    if (mount === undefined || !TYPES[place].includes(mount.type))
      throw new CheckDeclined(`${path} is not a file of the ${place === "kernel" ? "kernel" : "machine"}`);
    return mount.options;
  }

  [Symbol.dispose](): void {
    this.#known = undefined;
  }

  #mounts() {
    if (this.#known === undefined || this.#now() >= this.#known.until) {
      const mounts = parseMountInfo(this.#try("/proc/self/mountinfo") ?? "");
      this.#known = { until: this.#now() + KEPT_MS, mounts };
    }
    return this.#known.mounts;
  }

  #try(path: string): string | undefined {
    try {
      return this.#readText(path);
    } catch {
      return undefined;
    }
  }
}

export const MACHINE_FILES: Shared<MachineFiles> = {
  name: "files of this machine",
  create: () => new MachineFiles(),
};

function readBytes(path: string): string {
  return readFileSync(path, "latin1");
}

function isThere(path: string): boolean {
  return existsSync(path);
}
