import { backupAge } from "./backups.ts";
import type { ModeContext } from "./context.ts";
import { batchRequests, bufferHitRatio, busy, pageLifeExpectancy } from "./counters.ts";
import { databaseOnline } from "./databases.ts";
import { acceptsFree, databaseFree } from "./free.ts";
import { connectedUsers, connectionTime, uptime } from "./instance.ts";
import { failedJobs } from "./jobs.ts";
import { type HealthRequest, readRequest } from "./request.ts";
import { acceptsStatement, sql, sqlRuntime } from "./statement.ts";

/** One kind of question, with its names on the command line. */
export interface Mode {
  readonly names: readonly string[];
  /** Whether a run leaves values for the next one. */
  readonly keepsState?: boolean;
  /** Whether `--name` is an SQL statement. */
  readonly isStatement?: boolean;
  /** False: the plugin has to answer for these options. */
  readonly accepts?: (request: HealthRequest) => boolean;
  readonly run: (context: ModeContext) => Promise<void>;
}

/** With `--lookback` the plugin keeps the values of all its runs. */
const withoutLookback = ({ lookback }: HealthRequest) => lookback === undefined;
const COUNTING = { keepsState: true, accepts: withoutLookback } as const;
const STATEMENT = { isStatement: true, accepts: acceptsStatement } as const;

const MODES: readonly Mode[] = [
  { names: ["connection-time"], run: connectionTime },
  { names: ["connected-users"], run: connectedUsers },
  { names: ["sql"], ...STATEMENT, run: sql },
  { names: ["sql-runtime"], ...STATEMENT, run: sqlRuntime },
  { names: ["uptime"], run: uptime },
  { names: ["database-online"], run: databaseOnline },
  { names: ["database-free"], accepts: acceptsFree, run: databaseFree(["data", "log"]) },
  { names: ["database-data-free"], accepts: acceptsFree, run: databaseFree(["data"]) },
  { names: ["database-log-free"], accepts: acceptsFree, run: databaseFree(["log"]) },
  { names: ["database-backup-age", "backup-age"], run: backupAge },
  { names: ["failed-jobs"], keepsState: true, run: failedJobs },
  { names: ["page-life-expectancy"], ...COUNTING, run: pageLifeExpectancy },
  { names: ["batch-requests"], ...COUNTING, run: batchRequests },
  { names: ["cpu-busy"], ...COUNTING, run: busy("cpu") },
  { names: ["io-busy"], ...COUNTING, run: busy("io") },
  { names: ["mem-pool-data-buffer-hit-ratio", "buffer-cache-hit-ratio"], ...COUNTING, run: bufferHitRatio },
];

/** Reads a command line. Undefined where the plugin has to answer. */
export function readModeRequest(
  argv: readonly string[],
): { readonly request: HealthRequest; readonly mode: Mode } | undefined {
  const request = readRequest(argv, (name) => findMode(name)?.isStatement ?? false);
  const mode = request && findMode(request.modeName);
  const isAccepted = mode && (mode.accepts?.(request) ?? true);
  return isAccepted ? { request, mode } : undefined;
}

function findMode(name: string): Mode | undefined {
  return MODES.find(({ names }) => names.includes(name));
}
