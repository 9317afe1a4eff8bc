import { statSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../../../src/log.ts";
import { makeFolder, whyUnsafeFolder } from "../../../src/open-file.ts";
import type { Backend, Target } from "../../backends/backend.ts";
import { followChanges } from "../../backends/icinga2-changes.ts";
import { type OpenBackend, openBackend } from "../../backends/open-backend.ts";
import { MeterServer } from "../../metrics-text/meter-server.ts";
import { ActionJournal } from "../bot/action-journal.ts";
import { Bot } from "../bot/bot.ts";
import { type BotMeter, createBotMeter } from "../bot/bot-metrics.ts";
import { Position } from "../bot/position.ts";
import { ChangeTeller } from "../changes/change-teller.ts";
import { RecentRemovals } from "../changes/recent-removals.ts";
import { type Clock, REAL_CLOCK } from "../client/clock.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import type { BotConfig } from "../settings/bot-table.ts";
import { backendAddress } from "../settings/complete-monitoring.ts";
import { lockFolder } from "./lock-folder.ts";

export interface RunBotOptions {
  readonly client: ZulipClient;
  readonly config: BotConfig;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** Acts in place of the monitoring of the options, as in the demo. */
  readonly backend?: Backend;
}

/** The bot cannot start. The message says why, and what to do. */
export class BotError extends Error {
  override readonly name = "BotError";
}

/** Runs until the signal says so. Throws a ZulipError if Zulip refuses the login. */
export async function runBot(options: RunBotOptions): Promise<void> {
  const { client, config, log, signal, clock = REAL_CLOCK } = options;
  const { values, settings } = config;
  const folder = openFolder(values.stateFolder);
  await using _lock = await lockFolder(folder, "bot");
  using journal = ActionJournal.open(join(folder, "actions"), { nowMs: clock.now() });
  const position = Position.open(join(folder, "position.json"));
  using open = options.backend === undefined ? openMonitoring(config) : givenMonitoring(options.backend);
  const { backend } = open;
  const meter = createBotMeter();
  const removals = new RecentRemovals(clock);
  const onRemoval = (target: Target) => removals.add(target);
  const bot = new Bot({ client, backend, journal, position, settings, clock, log, meter, onRemoval });
  await using server = new MeterServer({
    render: () => meter.render(),
    whyNotReady: () => bot.trouble,
  });
  await listen(server, config, log);
  log.info(`the bot acts in ${backend.name}, and remembers what it did in ${folder}`);
  const asked = tellWhoWeAre(backend, { log, meter });
  await using _changes = tellChanges({ ...options, clock }, { removals, meter });
  await bot.run(signal);
  await asked;
  log.info("the bot has ended");
}

/** As whom the bot acts. Undefined: it is well; a text says what is wrong with the monitoring. */
export async function askMonitoring(config: BotConfig): Promise<{ readonly as: string } | string> {
  using open = openMonitoring(config);
  try {
    return { as: `${open.backend.name} as ${await open.backend.whoAmI()}` };
  } catch (error) {
    return messageOf(error);
  }
}

function openMonitoring({ monitoring }: BotConfig) {
  if (monitoring === undefined) throw new BotError("there is no monitoring");
  try {
    return openBackend(backendAddress(monitoring));
  } catch (error) {
    throw new BotError(`cannot speak to the monitoring: ${messageOf(error)}`);
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
    log.warn(`the monitoring does not let the bot act: ${messageOf(error)}`);
    meter.set("monitoringUp", 0);
  }
}

/** Goes on until it is disposed of. */
function tellChanges(
  { client, config, clock, log }: RunBotOptions & { readonly clock: Clock },
  { removals, meter }: { readonly removals: RecentRemovals; readonly meter: BotMeter },
): AsyncDisposable {
  const { values, settings, monitoring } = config;
  const address = monitoring && backendAddress(monitoring);
  if (values.showChanges === "off" || address?.kind !== "icinga2")
    return { [Symbol.asyncDispose]: async () => {} };
  const ending = new AbortController();
  const teller = new ChangeTeller({
    ...{ client, settings, removals, clock, log, meter, shown: values.showChanges },
    follow: (onOpen, signal) => followChanges({ ...address, onOpen, signal }),
  });
  const running = teller
    .run(ending.signal)
    .catch((error: unknown) => log.error({ err: error }, "changes are not told any more: a fault"));
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await running;
    },
  };
}

function openFolder(folder: string): string {
  try {
    makeFolder(folder, 0o700);
  } catch (error) {
    throw new BotError(`cannot use state_folder: ${messageOf(error)}`);
  }
  const why = whyUnsafeFolder(statSync(folder), folder);
  if (why !== undefined) throw new BotError(`cannot use state_folder: ${why}`);
  return folder;
}

async function listen(server: MeterServer, { values }: BotConfig, log: Log): Promise<void> {
  if (values.prometheusServer === undefined) return;
  try {
    log.info(`metrics are served at port ${await server.listen(values.prometheusServer)}`);
  } catch (error) {
    throw new BotError(`cannot serve metrics (prometheus_server): ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
