import type { Log } from "../log.ts";

const QUIET_MS = 60_000;
/** A kind may contain text from outside, so the number of kinds is limited. The oldest is forgotten first. */
const MAX_KINDS = 1_000;

/**
 * Keeps a flood of similar messages out of the log. The first message of a kind is written at once. Later
 * ones are counted, and the count is written at most once a minute.
 */
export class LogThrottle {
  readonly #log: Log;
  readonly #kinds = new Map<string, { lastMs: number; unwritten: number }>();

  constructor(log: Log) {
    this.#log = log;
  }

  error(kind: string, fields: object, message: string): void {
    this.#write("error", kind, fields, message);
  }

  warn(kind: string, fields: object, message: string): void {
    this.#write("warn", kind, fields, message);
  }

  /** For a state that is looked at again and again: written at most once a minute, and never counted. */
  state(kind: string, message: string): void {
    const now = performance.now();
    if (this.#isQuiet(kind, now)) return;
    this.#remember(kind, now);
    this.#log.info(message);
  }

  #write(level: "error" | "warn", kind: string, fields: object, message: string): void {
    const now = performance.now();
    const seen = this.#kinds.get(kind);
    if (seen !== undefined && this.#isQuiet(kind, now)) {
      seen.unwritten += 1;
      this.#log.debug(fields, message);
      return;
    }
    this.#remember(kind, now);
    const more = seen === undefined || seen.unwritten === 0 ? "" : `; ${seen.unwritten} more like it since`;
    this.#log[level](fields, message + more);
  }

  #isQuiet(kind: string, now: number): boolean {
    const seen = this.#kinds.get(kind);
    return seen !== undefined && now - seen.lastMs < QUIET_MS;
  }

  /** The map keeps the kinds in the order of `lastMs`. */
  #remember(kind: string, now: number): void {
    this.#kinds.delete(kind);
    this.#kinds.set(kind, { lastMs: now, unwritten: 0 });
    const [oldest] = this.#kinds.keys();
    if (this.#kinds.size > MAX_KINDS && oldest !== undefined) this.#kinds.delete(oldest);
  }
}
