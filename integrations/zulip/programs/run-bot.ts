import { statSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../../../src/log.ts";
import { makeFolder, whyUnsafeFolder } from "../../../src/open-file.ts";
import type { Backend, Target } from "../../backends/backend.ts";
import { openChanges } from "../../backends/changes/open-changes.ts";
import { type OpenBackend, openBackend } from "../../backends/open-backend.ts";
import { createMeterServer } from "../../metrics-text/meter-server.ts";
import { ActionJournal } from "../bot/action-journal.ts";
import { Bot } from "../bot/bot.ts";
import { type BotMeter, createBotMeter } from "../bot/bot-metrics.ts";
import { Position } from "../bot/position.ts";
import { ChangeTeller } from "../changes/change-teller.ts";
import { RecentRemovals } from "../changes/recent-removals.ts";
import { type Clock, REAL_CLOCK } from "../client/clock.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { GitLab } from "../issues/gitlab.ts";
import type { BotConfig } from "../settings/bot-table.ts";
import { backendAddress } from "../settings/complete-monitoring.ts";
import { lockFolder } from "./lock-folder.ts";
import { ProgramError, reasonOf } from "./program-error.ts";
import type { Replaceable } from "./replaceable.ts";
import { serveMetrics } from "./serve-metrics.ts";
import { whyNotLetIn } from "./why-not-let-in.ts";

/** What a reload replaces. The folder, the server of metrics and the log's format are those of the start. */
export interface BotRun {
  readonly client: ZulipClient;
  readonly config: BotConfig;
}

export interface RunBotOptions {
  readonly running: Replaceable<BotRun>;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** Acts in place of the monitoring of the options, as in the demo. */
  readonly backend?: Backend;
}

/** Runs until the signal says so. Throws a ZulipError if Zulip refuses the login. */
export async function runBot(options: RunBotOptions): Promise<void> {
  const { running, log, signal, clock = REAL_CLOCK } = options;
  const { config } = running.value;
  const folder = openFolder(config.values.stateFolder);
  await using _lock = await lockFolder(folder, "bot");
  using journal = ActionJournal.open(join(folder, "actions"), { nowMs: clock.now() });
  const position = Position.open(join(folder, "position.json"));
  const meter = createBotMeter();
  const removals = new RecentRemovals(clock);
  let trouble = (): string | undefined => "the bot has not reached Zulip yet";
  await using server = createMeterServer({
    render: () => meter.render(),
    whyNotReady: () => trouble(),
    log,
  });
  await serveMetrics(server, config.values, log);
  log.info(`the bot remembers what it did in ${folder}`);
  await running.each(signal, async (run, round) => {
    using open =
      options.backend === undefined ? openMonitoring(run.config) : givenMonitoring(options.backend);
    using tracker = openTracker(run.config);
    const { backend } = open;
    const around = { ...run, backend, clock, log, meter, removals };
    const onRemoval = (target: Target) => removals.add(target);
    const bot = new Bot({ ...around, journal, position, settings: run.config.settings, tracker, onRemoval });
    trouble = () => bot.trouble;
    log.info(`the bot acts in ${backend.name}`);
    const asked = tellWhoWeAre(backend, { log, meter });
    await using _changes = tellChanges(around);
    await bot.run(round);
    await asked;
  });
  log.info("the bot has ended");
}

/** Why the bot would not work with another configuration. Zulip is asked. */
export async function whyNotRunBot(after: BotRun, before: BotRun): Promise<string | undefined> {
  try {
    using _open = openMonitoring(after.config);
    using _tracker = openTracker(after.config);
  } catch (error) {
    return reasonOf(error);
  }
  return whyNotLetIn(after, before);
}

/** As whom the bot acts. Undefined: it is well; a text says what is wrong with the monitoring. */
export async function askMonitoring(config: BotConfig): Promise<{ readonly as: string } | string> {
  using open = openMonitoring(config);
  try {
    return { as: `${open.backend.name} as ${await open.backend.whoAmI()}` };
  } catch (error) {
    return reasonOf(error);
  }
}

function openMonitoring({ monitoring }: BotConfig) {
  if (monitoring === undefined) throw new ProgramError("there is no monitoring");
  try {
    return openBackend(backendAddress(monitoring));
  } catch (error) {
    throw new ProgramError(`cannot speak to the monitoring: ${reasonOf(error)}`);
  }
}

/** Undefined: no issues are opened. */
export function openTracker({ values: { gitlab } }: BotConfig): GitLab | undefined {
  try {
    return gitlab && new GitLab(gitlab);
  } catch (error) {
    throw new ProgramError(`cannot speak to GitLab: ${reasonOf(error)}`);
  }
}

/** Whoever has given it closes it. */
function givenMonitoring(backend: Backend): OpenBackend {
  return { backend, [Symbol.dispose]() {} };
}

async function tellWhoWeAre(
  backend: Backend,
  { log, meter }: { readonly log: Log; readonly meter: BotMeter },
): Promise<void> {
  try {
    log.info(`it acts there as ${await backend.whoAmI()}`);
    meter.set("monitoringUp", 1);
  } catch (error) {
    log.warn(`the monitoring does not let the bot act: ${reasonOf(error)}`);
    meter.set("monitoringUp", 0);
  }
}

interface Around extends BotRun {
  readonly clock: Clock;
  readonly log: Log;
  readonly removals: RecentRemovals;
  readonly meter: BotMeter;
}

/** Goes on until it is disposed of. */
function tellChanges({ client, config, clock, log, removals, meter }: Around): AsyncDisposable {
  const { values, settings, monitoring } = config;
  const { showChanges: shown, showChangesInterval } = values;
  const polling = {
    everyMs: showChangesInterval * 1_000,
    hasDowntimes: shown === "all",
    now: clock.now,
    sleep: clock.sleep,
  };
  const source =
    shown === "off" || monitoring === undefined
      ? undefined
      : openChanges(backendAddress(monitoring), polling);
  if (source === undefined) return { [Symbol.asyncDispose]: async () => {} };
  const ending = new AbortController();
  const teller = new ChangeTeller({ client, settings, removals, clock, log, meter, shown, source });
  const running = teller
    .run(ending.signal)
    .catch((error: unknown) => log.error({ err: error }, "changes are not told any more: a fault"));
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await running;
      source[Symbol.dispose]();
    },
  };
}

function openFolder(folder: string): string {
  try {
    makeFolder(folder, 0o700);
  } catch (error) {
    throw new ProgramError(`cannot use state_folder: ${reasonOf(error)}`);
  }
  const why = whyUnsafeFolder(statSync(folder), folder);
  if (why !== undefined) throw new ProgramError(`cannot use state_folder: ${why}`);
  return folder;
}
