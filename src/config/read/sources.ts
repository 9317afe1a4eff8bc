import { createHash } from "node:crypto";
import type { Machine } from "../machine.ts";

/** What the digest of a file or folder is while it cannot be read. */
const MISSING = "missing";

/** What can be read once only, or never ends. */
const STREAM = /^\/(?:dev|proc)\//;

/**
 * The files and folders that a configuration was read from, with a digest of what each held: the
 * configuration itself, what it includes, and the key file.
 */
export class Sources {
  readonly #digests = new Map<string, string>();
  readonly #folders = new Set<string>();
  #machine: Machine | undefined;

  /** The same machine; what is read of it from now on is noted, and what was read before is forgotten. */
  noting(machine: Machine): Machine {
    this.#digests.clear();
    this.#folders.clear();
    this.#machine = machine;
    return {
      ...machine,
      readFile: (path) => this.#note(path, () => machine.readFile(path), digestFile),
      readdir: (path) => {
        this.#folders.add(path);
        return this.#note(path, () => machine.readdir(path), digestNames);
      },
    };
  }

  get files(): readonly string[] {
    return [...this.#digests.keys()].filter((path) => !this.#folders.has(path));
  }

  get folders(): readonly string[] {
    return [...this.#folders];
  }

  /** What the files and folders hold now, as one text that differs if they do. */
  look(): string {
    return this.#join((path) => this.#digest(path));
  }

  /** What they held when they were read. */
  get read(): string {
    return this.#join((path) => this.#digests.get(path) ?? MISSING);
  }

  #join(digest: (path: string) => string): string {
    return [...this.#digests.keys()].map((path) => `${path} ${digest(path)}`).join("\n");
  }

  #digest(path: string): string {
    const machine = this.#machine;
    if (machine === undefined) return MISSING;
    try {
      return this.#folders.has(path)
        ? digestNames(machine.readdir(path))
        : digestFile(machine.readFile(path));
    } catch {
      return MISSING;
    }
  }

  #note<Content>(path: string, read: () => Content, digest: (content: Content) => string): Content {
    if (STREAM.test(path)) return read();
    this.#digests.set(path, MISSING);
    const content = read();
    this.#digests.set(path, digest(content));
    return content;
  }
}

function digestFile(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function digestNames(names: readonly string[]): string {
  return digestFile(Buffer.from(names.toSorted().join("\0")));
}
