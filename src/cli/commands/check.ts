import { BUILTIN_CHECKS, SESSIONS_URL } from "../../../plugins/index.ts";
import { settingValue } from "../../../sdk/setting.ts";
import { NATIVE_VALUES_FOLDER } from "../../../sdk/values/settings.ts";
import { renderCheckHelp } from "../../../sdk/words/help.ts";
import { toByteString } from "../../byte-string.ts";
import type { Config } from "../../config/config.ts";
import { asksForHelp } from "../../config/read/info-request.ts";
import { quoteWord } from "../../executor/shells/quote-word.ts";
import { createLog } from "../../log.ts";
import { createSecretReader } from "../../run/references/secret-files.ts";
import { createConfiguredRouter } from "../../run/routing/router.ts";
import { SiteShelf } from "../../run/shelf.ts";
import { renderRoute } from "../check/explain.ts";
import { runCommandLine } from "../check/run-command-line.ts";
import { type CommandResult, help, wrongCall } from "../command.ts";
import type { Io } from "../io.ts";
import { findPluginFile } from "../usual-plugin-folders.ts";
import { loadForCommand, reportConfigError } from "../worker-conf.ts";

/** Exit codes: the return code of the check; 3 if the options are wrong. */
export async function checkCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const { options, command, explains } = splitArguments(argv);
  if (asksForHelp(options)) return help();
  if (command.length === 0) return wrongCall();
  try {
    const config = loadForCommand(options, io);
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
/** What comes with the worker. */
const OWN = { builtin: BUILTIN_CHECKS, sessions: SESSIONS_URL };

async function answer(
  config: Config,
  command: readonly string[],
  explains: boolean,
  io: Io,
): Promise<number> {
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
  if (!explains) return await runCommandLine(commandLine, { config, router, log, findMarks: shelf.find }, io);
  io.stdout(renderRoute(await router({ commandLine }), shelf, createSecretReader(config)));
  return 0;
}

function toCommandLine(words: readonly string[]): string {
  const [only = "", ...more] = words.map(toByteString);
  return more.length === 0 ? only : [only, ...more].map(quoteWord).join(" ");
}
