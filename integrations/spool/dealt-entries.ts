import type { SpoolFolder, SpoolName } from "./spool-folder.ts";

export interface DealtOptions {
  readonly spool: Pick<SpoolFolder, "folder" | "remove" | "setAside">;
  /** The disk does not let go of an entry, as one that is read-only. Told once, until it does again. */
  readonly onStuck: (error: unknown) => void;
  readonly onFreed: () => void;
}

type Entry = Pick<SpoolName, "name"> & { readonly bytes?: number };
type Way = "remove" | "setAside";

/**
 * Takes entries out of a spool. One that the disk does not let go of is remembered and taken out later: it
 * must not be dealt with again, and it must not keep others waiting. The next start does not know of it.
 */
export class DealtEntries {
  readonly #options: DealtOptions;
  readonly #stuck = new Map<string, { readonly entry: Entry; readonly way: Way }>();

  constructor(options: DealtOptions) {
    this.#options = options;
  }

  has(name: string): boolean {
    return this.#stuck.has(name);
  }

  /** It is never rejected. */
  async remove(entry: Entry): Promise<void> {
    await this.#take(entry, "remove");
  }

  /** Returns where people find it. It is never rejected. */
  async setAside(entry: Entry): Promise<string> {
    return this.#take(entry, "setAside");
  }

  /** What the disk has kept is tried again. The first that it keeps still is the last that is tried. */
  async retry(): Promise<void> {
    for (const { entry, way } of [...this.#stuck.values()]) {
      await this.#take(entry, way);
      if (this.#stuck.has(entry.name)) return;
    }
  }

  async #take(entry: Entry, way: Way): Promise<string> {
    const { spool, onStuck, onFreed } = this.#options;
    const wasStuck = this.#stuck.size > 0;
    try {
      const path = await spool[way](entry);
      this.#stuck.delete(entry.name);
      if (wasStuck && this.#stuck.size === 0) onFreed();
      return path ?? "";
    } catch (error) {
      this.#stuck.set(entry.name, { entry, way });
      if (!wasStuck) onStuck(error);
      return `${spool.folder}/${entry.name}`;
    }
  }
}
