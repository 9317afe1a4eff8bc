import { SharedValues } from "../../../sdk/shared.ts";
import type { Config } from "../../config/config.ts";
import { nearestWord } from "../../config/nearest-word.ts";
import { Executor } from "../../executor/executor.ts";
import type { Job } from "../../job/job.ts";
import type { createLog } from "../../log.ts";
import { NOT_FOUND } from "../../outcome/shell-codes.ts";
import { judge, judgeSettings } from "../../result/judge.ts";
import { createConfinements } from "../../run/confinements.ts";
import { createSecretReader } from "../../run/references/secret-files.ts";
import type { Route } from "../../run/routing/route.ts";
import type { RoutedJob, Router } from "../../run/routing/router.ts";
import { createRunner } from "../../run/run.ts";
import type { FindMarks } from "../../run/secrets.ts";
import { limitEnvironment } from "../../worker/process/plugin-environment.ts";
import type { Io } from "../io.ts";

interface CommandLineContext {
  readonly config: Config;
  readonly router: Router;
  readonly log: ReturnType<typeof createLog>;
  readonly findMarks: FindMarks;
  /** The names of all native checks, those of the site too. */
  readonly names: readonly string[];
}

/**
 * Runs one command line as the worker would and prints what the core would see; resolves to the return code.
 */
export async function runCommandLine(
  { queue, ...given }: RoutedJob,
  { config, router, log, findMarks, names }: CommandLineContext,
  io: Io,
): Promise<number> {
  limitEnvironment(process.env, config.pluginEnvironment);
  const findConfinement = queue === undefined ? undefined : createConfinements(config);
  const executor = new Executor({ log, warm: 0, idleTimeout: 0 });
  await executor.start();
  try {
    await using shared = new SharedValues({
      log: (message) => log.debug(message),
      settings: () => config.settings,
    });
    const readSecret = createSecretReader(config);
    const onDeclined = (check: string, reason: string) => log.info(`${check}: ${reason}; left to the plugin`);
    const runner = createRunner({
      router,
      executor,
      shared,
      log,
      findMarks,
      readSecret,
      onDeclined,
      findConfinement,
    });
    const job = { ...NO_JOB, ...given, queue };
    const startMs = performance.now();
    const { outcome, via, why } = await runner(job, config.jobTimeout);
    log.info({ via, why, seconds: Number(((performance.now() - startMs) / 1000).toFixed(3)) }, "ran");
    // The core sees the message only; the author of a check needs the line.
    if (via === "native" && outcome.kind === "crashed" && outcome.error instanceof Error)
      io.stderr(`${outcome.error.stack}\n`);
    const { returnCode, output } = judge(job, outcome, judgeSettings(config));
    io.stdout(Buffer.from(`${output}\n`, "latin1"));
    if (outcome.kind === "exited" && outcome.returnCode === NOT_FOUND) {
      const name = findUnanswered(await router(job), findMarks);
      if (name !== undefined) io.stderr(`the worker's own ${name} did not answer: ${why}\n`);
      else io.stderr(describeNameless(given.commandLine, names));
    }
    return returnCode;
  } finally {
    await executor.stop();
  }
}

/** The native check that has the name of a plugin which is started. */
function findUnanswered(route: Route, find: FindMarks): string | undefined {
  const [path = ""] = route.via === "plugin" ? route.argv : [];
  const name = path.slice(path.lastIndexOf("/") + 1);
  return find(name) === undefined ? undefined : name;
}

/** A check without a path, as `check_order` where there is a `check_orders`. Empty for any other command. */
function describeNameless(commandLine: string, names: readonly string[]): string {
  const [, name] = /^'?(check_[\w.-]+)(?:'|\s|$)/.exec(commandLine) ?? [];
  if (name === undefined) return "";
  const nearest = nearestWord(names, name.replaceAll("_", "-"));
  const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  return `no check is called ${name}${hint} (omd-worker plugin list shows all, with plugin_path those of your folders)\n`;
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
