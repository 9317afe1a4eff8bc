import { ConfigError, error } from "../../config/problem.ts";
import { systemReason } from "../../config/read/read-file.ts";
import { GROUPINGS, type Grouping } from "../../handlers/group-runs.ts";
import { filesOfLog, filesOfPlace, readRuns } from "../../handlers/read-runs.ts";
import { summariseRuns } from "../../handlers/summarise-runs.ts";
import { type CommandResult, unknownWord, wrongCall } from "../command.ts";
import { findNeverRan, readKnownHandlers } from "../handlers/known-handlers.ts";
import { renderReport } from "../handlers/render-report.ts";
import type { Io } from "../io.ts";
import { loadForCommand, reportConfigError } from "../worker-conf.ts";

const NO_LOG = 1;
const WRONG_CALL = 3;

/** Exit codes: 0, 1 there is no log or it cannot be read, 3 the call or the options are wrong. */
export async function handlersCommand([word, ...words]: readonly string[], io: Io): Promise<CommandResult> {
  if (word !== "report") return unknownWord(word, ["report"]);
  const call = readCall(words);
  if (typeof call === "string") return wrongCall(call);
  try {
    const named = filesOf(call, io);
    if (named === undefined) return NO_LOG;
    const known = call.known === undefined ? undefined : readKnownHandlers(call.known, call.by);
    return await report(named, { ...call, known }, io);
  } catch (cause) {
    reportConfigError(cause, io);
    return WRONG_CALL;
  }
}

interface Call {
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly by: Grouping;
  readonly isJson: boolean;
  readonly known: string | undefined;
  readonly options: readonly string[];
  readonly files: readonly string[];
}

const VALUED = ["--since", "--known", "--by"];
const WEEK = "7d";
const SECONDS_IN: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** A text says what is wrong with the words. */
function readCall(words: readonly string[], now = Date.now()): Call | string {
  const joined = words.flatMap((word, at) => {
    if (VALUED.includes(word)) return [`${word}=${words[at + 1] ?? ""}`];
    return VALUED.includes(words[at - 1] ?? "") ? [] : [word];
  });
  const lastOf = (name: string) => joined.findLast((word) => word.startsWith(name))?.slice(name.length);
  const [sinceText = WEEK, known] = [lastOf("--since="), lastOf("--known=")];
  const since = readSince(sinceText, now);
  if (since === undefined) return `--since: '${sinceText}' is neither a time as 7d or 12h nor a date`;
  if (known === "") return "--known names no file";
  const byText = lastOf("--by=") ?? "handler";
  const by = GROUPINGS.find((one) => one === byText);
  if (by === undefined) return `--by: '${byText}' is none of ${GROUPINGS.join(", ")}`;
  const others = joined.filter((word) => !/^--(?:since=|known=|by=|json$)/.test(word));
  const files = others.filter((word) => !word.includes("=") && !word.startsWith("-"));
  const options = others.filter((word) => !files.includes(word));
  return { since, known, by, options, files, isJson: joined.includes("--json") };
}

function readSince(text: string, now: number): number | undefined {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = SECONDS_IN[unit];
  if (count !== undefined && seconds !== undefined) return now - Number(count) * seconds * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date;
}

/** Undefined: there is none. */
function filesOf({ options, files: named }: Call, io: Io): readonly string[] | undefined {
  const config = loadForCommand(options, io);
  if (config === undefined) throw new ConfigError([error("help and version must be the only word")]);
  if (named.length > 0) return named;
  const { eventhandlerLog: path } = config;
  if (path === undefined) {
    io.stderr("eventhandler_log is not set: name the worker's --config=FILE, or the log itself\n");
    return undefined;
  }
  const files = filesOfLog(path);
  if (files.length > 0) return files;
  io.stderr(`there is no ${path}: the worker makes it when it starts with eventhandler_log\n`);
  return undefined;
}

interface Wanted extends Pick<Call, "since" | "by" | "isJson"> {
  readonly known: readonly string[] | undefined;
}

async function report(named: readonly string[], wanted: Wanted, io: Io): Promise<number> {
  const { since, by, isJson, known } = wanted;
  try {
    const files = named.flatMap(filesOfPlace);
    if (files.length === 0) {
      io.stderr(`no log of event handlers, *.jsonl, is in ${named.join(", ")}\n`);
      return NO_LOG;
    }
    const { runs, unreadable } = await readRuns(files, since);
    const handlers = summariseRuns(runs, by);
    const neverRan = known && findNeverRan(known, runs, by);
    const told = {
      since: new Date(since).toISOString(),
      by,
      files,
      unreadableLines: unreadable,
      handlers,
      neverRan,
    };
    io.stdout(isJson ? `${JSON.stringify(told, undefined, 2)}\n` : renderReport(told));
    return 0;
  } catch (cause) {
    if (!(cause instanceof Error && "syscall" in cause)) throw cause;
    io.stderr(`the log of event handlers cannot be read: ${systemReason(cause)}\n`);
    return NO_LOG;
  }
}
