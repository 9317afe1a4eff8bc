/** How a run of an event handler ended. */
export const RUN_RESULTS = ["ok", "failed", "timed-out", "refused", "dry-run", "too-old"] as const;

export type RunResult = (typeof RUN_RESULTS)[number];

/** What eventhandler_log tells of one run. */
export interface HandlerRun {
  /** When it began, as ISO 8601. */
  readonly time: string;
  /** The identifier of the worker. */
  readonly worker: string;
  /** That of the worker, if worker.conf names one. */
  readonly stage?: string | undefined;
  readonly queue: string;
  /** The file name of the program. */
  readonly handler: string;
  /** As far as the command line names it. The core does not say for what it runs an event handler. */
  readonly host?: string | undefined;
  readonly service?: string | undefined;
  readonly state?: string | undefined;
  /** `SOFT` or `HARD`. */
  readonly stateType?: string | undefined;
  readonly attempt?: number | undefined;
  readonly result: RunResult;
  readonly returnCode?: number | undefined;
  readonly signal?: number | undefined;
  readonly seconds: number;
  /** The first line that it has printed, or why it was not run. */
  readonly output: string;
  /** The command line without its secrets. */
  readonly command: string;
}

/** One line of the log, with its line feed. */
export function renderRun(run: HandlerRun): string {
  return `${JSON.stringify(run)}\n`;
}

type Texts = "worker" | "queue" | "output" | "command";

/** Undefined: the line tells of no run. */
export function readRun(line: string): HandlerRun | undefined {
  const fields = parse(line);
  const text = (name: keyof HandlerRun) => {
    const value = fields[name];
    return typeof value === "string" ? value : undefined;
  };
  const number = (name: keyof HandlerRun) => {
    const value = fields[name];
    return typeof value === "number" ? value : undefined;
  };
  const [time, handler] = [text("time"), text("handler")];
  const result = RUN_RESULTS.find((known) => known === fields["result"]);
  if (time === undefined || handler === undefined || result === undefined) return undefined;
  if (Number.isNaN(Date.parse(time))) return undefined;
  const texts = (["worker", "queue", "output", "command"] as const).map((name) => [name, text(name) ?? ""]);
  return {
    ...(Object.fromEntries(texts) as Readonly<Record<Texts, string>>),
    time,
    handler,
    result,
    seconds: number("seconds") ?? 0,
    stage: text("stage"),
    host: text("host"),
    service: text("service"),
    state: text("state"),
    stateType: text("stateType"),
    attempt: number("attempt"),
    returnCode: number("returnCode"),
    signal: number("signal"),
  };
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}
