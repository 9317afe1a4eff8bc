import type { ByteString } from "../../byte-string.ts";
import type { Template } from "./template.ts";

/** A use counts half after so long: longer than usual check intervals. */
const HALF_LIFE_MS = 10 * 60_000;
const MAX_KNOWN = 10_000;

interface Entry {
  /** Uses, older ones counting less, as of `atMs`. */
  uses: number;
  atMs: number;
  /** To compile it; undefined until that was seen. */
  costMs: number | undefined;
  memoryMib: number | undefined;
}

/**
 * What it saves to keep a plugin compiled: how often it is used of late, times what its compilation costs.
 */
export class TemplateWorth {
  readonly #entries = new Map<ByteString, Entry>();

  /** The plugin is used now. */
  count(file: ByteString): void {
    const entry = this.#at(file);
    entry.uses = usesNow(entry) + 1;
    entry.atMs = performance.now();
  }

  learn(file: ByteString, { startMs, memoryMib }: Pick<Template, "startMs" | "memoryMib">): void {
    const entry = this.#at(file);
    entry.costMs = Math.min(entry.costMs ?? startMs, startMs); // a busy machine makes it look dearer
    entry.memoryMib = memoryMib;
  }

  /** Undefined until it was compiled once. */
  memoryOf(file: ByteString): number | undefined {
    return this.#at(file).memoryMib;
  }

  /** A plugin that was never compiled is taken to cost what the others cost. */
  of(file: ByteString): number {
    const entry = this.#at(file);
    return usesNow(entry) * (entry.costMs ?? this.#usualCost());
  }

  #at(file: ByteString): Entry {
    const known = this.#entries.get(file);
    if (known !== undefined) return known;
    if (this.#entries.size >= MAX_KNOWN) this.#entries.clear();
    const entry: Entry = { uses: 0, atMs: performance.now(), costMs: undefined, memoryMib: undefined };
    this.#entries.set(file, entry);
    return entry;
  }

  #usualCost(): number {
    const costs = [...this.#entries.values()].flatMap(({ costMs }) => costMs ?? []);
    return costs.length === 0 ? 1 : costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  }
}

function usesNow({ uses, atMs }: Entry): number {
  return uses * 0.5 ** ((performance.now() - atMs) / HALF_LIFE_MS);
}
