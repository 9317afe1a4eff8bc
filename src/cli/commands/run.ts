import { ConfigError, renderProblem } from "../../config/problem.ts";
import { systemReason } from "../../config/read/read-file.ts";
import { Sources } from "../../config/read/sources.ts";
import { SpoolError } from "../../result/spool/folder.ts";
import { forgetServiceEnvironment, readServiceEnvironment } from "../../system/service-environment.ts";
import { PidFileError } from "../../worker/process/pid-file.ts";
import type { Io } from "../io.ts";
import { loadForRun } from "../run/configuration.ts";
import { forgetMark, isDaemon, startDaemon, tellLauncher } from "../run/daemon.ts";
import { leaveFirstPlace } from "../run/init.ts";
import { serve } from "../run/serve.ts";

/** Runs the worker until a signal ends it. The exit codes are the C worker's: 0, and 1 if it cannot start. */
export async function runWorker(argv: readonly string[], io: Io): Promise<number> {
  const warning = leaveFirstPlace(io.env);
  if (warning !== undefined) io.stderr(`${warning}\n`);
  const isInBackground = isDaemon(io.env);
  forgetMark();
  const service = readServiceEnvironment(io.env);
  try {
    const sources = new Sources();
    const loaded = loadForRun(argv, io, sources);
    // A service of systemd is in the background already, and a process that leaves would be its end.
    if (loaded.config.daemon && !isInBackground && service === undefined) {
      for (const warning of loaded.warnings) io.stderr(`${renderProblem(warning)}\n`);
      return await startDaemon(io);
    }
    forgetServiceEnvironment();
    const onReady = () => isInBackground && tellLauncher({ ready: true });
    return await serve({ argv, loaded, sources, io, service, onReady });
  } catch (error) {
    const text = renderFailure(error);
    if (isInBackground) tellLauncher({ failed: text });
    io.stderr(`${text}\n`);
    return 1;
  }
}

/** One line for what an operator can mend; the stack for a fault of ours. */
function renderFailure(error: unknown): string {
  const isOperators = [ConfigError, PidFileError, SpoolError].some((kind) => error instanceof kind);
  if (error instanceof Error && isOperators) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (!("syscall" in error)) return error.stack ?? error.message;
  const what =
    "path" in error ? `cannot ${error.syscall} ${error.path}: ${systemReason(error)}` : error.message;
  return `cannot start worker: ${what}`;
}
