import { SpoolFolderError } from "../../../integrations/spool/spool-folder.ts";
import type { ZulipClient } from "../../../integrations/zulip/client/zulip-client.ts";
import { ProgramError } from "../../../integrations/zulip/programs/program-error.ts";
import { Replaceable } from "../../../integrations/zulip/programs/replaceable.ts";
import type { Connection } from "../../../integrations/zulip/settings/connection.ts";
import { createClient, openClient } from "../../../integrations/zulip/settings/open-client.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { renderForLog, renderProblem } from "../../config/problem.ts";
import type { ConfigTable } from "../../config/table.ts";
import { createLog, type LogOptions, type WorkerLog } from "../../log.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { VERSION } from "../version.ts";
import { followSignals } from "./follow-signals.ts";
import { loadOptions } from "./load-options.ts";
import { type Common, createReload } from "./reload.ts";

interface ProgramConfig extends Common {
  readonly connection: Connection;
  readonly values: Common["values"] & { readonly logFormat: LogOptions["format"] };
}

interface Run<Config> {
  readonly client: ZulipClient;
  readonly config: Config;
}

/** A program of Zulip that runs until a signal ends it, as a command. */
export interface LongProgram<Config extends ProgramConfig> {
  /** `bot` */
  readonly name: string;
  readonly table: ConfigTable<Config>;
  readonly run: (options: {
    readonly running: Replaceable<Run<Config>>;
    readonly log: WorkerLog;
    readonly signal: AbortSignal;
  }) => Promise<void>;
  /** Why it would not work with what a reload has read. */
  readonly whyNot: (after: Run<Config>, before: Run<Config>) => Promise<string | undefined>;
  /** What `--check` asks others. Resolves to the exit code. Without it there is no such word. */
  readonly check?: (run: Run<Config>, io: Io) => Promise<number>;
  /** The exit code and the words for an error that only this program has. */
  readonly explain?: (error: unknown) => { readonly code: number; readonly text: string } | undefined;
}

const [CHECK_CONFIG, CHECK] = ["--check-config", "--check"];
const FAILED = 1;
const WRONG_CONFIG = 3;

/** Exit codes: 0, 1 it cannot start or `--check` has failed, 3 the configuration is wrong. */
export async function longProgram<Config extends ProgramConfig>(
  program: LongProgram<Config>,
  argv: readonly string[],
  io: Io,
): Promise<CommandResult> {
  const own = [CHECK_CONFIG, ...(program.check === undefined ? [] : [CHECK])];
  const loaded = loadOptions(
    program.table,
    argv.filter((word) => !own.includes(word)),
    io,
  );
  if (typeof loaded === "string") {
    io.stderr(`${loaded}\n`);
    return WRONG_CONFIG;
  }
  const asked = argv.filter((word) => own.includes(word));
  if (asked.length > 0) return tellChecked(loaded, io, asked.includes(CHECK) ? program.check : undefined);
  try {
    await serve(program, loaded, { argv, io });
    return 0;
  } catch (error) {
    const { code, text } = program.explain?.(error) ?? explain(error, program.name);
    io.stderr(`${text}\n`);
    return code;
  }
}

async function tellChecked<Config extends ProgramConfig>(
  { config, warnings }: LoadedConfig<Config>,
  io: Io,
  check: LongProgram<Config>["check"],
): Promise<number> {
  for (const warning of warnings) io.stdout(`${renderProblem(warning)}\n`);
  io.stdout("the configuration is fine\n");
  if (check === undefined) return 0;
  return check({ client: openClient(config.connection, { env: io.env, version: VERSION }), config }, io);
}

async function serve<Config extends ProgramConfig>(
  { name, table, run, whyNot }: LongProgram<Config>,
  { config, warnings }: LoadedConfig<Config>,
  { argv, io }: { readonly argv: readonly string[]; readonly io: Io },
): Promise<void> {
  const { debug, logfile, logFormat } = config.values;
  const log = createLog({ debug, file: logfile, format: logFormat });
  for (const warning of warnings) log.warn(renderForLog(warning));
  const ending = new AbortController();
  const client = openClient(config.connection, { env: io.env, version: VERSION });
  const running = new Replaceable<Run<Config>>({ client, config });
  const prepare = (read: Config) => ({ client: createClient(read.connection, VERSION), config: read });
  const reload = createReload({ program: name, table, argv, io, log, running, prepare, whyNot });
  using _signals = followSignals({ log, ending, reload });
  await run({ running, log, signal: ending.signal });
}

/** What an operator can mend, as a log file that cannot be written. All else is thrown. */
function explain(error: unknown, name: string) {
  const isOperators = error instanceof ProgramError || error instanceof SpoolFolderError;
  if (!isOperators && !(error instanceof Error && "syscall" in error)) throw error;
  return { code: FAILED, text: `the ${name} cannot run: ${error.message}` };
}
