import type { Log } from "../log.ts";

const QUIET_MS = 60_000;
/** A kind may carry words from outside: what was told longest ago is forgotten first. */
const MOST_KINDS = 1_000;

/**
 * Keeps a flood of like events from flooding the log: the first of each kind is written at once, the next ones
 * are counted and told at most once a minute.
 */
export class Seldom {
  readonly #log: Log;
  readonly #kinds = new Map<string, { lastMs: number; unsaid: number }>();

  constructor(log: Log) {
    this.#log = log;
  }

  error(kind: string, fields: object, message: string): void {
    this.#tell("error", kind, fields, message);
  }

  warn(kind: string, fields: object, message: string): void {
    this.#tell("warn", kind, fields, message);
  }

  #tell(level: "error" | "warn", kind: string, fields: object, message: string): void {
    const now = performance.now();
    const seen = this.#kinds.get(kind);
    if (seen !== undefined && now - seen.lastMs < QUIET_MS) {
      seen.unsaid += 1;
      this.#log.debug(fields, message);
      return;
    }
    this.#remember(kind, now);
    const more = seen === undefined || seen.unsaid === 0 ? "" : `; ${seen.unsaid} more like it since`;
    this.#log[level](fields, message + more);
  }

  /** The map's order is that of `lastMs`. */
  #remember(kind: string, now: number): void {
    this.#kinds.delete(kind);
    this.#kinds.set(kind, { lastMs: now, unsaid: 0 });
    const [oldest] = this.#kinds.keys();
    if (this.#kinds.size > MOST_KINDS && oldest !== undefined) this.#kinds.delete(oldest);
  }
}
