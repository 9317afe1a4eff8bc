import { SpoolFolderError } from "../../../integrations/spool/spool-folder.ts";
import { LockError } from "../../../integrations/zulip/programs/lock-folder.ts";
import { Replaceable } from "../../../integrations/zulip/programs/replaceable.ts";
import { NotifierError, runNotifier } from "../../../integrations/zulip/programs/run-notifier.ts";
import { whyNotLetIn } from "../../../integrations/zulip/programs/why-not-let-in.ts";
import { createClient, openClient } from "../../../integrations/zulip/settings/open-client.ts";
import { NOTIFIER_TABLE, type NotifierSettings } from "../../../integrations/zulip/settings/table.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { renderForLog, renderProblem } from "../../config/problem.ts";
import { createLog } from "../../log.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { VERSION } from "../version.ts";
import { followSignals } from "./follow-signals.ts";
import { loadOptions } from "./load-options.ts";
import { createReload } from "./reload.ts";

const CHECK_CONFIG = "--check-config";
const FAILED = 1;
const WRONG_CONFIG = 3;

/**
 * Runs the notifier until a signal ends it. Exit codes: 0, 1 it cannot start, 3 the configuration is wrong.
 */
export async function zulipNotifierCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const loaded = loadOptions(
    NOTIFIER_TABLE,
    argv.filter((word) => word !== CHECK_CONFIG),
    io,
  );
  if (typeof loaded === "string") {
    io.stderr(`${loaded}\n`);
    return WRONG_CONFIG;
  }
  if (argv.includes(CHECK_CONFIG)) {
    for (const warning of loaded.warnings) io.stdout(`${renderProblem(warning)}\n`);
    io.stdout("the configuration is fine\n");
    return 0;
  }
  try {
    await serve(loaded, argv, io);
    return 0;
  } catch (error) {
    if (!isOperators(error)) throw error;
    io.stderr(`the notifier cannot run: ${error.message}\n`);
    return FAILED;
  }
}

async function serve(
  { config, warnings }: LoadedConfig<NotifierSettings>,
  argv: readonly string[],
  io: Io,
): Promise<void> {
  const { debug, logfile, logFormat } = config.values;
  const log = createLog({ debug, file: logfile, format: logFormat });
  for (const warning of warnings) log.warn(renderForLog(warning));
  const ending = new AbortController();
  const client = openClient(config.connection, { env: io.env, version: VERSION });
  const running = new Replaceable({ client, config });
  const prepare = (read: NotifierSettings) => ({
    ...{ client: createClient(read.connection, VERSION), config: read },
  });
  const reload = createReload({
    ...{ program: "notifier", table: NOTIFIER_TABLE, argv, io, log, running, prepare, whyNot: whyNotLetIn },
  });
  using _signals = followSignals({ log, ending, reload });
  await runNotifier({ running, log, signal: ending.signal });
}

/** What an operator can mend, as a log file that cannot be written. */
function isOperators(error: unknown): error is Error {
  const kinds = [NotifierError, LockError, SpoolFolderError];
  if (kinds.some((kind) => error instanceof kind)) return true;
  return error instanceof Error && "syscall" in error;
}
