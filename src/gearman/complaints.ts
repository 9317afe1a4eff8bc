import type { Log } from "../log.ts";
import { Seldom } from "../seldom.ts";

/** In characters. */
const MAX_TEXT = 500;

/**
 * Writes what a job server complains of: once a minute at most, with the number of those before. Such as
 * JOB_NOT_FOUND: the answer came after the server had given the job to another worker.
 */
export class Complaints {
  readonly #log: Pick<Log, "warn">;
  readonly #server: string;
  readonly #seldom = new Seldom();

  constructor(log: Pick<Log, "warn">, server: string) {
    this.#log = log;
    this.#server = server;
  }

  heard({ code, text }: { readonly code: string; readonly text: string }): void {
    const fields = { server: this.#server, code: cutComplaint(code) };
    this.#seldom.say("complaint", (more) =>
      this.#log.warn(fields, `job server: ${cutComplaint(text)}${more}`),
    );
  }
}

/** A text of a job server, for a log or an error: it may send megabytes. */
export function cutComplaint(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
