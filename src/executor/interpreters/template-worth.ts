import type { ByteString } from "../../byte-string.ts";
import type { Template } from "./template.ts";

/** After this time a use counts half. It is longer than usual check intervals. */
const HALF_LIFE_MS = 10 * 60_000;
const MAX_KNOWN = 10_000;

interface Entry {
  /** How many uses there were until `atMs`. Older ones count less. */
  uses: number;
  atMs: number;
  /** How long the plugin takes to compile. Undefined: it was not compiled yet. */
  costMs: number | undefined;
  memoryMib: number | undefined;
}

/**
 * How much time is saved if a plugin is kept compiled: how often it was used lately, times how long it takes
 * to compile.
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
    entry.costMs = Math.min(entry.costMs ?? startMs, startMs); // on a busy machine it takes longer
    entry.memoryMib = memoryMib;
  }

  /** Undefined: the plugin was not compiled yet. */
  memoryOf(file: ByteString): number | undefined {
    return this.#at(file).memoryMib;
  }

  /** For a plugin that was never compiled, the mean cost of the others is assumed. */
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
