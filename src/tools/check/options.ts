import { type Letter, type LetterValues, toInteger } from "../letters.ts";
import { TLS_LETTERS } from "../tls-letters.ts";

export const CHECK_LETTERS: readonly Letter[] = [
  {
    name: "H",
    value: "HOST[:PORT]",
    help: "the job server; repeated, the last one (with -s: the first that answers)",
  },
  { name: "t", value: "SECONDS", help: "how long all may take, default 10" },
  { name: "w", value: "JOBS", help: "WARNING from so many waiting jobs in a queue on, default 10; 0: never" },
  {
    name: "c",
    value: "JOBS",
    help: "CRITICAL from so many waiting jobs in a queue on, default 100; 0: never",
  },
  { name: "W", value: "WORKERS", help: "WARNING from so many workers of a queue on, default 25; 0: never" },
  { name: "C", value: "WORKERS", help: "CRITICAL from so many workers of a queue on, default 50; 0: never" },
  { name: "q", value: "QUEUE", help: "only this queue" },
  {
    name: "exclude-queue",
    value: "QUEUE",
    help: "not this queue, * stands for any characters; may be repeated",
  },
  {
    name: "x",
    value: "[0|1]",
    isOptionalNumber: true,
    help: "CRITICAL if a queue has no worker; -x 0, or without -x: not",
  },
  { name: "s", value: "TEXT", help: "send this text to the queue, the answer decides" },
  { name: "e", value: "TEXT", help: "with -s: CRITICAL unless the answer has this text in it" },
  { name: "a", help: "with -s: wait for no answer" },
  { name: "u", value: "ID", help: "with -s: the unique of the job, default check" },
  { name: "key", value: "KEY", help: "with -q: a job encrypted with this key must come back from a worker" },
  { name: "keyfile", value: "FILE", help: "the same with the key in a file" },
  ...TLS_LETTERS,
  { name: "p", value: "PORT", help: "no effect, as in the C tool" },
  { name: "v", help: "tell more on standard error" },
  { name: "V", help: "show the version" },
  { name: "h", help: "show this text" },
  { name: "help", help: "the same" },
  { name: "version", help: "show the version" },
];

/** Limits of one queue. 0: none. */
export interface Thresholds {
  readonly waitingWarning: number;
  readonly waitingCritical: number;
  readonly workerWarning: number;
  readonly workerCritical: number;
  /** A queue without a worker is CRITICAL. */
  readonly needsWorker: boolean;
}

export function thresholdsOf(values: LetterValues): Thresholds {
  const number = (name: string, otherwise: number) => {
    const text = values.get(name)?.at(-1);
    return text === undefined ? otherwise : toInteger(text);
  };
  const needed = values.get("x")?.at(-1);
  return {
    waitingWarning: number("w", 10),
    waitingCritical: number("c", 100),
    workerWarning: number("W", 25),
    workerCritical: number("C", 50),
    needsWorker: needed !== undefined && (needed === "" || toInteger(needed) > 0),
  };
}
