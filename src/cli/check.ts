import { BUILTIN_CHECKS } from "../../plugins/index.ts";
import { SharedValues } from "../../sdk/shared.ts";
import { toByteString } from "../byte-string.ts";
import type { Config } from "../config/config.ts";
import { Executor } from "../executor/executor.ts";
import { quoteWord } from "../executor/shells/quote-word.ts";
import type { Job } from "../job/job.ts";
import { createLog } from "../log.ts";
import { judge, judgeSettings } from "../result/judge.ts";
import type { Router } from "../run/routing/router.ts";
import { createConfiguredRouter } from "../run/routing/router.ts";
import { createRunner } from "../run/run.ts";
import { SiteShelf } from "../run/shelf.ts";
import { renderHelp } from "./check-help.ts";
import { renderRoute } from "./explain.ts";
import type { Io } from "./io.ts";
import { loadOptions, reportConfigError } from "./load-options.ts";
import { pluginPath } from "./plugin-folders.ts";

const USAGE = `usage: omd-worker check [--explain] [--OPTION=VALUE…] [--] COMMAND…
       omd-worker check NAME --help
  Runs COMMAND as the worker would, prints what the core would see, exits with the return code.
  With --explain it runs nothing, but says which way COMMAND goes, why, and what would be started.
  One word is a whole command line, several are the words of one. A native check may be called by its name
  alone; with --help it explains its options. Options are those of worker.conf.
`;

export async function checkCommand(argv: readonly string[], io: Io): Promise<number> {
  const { options, command, explains } = splitArguments(argv);
  if (command.length === 0) {
    io.stderr(USAGE);
    return 3;
  }
  try {
    const config = loadOptions(options, io);
    return config === undefined ? 3 : await answer(config, command, explains, io);
  } catch (error) {
    reportConfigError(error, io);
    return 3;
  }
}

/** Options begin with dashes and end with `--` or the first other word. */
function splitArguments(argv: readonly string[]) {
  const at = argv.findIndex((word) => !word.startsWith("-") || word === "--");
  const given = at < 0 ? argv : argv.slice(0, at);
  return {
    options: given.filter((word) => word !== EXPLAIN),
    command: at < 0 ? [] : argv.slice(argv[at] === "--" ? at + 1 : at),
    explains: given.includes(EXPLAIN),
  };
}

const EXPLAIN = "--explain";

async function answer(
  config: Config,
  command: readonly string[],
  explains: boolean,
  io: Io,
): Promise<number> {
  const log = createLog({ debug: config.debug - 1, file: undefined, toStderr: true, format: "text" });
  using shelf = new SiteShelf({ builtin: BUILTIN_CHECKS, log });
  await shelf.open(config.pluginPath);
  const [name = "", ...rest] = command;
  const check = shelf.find(name);
  if (check !== undefined && rest.length === 1 && rest[0] === "--help") {
    io.stdout(renderHelp(check));
    return 0;
  }
  const router = createConfiguredRouter(config, shelf);
  const words = check === undefined ? command : [pluginPath(name, io.env), ...rest];
  const commandLine = toCommandLine(words);
  if (!explains) return runCheck(commandLine, { config, router, log }, io);
  io.stdout(renderRoute(router({ commandLine }), shelf));
  return 0;
}

function toCommandLine(words: readonly string[]): string {
  const [only = "", ...more] = words.map(toByteString);
  return more.length === 0 ? only : [only, ...more].map(quoteWord).join(" ");
}

interface Surroundings {
  readonly config: Config;
  readonly router: Router;
  readonly log: ReturnType<typeof createLog>;
}

async function runCheck(commandLine: string, { config, router, log }: Surroundings, io: Io): Promise<number> {
  const executor = new Executor({ log, warm: 0, idleTimeout: 0 });
  await executor.start();
  try {
    await using shared = new SharedValues({ log: (message) => log.debug(message) });
    const onDeclined = (check: string, reason: string) => log.info(`${check}: ${reason}; left to the plugin`);
    const runner = createRunner({ router, executor, shared, log, onDeclined });
    const job = { ...NO_JOB, commandLine };
    const { outcome, via, why } = await runner(job, config.jobTimeout);
    log.info({ via, why }, "ran");
    // The core sees the message alone; who tries a check wants to know the line.
    if (via === "native" && outcome.kind === "crashed" && outcome.error instanceof Error)
      io.stderr(`${outcome.error.stack}\n`);
    const { returnCode, output } = judge(job, outcome, judgeSettings(config));
    io.stdout(Buffer.from(`${output}\n`, "latin1"));
    return returnCode;
  } finally {
    await executor.stop();
  }
}

const NO_JOB: Job = {
  type: "service",
  hostName: "localhost",
  serviceDescription: "check",
  commandLine: "",
  resultQueue: undefined,
  targetQueue: undefined,
  coreTime: undefined,
  timeout: undefined,
  pluginOutput: undefined,
  longPluginOutput: undefined,
  contact: undefined,
};
