import { namedStreams, renderUnheard } from "../../../integrations/zulip/bot/permissions.ts";
import { fetchOwnUser } from "../../../integrations/zulip/client/api.ts";
import { findUnheard } from "../../../integrations/zulip/client/streams.ts";
import { ZulipError } from "../../../integrations/zulip/client/zulip-error.ts";
import {
  askMonitoring,
  type BotRun,
  openTracker,
  runBot,
  whyNotRunBot,
} from "../../../integrations/zulip/programs/run-bot.ts";
import { BOT_TABLE } from "../../../integrations/zulip/settings/bot-table.ts";
import type { CommandResult } from "../command.ts";
import type { Io } from "../io.ts";
import { longProgram } from "./long-program.ts";

const FAILED = 1;
const LOGIN_REFUSED = 4;

/** Exit codes: 0, 1 it cannot start, 3 the configuration is wrong, 4 Zulip refuses the login. */
export function zulipBotCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const bot = { name: "bot", table: BOT_TABLE, run: runBot, whyNot: whyNotRunBot, check, explain };
  return longProgram(bot, argv, io);
}

/** Asks Zulip, the monitoring and GitLab whether they let the bot in. */
async function check({ client, config }: BotRun, io: Io): Promise<number> {
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

function explain(error: unknown) {
  if (!(error instanceof ZulipError)) return undefined;
  const text = `the bot has ended: ${error.message} (look at email and api_key_file)`;
  return { code: LOGIN_REFUSED, text };
}
