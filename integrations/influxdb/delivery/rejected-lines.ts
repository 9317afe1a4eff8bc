import { closeSync, fsyncSync, renameSync, statSync, writeFileSync } from "node:fs";
import type { Log } from "../../../src/log.ts";
import { openForWriting } from "../../../src/open-file.ts";
import type { Refusal } from "./sift-lines.ts";

const MAX_BYTES = 16 * 1024 * 1024;
/** How much of the first line the log has. */
const MAX_SHOWN = 200;

/** The file of lines that databases have refused. Without a file the log has the first of each batch. */
export class RejectedLines {
  readonly #file: string | undefined;
  readonly #log: Log;

  constructor(file: string | undefined, log: Log) {
    this.#file = file;
    this.#log = log;
  }

  add(target: string, refusals: readonly Refusal[], now = new Date()): void {
    const [first] = refusals;
    if (first === undefined) return;
    const kept = this.#file !== undefined && this.#write(this.#file, target, refusals, now);
    this.#log.warn(
      {
        target,
        lines: refusals.length,
        first: first.line.slice(0, MAX_SHOWN),
        ...(kept && { file: this.#file }),
      },
      `the database refuses lines: ${first.reason}`,
    );
  }

  /** False: it cannot be written, and the log has said so. */
  #write(file: string, target: string, refusals: readonly Refusal[], now: Date): boolean {
    const text = refusals
      .map(
        ({ line, reason }) => `# ${now.toISOString()} ${target}: ${reason.replace(/\s+/g, " ")}\n${line}\n`,
      )
      .join("");
    try {
      makeRoom(file, Buffer.byteLength(text));
      const fd = openForWriting(file);
      try {
        writeFileSync(fd, text); // on a full disk writeSync may write a part, and say nothing
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      return true;
    } catch (error) {
      this.#log.error({ err: error, file }, "cannot write rejected lines");
      return false;
    }
  }
}

function makeRoom(file: string, bytes: number): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0 && size + bytes > MAX_BYTES) renameSync(file, `${file}.1`);
}
