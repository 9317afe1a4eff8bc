import type { Log } from "../log.ts";

const QUIET_MS = 60_000;
/** In characters. */
const MAX_TEXT = 500;

/**
 * Writes what a job server complains of: once a minute at most, with the number of those before. Such as
 * JOB_NOT_FOUND: the answer came after the server had given the job to another worker.
 */
export class Complaints {
  readonly #log: Pick<Log, "warn">;
  readonly #server: string;
  #saidMs = Number.NEGATIVE_INFINITY;
  #unwritten = 0;

  constructor(log: Pick<Log, "warn">, server: string) {
    this.#log = log;
    this.#server = server;
  }

  heard({ code, text }: { readonly code: string; readonly text: string }): void {
    const now = performance.now();
    if (now - this.#saidMs < QUIET_MS) {
      this.#unwritten += 1;
      return;
    }
    const more = this.#unwritten === 0 ? "" : `; ${this.#unwritten} more since`;
    this.#saidMs = now;
    this.#unwritten = 0;
    this.#log.warn(
      { server: this.#server, code: cutComplaint(code) },
      `job server: ${cutComplaint(text)}${more}`,
    );
  }
}

/** A text of a job server, for a log or an error: it may send megabytes. */
export function cutComplaint(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
