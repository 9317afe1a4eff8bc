import { BUILTIN_CHECKS } from "../../plugins/index.ts";
import { SharedValues } from "../../plugins/sdk/shared.ts";
import { toByteString } from "../byte-string.ts";
import { loadConfig } from "../config/load.ts";
import { thisMachine } from "../config/machine.ts";
import { ConfigError } from "../config/problem.ts";
import type { Job } from "../job/job.ts";
import { createLog } from "../log.ts";
import { judge, judgeSettings } from "../result/judge.ts";
import { quoteWord } from "../run/command-line.ts";
import { Executor } from "../run/executor.ts";
import { createRunner } from "../run/run.ts";
import { createConfiguredRouter } from "../worker/create-line.ts";
import type { Io } from "./io.ts";

const USAGE = `usage: omd-worker check [OPTION=VALUE…] [--] COMMAND…
  Runs COMMAND as the worker would, prints what the core would see, exits with the return code.
  One word is a whole command line, several are the words of one. Options are those of worker.conf.
`;

/** What a run of one command line cannot need, but a configuration must have. */
const NO_SERVER = ["server=localhost", "encryption=no", "services=yes"];

export async function checkCommand(argv: readonly string[], io: Io): Promise<number> {
  const { options, command } = splitArguments(argv);
  if (command.length === 0) {
    io.stderr(USAGE);
    return 3;
  }
  try {
    return await runCheck(options, toCommandLine(command), io);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    io.stderr(`${error.message}\n`);
    return 3;
  }
}

/** Options begin with dashes and end with `--` or the first other word. */
function splitArguments(argv: readonly string[]) {
  const at = argv.findIndex((word) => !word.startsWith("-") || word === "--");
  if (at < 0) return { options: argv, command: [] };
  return { options: argv.slice(0, at), command: argv.slice(argv[at] === "--" ? at + 1 : at) };
}

function toCommandLine(words: readonly string[]): string {
  const [only = "", ...more] = words.map(toByteString);
  return more.length === 0 ? only : [only, ...more].map(quoteWord).join(" ");
}

async function runCheck(options: readonly string[], commandLine: string, io: Io): Promise<number> {
  const loaded = loadConfig([...NO_SERVER, ...options], { ...thisMachine(), env: io.env });
  if (loaded.wants !== "run") return 3;
  const { config } = loaded;
  const log = createLog({ debug: config.debug - 1, file: undefined, toStderr: true, format: "text" });
  const executor = new Executor({ log, warm: 0, idleTimeout: 0 });
  await executor.start();
  try {
    await using shared = new SharedValues({ log: (message) => log.debug(message) });
    const router = createConfiguredRouter(config, BUILTIN_CHECKS);
    const runner = createRunner({ router, executor, shared, log });
    const job = { ...NO_JOB, commandLine };
    const { outcome, via } = await runner(job, config.jobTimeout);
    log.info({ via }, "ran");
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
