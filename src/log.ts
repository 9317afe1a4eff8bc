import { closeSync } from "node:fs";
import { type DestinationStream, destination, type Level, type Logger, pino } from "pino";
import { openForWriting } from "./open-file.ts";

/** The part of pino's interface the worker uses. Tests pass a stub. */
export type Log = Pick<Logger, "trace" | "debug" | "info" | "warn" | "error"> &
  Partial<Pick<Logger, "isLevelEnabled">>;

export interface LogOptions {
  /** As in worker.conf: 0 info and errors, 1 debug, 2 and more trace; negative errors only. */
  readonly debug: number;
  /** A file, or undefined for standard output. */
  readonly file: string | undefined;
  /**
   * Standard error instead of standard output. The name /dev/stderr would not do, as a socket cannot be
   * opened by a name.
   */
  readonly toStderr?: boolean;
  readonly format: "text" | "json";
  /** Takes the lines as JSON in place of the file and of standard output. */
  readonly onto?: ((json: string) => void) | undefined;
  /** Is given each line as JSON, before it is written. */
  readonly onLine?: ((json: string) => void) | undefined;
}

export interface WorkerLog extends Log {
  readonly setDebug: (debug: number) => void;
  /**
   * Opens the file anew after logrotate has moved it, or opens another file. If that fails it throws, and the
   * old file stays in use. Does nothing for standard output.
   */
  readonly reopen: (file?: string) => void;
  /** Tries once more to write the lines that could not be written. All others were written at once. */
  readonly flush: () => void;
}

/**
 * In bytes. A line that cannot be written, as on a full disk, waits for the next line that can; more lines
 * are lost.
 */
const MAX_WAITING_BYTES = 1024 * 1024;

/** Only this file knows pino. */
export function createLog(options: LogOptions): WorkerLog {
  return options.onto === undefined ? createFileLog(options) : createLogOnto(options.onto, options);
}

function createLogOnto(onto: (json: string) => void, { debug, onLine }: LogOptions): WorkerLog {
  const logger = createLogger(debug, withListener({ write: onto }, onLine));
  return Object.assign(logger, {
    setDebug: (value: number) => {
      logger.level = levelOf(value);
    },
    reopen: () => {},
    flush: () => {},
  });
}

function createLogger(debug: number, target: DestinationStream): Logger {
  return pino({ level: levelOf(debug), base: null, timestamp: () => `,"time":${Date.now()}` }, target);
}

function createFileLog({ debug, file, toStderr = false, format, onLine }: LogOptions): WorkerLog {
  let current = file;
  if (file !== undefined) prepare(file);
  const target = destination({
    dest: file ?? (toStderr ? 2 : 1),
    sync: true,
    append: true,
    maxLength: MAX_WAITING_BYTES,
  });
  // A full disk must not end the worker, and there is no other place than the log to report it.
  target.on("error", () => {});
  const logger = createLogger(debug, withListener(format === "json" ? target : textOnto(target), onLine));
  return Object.assign(logger, {
    setDebug: (value: number) => {
      logger.level = levelOf(value);
    },
    reopen: (other = current) => {
      if (current === undefined || other === undefined) return;
      // Tried first: after a reopen that failed, the next reopen would close the old descriptor twice.
      prepare(other);
      target.reopen(other);
      current = other;
    },
    // flushSync would try for ever on a full disk.
    flush: () => void target.write(""),
  });
}

/** A log whose lines, of the level info, are only given to `onLine`, as JSON. */
export function createUnwrittenLog(onLine: (json: string) => void): Log {
  return pino({ base: null, timestamp: () => `,"time":${Date.now()}` }, { write: onLine });
}

/** Makes the file with its mode, and throws if it cannot or must not be written. */
function prepare(file: string): void {
  closeSync(openForWriting(file));
}

export function levelOf(debug: number): Level {
  if (debug < 0) return "error";
  if (debug === 0) return "info";
  return debug === 1 ? "debug" : "trace";
}

/** Lines as the C worker writes them, which log watchers know. Further fields follow the text. */
function textOnto(target: DestinationStream): DestinationStream {
  return { write: (line) => target.write(renderLine(line)) };
}

function withListener(target: DestinationStream, onLine: LogOptions["onLine"]): DestinationStream {
  if (onLine === undefined) return target;
  return {
    write: (line) => {
      onLine(line);
      target.write(line);
    },
  };
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
  const { level, time, ...said } = JSON.parse(json);
  return `[${renderTime(new Date(time))}][${process.pid}][${LEVEL_NAMES[level] ?? level}] ${renderSaid(said)}\n`;
}

/** The same without what is in brackets. */
export function renderText(json: string): string {
  const { level: _level, time: _time, ...said } = JSON.parse(json);
  return renderSaid(said);
}

interface Said {
  readonly msg?: string;
  readonly err?: { readonly message?: string } | string;
}

function renderSaid({ msg, err, ...fields }: Said): string {
  const details = Object.entries(fields).map(([name, value]) => `${name}=${renderValue(value)}`);
  const reason = err === undefined ? "" : `: ${typeof err === "string" ? err : (err.message ?? err)}`;
  const tail = details.length === 0 ? "" : ` (${details.join(", ")})`;
  return `${onOneLine(`${msg ?? ""}${reason}`)}${tail}`;
}

function renderValue(value: unknown): string {
  return typeof value === "string" ? onOneLine(value) : JSON.stringify(value);
}

/** Text from a plugin cannot look like another line of the log, nor control the terminal of a reader. */
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
