import { closeSync, openSync } from "node:fs";
import { type DestinationStream, destination, type Level, type Logger, pino } from "pino";

/** The part of pino's interface the rooms use; tests pass a stub. */
export type Log = Pick<Logger, "trace" | "debug" | "info" | "warn" | "error"> &
  Partial<Pick<Logger, "isLevelEnabled">>;

export interface LogOptions {
  /** As in worker.conf: 0 info and errors, 1 debug, 2 and more trace; negative errors only. */
  readonly debug: number;
  /** A file, or undefined for standard output. */
  readonly file: string | undefined;
  /** Standard error instead of standard output. Not by the name /dev/stderr: a socket cannot be opened by a name. */
  readonly toStderr?: boolean;
  readonly format: "text" | "json";
}

export interface WorkerLog extends Log {
  readonly setDebug: (debug: number) => void;
  /**
   * Opens the file anew, after logrotate moved it, or another one. Throws when it cannot, and goes on with the old one. Standard output
   * stays what it is.
   */
  readonly reopen: (file?: string) => void;
  /** Tries once more to write what could not be written. All else is written at once. */
  readonly flush: () => void;
}

/** Bytes. What cannot be written, as on a full disk, waits for the next line that can; beyond this it is lost. */
const MOST_WAITING = 1024 * 1024;

/** Only this file knows pino. */
export function createLog({ debug, file, toStderr = false, format }: LogOptions): WorkerLog {
  let current = file;
  const target = destination({
    dest: file ?? (toStderr ? 2 : 1),
    sync: true,
    append: true,
    maxLength: MOST_WAITING,
  });
  // A full disk must not end the worker, and the log is all there is to tell it to.
  target.on("error", () => {});
  const logger = pino(
    { level: levelOf(debug), base: null, timestamp: () => `,"time":${Date.now()}` },
    format === "json" ? target : textOnto(target),
  );
  return Object.assign(logger, {
    setDebug: (value: number) => {
      logger.level = levelOf(value);
    },
    reopen: (other = current) => {
      if (current === undefined || other === undefined) return;
      // A trial: after a reopen that failed, the next one closes the old descriptor twice.
      closeSync(openSync(other, "a"));
      target.reopen(other);
      current = other;
    },
    // Not flushSync: on a full disk it tries for ever.
    flush: () => void target.write(""),
  });
}

export function levelOf(debug: number): Level {
  if (debug < 0) return "error";
  if (debug === 0) return "info";
  return debug === 1 ? "debug" : "trace";
}

/** Lines as the C worker writes them, which log watchers know; what a line has beyond its text follows it. */
function textOnto(target: DestinationStream): DestinationStream {
  return { write: (line) => target.write(renderLine(line)) };
}

const LEVEL_NAMES: Readonly<Record<number, string>> = {
  10: "TRACE",
  20: "DEBUG",
  30: "INFO ",
  40: "WARN ",
  50: "ERROR",
};

/** pino's JSON line → `[2026-11-23 07:06:12,618][pid][LEVEL] text (name=value, …)`. */
export function renderLine(json: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(json);
  const details = Object.entries(fields).map(([name, value]) => `${name}=${renderValue(value)}`);
  const reason = err === undefined ? "" : `: ${err.message ?? err}`;
  const tail = details.length === 0 ? "" : ` (${details.join(", ")})`;
  const text = onOneLine(`${msg ?? ""}${reason}`);
  return `[${renderTime(new Date(time))}][${process.pid}][${LEVEL_NAMES[level] ?? level}] ${text}${tail}\n`;
}

function renderValue(value: unknown): string {
  return typeof value === "string" ? onOneLine(value) : JSON.stringify(value);
}

/** Nothing a plugin prints can look like another line of the log, or speak to the terminal it is read on. */
function onOneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) =>
    control === "\t" ? control : JSON.stringify(control).slice(1, -1),
  );
}

function renderTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const milliseconds = String(date.getMilliseconds()).padStart(3, "0");
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())},${milliseconds}`;
}
