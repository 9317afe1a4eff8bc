import { type ByteString, fromByteString } from "../../../src/byte-string.ts";
import { LIVE, RESTART } from "../../../src/config/option.ts";
import { error, type Remark, warning } from "../../../src/config/problem.ts";
import { quote } from "../../../src/config/quote.ts";
import type { Draft } from "../../../src/config/read/draft.ts";
import { readNamedFile, readNamedLine } from "../../../src/config/read/named-file.ts";
import { PROFILING_ROWS } from "../../../src/config/rows/profiling.ts";
import {
  type CompletionContext,
  type ConfigTable,
  type OptionGroup,
  use,
} from "../../../src/config/table.ts";
import { type ValuesOf, withDefaults } from "../../../src/config/values.ts";
import type { BotSettings } from "../bot/bot-settings.ts";
import type { PermissionRule } from "../bot/permissions.ts";
import { PERMISSION_EXAMPLE, readPermission } from "../bot/read-permission.ts";
import { BOT_ROWS } from "./bot-rows.ts";
import { completeMonitoring, type Monitoring } from "./complete-monitoring.ts";
import { type Connection, completeConnection } from "./connection.ts";
import { MONITORING_EXAMPLE } from "./monitoring-kind.ts";
import { CONNECTION, PROCESS } from "./options.ts";
import { MESSAGE_ROWS } from "./rows.ts";

const BOT = [
  ...use(BOT_ROWS, {
    monitoring: LIVE,
    permission: LIVE,
    gitlab: LIVE,
    show_changes: LIVE,
    show_changes_interval: LIVE,
    max_command_age: LIVE,
    people_max_age: LIVE,
    alert_user: LIVE,
    state_folder: RESTART,
  }),
  ...use(MESSAGE_ROWS, { language: LIVE, stage: LIVE }),
];
/** The bot runs as another user than the notifier, and so has the key in a file of its own. */
const BOT_CONNECTION = CONNECTION.map((option) =>
  option.name === "api_key_file" ? { ...option, sample: "/etc/omd-worker/zulip-bot.key" } : option,
);
const SERVED = [...PROCESS, ...use(PROFILING_ROWS, { prometheus_server: RESTART })];
const OPTIONS = [...BOT_CONNECTION, ...BOT, ...SERVED];

export const BOT_GROUPS: readonly OptionGroup[] = [
  { title: "Zulip", options: BOT_CONNECTION },
  { title: "The bot", options: BOT },
  { title: "The process", options: SERVED },
];

type Values = ValuesOf<(typeof OPTIONS)[number]>;

/** All that the bot needs. */
export interface BotConfig {
  readonly values: Values;
  readonly connection: Connection;
  /** Undefined only where an error was reported. */
  readonly monitoring: Monitoring | undefined;
  readonly settings: BotSettings;
}

/** Each option can be set in the environment: `stage` is OMD_ZULIPBOT_STAGE. */
export const BOT_TABLE: ConfigTable<BotConfig> = {
  groups: BOT_GROUPS,
  variables: { prefix: "OMD_ZULIPBOT_", others: [] },
  complete: (draft, context) => {
    const values = withDefaults(OPTIONS, draft, context.machine);
    const connection = completeConnection(values, draft, context);
    const stage = fromByteString(values.stage);
    const settings = {
      rules: readRules(values.permission, draft, context),
      language: values.language,
      stage: stage === "" ? undefined : stage,
      maxAgeSeconds: values.maxCommandAge,
      peopleMaxAgeSeconds: values.peopleMaxAge,
      alertUsers: values.alertUser.map(fromByteString),
    };
    const monitoring = findMonitoring(values, draft, context);
    checkGitLab(values, draft, context);
    if (values.showChanges !== "off" && monitoring !== undefined && isMute(monitoring))
      context.report({
        ...error("show_changes needs a monitoring that can be asked", "give the pipe livestatus="),
        ...draft.origins.get("show_changes")?.at(-1),
      });
    return { config: { values, connection, monitoring, settings } };
  },
};

/** It takes commands, and says nothing. */
function isMute({ written: { kind, words } }: Monitoring): boolean {
  return kind === "pipe" && words.livestatus === undefined;
}

function findMonitoring(
  { monitoring }: Values,
  { failed, origins }: Draft,
  { machine, report }: CompletionContext,
): Monitoring | undefined {
  if (monitoring !== undefined)
    return completeMonitoring(monitoring, {
      machine,
      report: (remark) => report({ ...remark, ...origins.get("monitoring")?.at(-1) }),
    });
  if (!failed.has("monitoring"))
    report(error("there is no monitoring for the bot to act in", MONITORING_EXAMPLE));
  return undefined;
}

/** The token itself is read when it is needed. */
function checkGitLab({ gitlab }: Values, { origins }: Draft, { machine, report }: CompletionContext): void {
  if (gitlab === undefined) return;
  const reading = {
    machine,
    report: (remark: Remark) => report({ ...remark, ...origins.get("gitlab")?.at(-1) }),
  };
  readNamedLine("token_file", gitlab.tokenFile, reading);
  if (gitlab.caFile !== undefined) readNamedFile("ca_file", gitlab.caFile, reading);
}

function readRules(
  lines: readonly ByteString[],
  { origins }: Draft,
  { report }: Pick<CompletionContext, "report">,
): readonly PermissionRule[] {
  if (lines.length === 0)
    report(
      warning("no permission: nobody may ask for anything but help", `permission=${PERMISSION_EXAMPLE}`),
    );
  return lines.flatMap((line, at): readonly PermissionRule[] => {
    const text = fromByteString(line);
    const rule = readPermission(text);
    if (typeof rule !== "string") return [rule];
    const problem = error(`permission: ${quote(text)}: ${rule}`, `write ${PERMISSION_EXAMPLE}`);
    report({ ...problem, ...origins.get("permission")?.at(at) });
    return [];
  });
}
