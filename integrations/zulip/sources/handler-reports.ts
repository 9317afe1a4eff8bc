import { join } from "node:path";
import { readRun } from "../../../src/handlers/handler-run.ts";
import type { Log } from "../../../src/log.ts";
import type { SpoolFolder } from "../../spool/spool-folder.ts";
import type { Clock } from "../client/clock.ts";
import { encodePost } from "../notify/post-entry.ts";
import { FollowedFile, type FollowedLine } from "./followed-file.ts";
import { type RunStyle, renderRunReport } from "./render-run.ts";
import { StateFile } from "./state-file.ts";

/** How runs of event handlers are reported. */
export interface HandlerReporting {
  /** eventhandler_log of the worker. */
  readonly file: string;
  readonly style: RunStyle;
  /** Runs that ended well, and those of a dry run, are not reported. */
  readonly onlyFailures: boolean;
}

export interface ReportsOptions {
  readonly reporting: HandlerReporting;
  readonly spool: SpoolFolder;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_EVERY_MS = 1_000;
/** The folder cannot be used, or is full. */
const TROUBLE_PAUSE_MS = 10_000;

/**
 * Puts a report of each line of the worker's log into the spool. A line counts as read when its report is on
 * the disk, so none is lost; a process that is killed between the two reports one of them twice.
 */
export async function followHandlerRuns(options: ReportsOptions, signal: AbortSignal): Promise<void> {
  const { reporting, spool, clock, log } = options;
  const state = new StateFile(join(spool.folder, "handler-log.json"));
  const follow = async () => {
    const followed = await FollowedFile.open(reporting.file, state);
    while (!signal.aborted) {
      const kept = await keepNext(followed, options);
      if (trouble !== undefined) log.info("reports of event handlers are kept again");
      trouble = undefined;
      if (kept === 0) await clock.sleep(LOOK_EVERY_MS, signal);
    }
  };
  let trouble: string | undefined;
  while (!signal.aborted) {
    try {
      await follow();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== trouble) log.warn({ file: reporting.file }, `reports of event handlers wait: ${reason}`);
      trouble = reason;
      await clock.sleep(TROUBLE_PAUSE_MS, signal);
    }
  }
}

/** How many lines were dealt with. Throws if there is no room in the spool. */
async function keepNext(followed: FollowedFile, options: ReportsOptions): Promise<number> {
  const lines = await followed.read();
  for (const line of lines) {
    await keep(line, options);
    await followed.commit(line.end);
  }
  return lines.length;
}

async function keep({ text }: FollowedLine, { reporting, spool, clock, log }: ReportsOptions): Promise<void> {
  if (text === "") return;
  const run = readRun(text);
  if (run === undefined) {
    log.warn({ file: reporting.file }, "a line of the event handlers' log cannot be read");
    return;
  }
  if (reporting.onlyFailures && (run.result === "ok" || run.result === "dry-run")) return;
  const post = encodePost(renderRunReport(run, reporting.style));
  if ((await spool.put(post, clock.now())) === undefined)
    throw new Error(`the spool ${spool.folder} is full`);
}
