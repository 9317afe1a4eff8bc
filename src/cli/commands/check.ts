import { SESSIONS_URL } from "../../../plugins/index.ts";
import { settingValue } from "../../../sdk/setting.ts";
import { NATIVE_VALUES_FOLDER } from "../../../sdk/values/settings.ts";
import { renderCheckHelp } from "../../../sdk/words/help.ts";
import { type ByteString, toByteString } from "../../byte-string.ts";
import type { Config } from "../../config/config.ts";
import { ConfigError, error } from "../../config/problem.ts";
import { quote } from "../../config/quote.ts";
import { asksForHelp } from "../../config/read/info-request.ts";
import { queueRightsOf } from "../../config/worker/queue-rights.ts";
import { quoteWord } from "../../executor/shells/quote-word.ts";
import { queueNames } from "../../job/queues.ts";
import { createLog } from "../../log.ts";
import { createSecretReader } from "../../run/references/secret-files.ts";
import { createConfiguredRouter } from "../../run/routing/router.ts";
import { SiteShelf } from "../../run/shelf.ts";
import { renderRights, renderRoute } from "../check/explain.ts";
import { runCommandLine } from "../check/run-command-line.ts";
import { type CommandResult, help, wrongCall } from "../command.ts";
import type { Io } from "../io.ts";
import { OWN_CHECKS } from "../own-checks.ts";
import { findPluginFile } from "../usual-plugin-folders.ts";
import { loadForCommand, reportConfigError } from "../worker-conf.ts";

/** Exit codes: the return code of the check; 3 if the options are wrong. */
export async function checkCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const { options, command, ...how } = splitArguments(argv);
  if (asksForHelp(options)) return help();
  if (command.length === 0) return wrongCall();
  try {
    const config = loadForCommand(options, io);
    return config === undefined ? 3 : await answer(config, command, how, io);
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
    options: given.filter((word) => word !== EXPLAIN && !word.startsWith(QUEUE)),
    command: at < 0 ? [] : argv.slice(argv[at] === "--" ? at + 1 : at),
    explains: given.includes(EXPLAIN),
    queue: given.findLast((word) => word.startsWith(QUEUE))?.slice(QUEUE.length),
  };
}

const EXPLAIN = "--explain";
const QUEUE = "--queue=";
/** What comes with the worker. */
const OWN = { builtin: OWN_CHECKS, sessions: SESSIONS_URL };

async function answer(
  config: Config,
  command: readonly string[],
  { explains, queue: named }: Pick<ReturnType<typeof splitArguments>, "explains" | "queue">,
  io: Io,
): Promise<number> {
  const queue = named === undefined ? undefined : findQueue(config, named);
  const log = createLog({ debug: config.debug - 1, file: undefined, toStderr: true, format: "text" });
  const onPrinted = (text: string) => io.stderr(text);
  const valuesFolder = () => settingValue(config.settings, NATIVE_VALUES_FOLDER);
  await using shelf = new SiteShelf({ ...OWN, log, onPrinted, valuesFolder });
  await shelf.open(config.pluginPath);
  const [name = "", ...rest] = command;
  const check = shelf.find(name);
  if (check !== undefined && rest.length === 1 && rest[0] === "--help") {
    io.stdout(renderCheckHelp(check));
    return 0;
  }
  const router = createConfiguredRouter(config, shelf);
  // A check that stands in for no plugin is called as in a job. Any other name means its plugin.
  const words = check?.replaces === undefined ? command : [findPluginFile(name, io.env), ...rest];
  const commandLine = toCommandLine(words);
  const job = { commandLine, queue, ...(queue === "eventhandler" && { type: queue }) };
  const names = shelf.checks.map((each) => each.name);
  const context = { config, router, log, findMarks: shelf.find, names };
  if (!explains) return await runCommandLine(job, context, io);
  const route = await router(job);
  const rights = queue === undefined ? undefined : queueRightsOf(config, queue);
  io.stdout(renderRoute(route, shelf, createSecretReader(config)) + renderRights(route, rights));
  return 0;
}

/** Throws a ConfigError for a queue that the worker does not serve. */
function findQueue(config: Config, named: string): ByteString {
  const queue = toByteString(named);
  const served = queueNames(config);
  if (served.includes(queue)) return queue;
  const hint = `its queues are ${served.map(quote).join(", ")}`;
  throw new ConfigError([error(`this worker serves no queue ${quote(named)}`, hint)]);
}

function toCommandLine(words: readonly string[]): string {
  const [only = "", ...more] = words.map(toByteString);
  return more.length === 0 ? only : [only, ...more].map(quoteWord).join(" ");
}
