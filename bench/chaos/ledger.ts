import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A run of a job, as the plugin itself has written it down. */
export interface LedgerRun {
  readonly job: number;
  /** The start of a worker: `1#3` is the third one of the second worker. */
  readonly start: string;
  /** Seconds since the machine was started. */
  readonly at: number;
}

/** In the environment of each start of a worker, from where its plugins have it. */
export const START_VARIABLE = "CHAOS_START";

/**
 * A plugin that writes a line into the ledger when it begins. A line is one write to a file that is open for
 * appending, so no two lines mix, and a plugin that is killed has written all of its line or nothing.
 */
export function writeLedgerPlugin(folder: string): { readonly plugin: string; read(): readonly LedgerRun[] } {
  const plugin = join(folder, "ledger.sh");
  const ledger = join(folder, "ledger");
  const script = `#!/bin/sh
read up rest </proc/uptime
echo "$1 $${START_VARIABLE} $up" >>${ledger}
[ "$2" = 0 ] || sleep "$2"
echo "${answerOf("$1")}"
`;
  writeFileSync(plugin, script, { mode: 0o755 });
  return { plugin, read: () => (existsSync(ledger) ? readLedger(readFileSync(ledger, "utf8")) : []) };
}

/** What the plugin prints. Its return code is 0. */
export function answerOf(job: number | string): string {
  return `done ${job}`;
}

export function readLedger(text: string): readonly LedgerRun[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [job = "", start = "", at = ""] = line.split(" ");
      return { job: Number(job), start, at: Number(at) };
    });
}

/** Seconds since the machine was started, as the plugin reads them. */
export function uptime(): number {
  return Number(readFileSync("/proc/uptime", "latin1").split(" ")[0]);
}
