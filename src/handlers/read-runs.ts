import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
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

/** A folder stands for the logs of several workers in it, `NAME.jsonl`. Throws the system's error. */
export function filesOfPlace(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => /\.jsonl(?:\.1)?$/.test(name));
  const logs = new Set(names.map((name) => name.replace(/\.1$/, "")));
  return [...logs].toSorted().flatMap((name) => filesOfLog(join(path, name)));
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
