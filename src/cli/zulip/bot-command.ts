import { namedStreams, renderUnheard } from "../../../integrations/zulip/bot/permissions.ts";
import { fetchOwnUser } from "../../../integrations/zulip/client/api.ts";
import { findUnheard } from "../../../integrations/zulip/client/streams.ts";
import { ZulipError } from "../../../integrations/zulip/client/zulip-error.ts";
import { LockError } from "../../../integrations/zulip/programs/lock-folder.ts";
import { Replaceable } from "../../../integrations/zulip/programs/replaceable.ts";
import {
  askMonitoring,
  BotError,
  openTracker,
  runBot,
  whyNotRunBot,
} from "../../../integrations/zulip/programs/run-bot.ts";
import { BOT_TABLE, type BotConfig } from "../../../integrations/zulip/settings/bot-table.ts";
import { createClient, openClient } from "../../../integrations/zulip/settings/open-client.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { renderForLog, renderProblem } from "../../config/problem.ts";
import { createLog } from "../../log.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { VERSION } from "../version.ts";
import { followSignals } from "./follow-signals.ts";
import { loadOptions } from "./load-options.ts";
import { createReload } from "./reload.ts";

const [CHECK_CONFIG, CHECK] = ["--check-config", "--check"];
const FAILED = 1;
const WRONG_CONFIG = 3;
const LOGIN_REFUSED = 4;

/**
 * Runs the bot until a signal ends it. Exit codes: 0, 1 it cannot start, 3 the configuration is wrong, 4
 * Zulip refuses the login.
 */
export async function zulipBotCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const isOwn = (word: string) => word === CHECK_CONFIG || word === CHECK;
  const loaded = loadOptions(
    BOT_TABLE,
    argv.filter((word) => !isOwn(word)),
    io,
  );
  if (typeof loaded === "string") {
    io.stderr(`${loaded}\n`);
    return WRONG_CONFIG;
  }
  if (argv.some(isOwn)) return check(loaded, { io, asks: argv.includes(CHECK) });
  try {
    await serve(loaded, argv, io);
    return 0;
  } catch (error) {
    return explain(error, io);
  }
}

/** Says what is wrong, and asks Zulip and the monitoring whether they let the bot in. */
async function check(
  { config, warnings }: LoadedConfig<BotConfig>,
  { io, asks }: { readonly io: Io; readonly asks: boolean },
): Promise<number> {
  for (const warning of warnings) io.stdout(`${renderProblem(warning)}\n`);
  io.stdout("the configuration is fine\n");
  if (!asks) return 0;
  const client = openClient(config.connection, { env: io.env, version: VERSION });
  const failures: string[] = [];
  try {
    const { fullName, isBot } = await fetchOwnUser(client);
    io.stdout(`Zulip: ${client.site} knows the bot as ${fullName}${isBot ? "" : ", which is no bot"}\n`);
    const unheard = await findUnheard(client, namedStreams(config.settings.rules));
    failures.push(...unheard.map((stream) => `Zulip: ${renderUnheard(stream)}`));
  } catch (error) {
    if (!(error instanceof ZulipError)) throw error;
    failures.push(`Zulip: ${error.message}`);
  }
  const found = await askMonitoring(config);
  if (typeof found === "string") failures.push(`monitoring: ${found}`);
  else io.stdout(`monitoring: ${found.as}\n`);
  using tracker = openTracker(config);
  const seen = await tracker?.look();
  if (seen !== undefined && "reason" in seen) failures.push(`GitLab: ${seen.reason}`);
  else if (seen !== undefined) io.stdout(`GitLab: issues are opened in ${seen.project}\n`);
  for (const failure of failures) io.stderr(`${failure}\n`);
  return failures.length === 0 ? 0 : FAILED;
}

async function serve(
  { config, warnings }: LoadedConfig<BotConfig>,
  argv: readonly string[],
  io: Io,
): Promise<void> {
  const { debug, logfile, logFormat } = config.values;
  const log = createLog({ debug, file: logfile, format: logFormat });
  for (const warning of warnings) log.warn(renderForLog(warning));
  const ending = new AbortController();
  const client = openClient(config.connection, { env: io.env, version: VERSION });
  const running = new Replaceable({ client, config });
  const prepare = (read: BotConfig) => ({ client: createClient(read.connection, VERSION), config: read });
  const reload = createReload({
    ...{ program: "bot", table: BOT_TABLE, argv, io, log, running, prepare, whyNot: whyNotRunBot },
  });
  using _signals = followSignals({ log, ending, reload });
  await runBot({ running, log, signal: ending.signal });
}

function explain(error: unknown, io: Io): number {
  if (error instanceof ZulipError) {
    io.stderr(`the bot has ended: ${error.message} (look at email and api_key_file)\n`);
    return LOGIN_REFUSED;
  }
  const isOperators = error instanceof BotError || error instanceof LockError;
  if (!isOperators && !(error instanceof Error && "syscall" in error)) throw error;
  io.stderr(`the bot cannot run: ${error.message}\n`);
  return FAILED;
}
