import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { type HandlerRun, readRun } from "./handler-run.ts";

/** What a set of log files tells. */
export interface ReadRuns {
  readonly runs: readonly HandlerRun[];
  readonly files: readonly string[];
  /** Lines that tell of no run. */
  readonly unreadable: number;
}

/** The file before the present one: what a worker has renamed. */
export function rotatedName(path: string): string {
  return `${path}.1`;
}

/** The files of a log that are there, the older one first. */
export function filesOfLog(path: string): readonly string[] {
  return [rotatedName(path), path].filter((file) => existsSync(file));
}

/** Runs that began since then, in milliseconds since the epoch. Throws the system's error. */
export async function readRuns(files: readonly string[], since: number): Promise<ReadRuns> {
  const runs: HandlerRun[] = [];
  let unreadable = 0;
  for (const file of files) {
    const lines = createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity });
    for await (const line of lines) {
      if (line === "") continue;
      const run = readRun(line);
      if (run === undefined) unreadable += 1;
      else if (Date.parse(run.time) >= since) runs.push(run);
    }
  }
  return { runs, files, unreadable };
}
