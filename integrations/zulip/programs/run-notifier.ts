import { retryAfterMs } from "../../../src/gearman/back-off.ts";
import type { Log } from "../../../src/log.ts";
import { createMeterServer } from "../../metrics-text/meter-server.ts";
import { DealtEntries } from "../../spool/dealt-entries.ts";
import { SpoolFolder } from "../../spool/spool-folder.ts";
import { fetchServerSettings } from "../client/api.ts";
import { type Clock, REAL_CLOCK } from "../client/clock.ts";
import { BACK_OFF } from "../client/message-sender.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { isTransient, ZulipError } from "../client/zulip-error.ts";
import { Notifier, type NotifierOptions } from "../notify/notifier.ts";
import { createNotifierMeter, measureSpool } from "../notify/notifier-metrics.ts";
import type { NotifierSettings } from "../settings/table.ts";
import { startSources } from "../sources/start-sources.ts";
import { lockFolder } from "./lock-folder.ts";
import type { Replaceable } from "./replaceable.ts";
import { findBotName } from "./send-now.ts";
import { serveMetrics } from "./serve-metrics.ts";

/** What a reload replaces. The spool, the server of metrics and the log's format are those of the start. */
export interface NotifierRun {
  readonly client: ZulipClient;
  readonly config: NotifierSettings;
}

export interface RunOptions {
  readonly running: Replaceable<NotifierRun>;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** Only people can help then. */
const REFUSED_PAUSE_MS = 60_000;

/** Runs until the signal says so. */
export async function runNotifier({ running, log, signal, clock = REAL_CLOCK }: RunOptions): Promise<void> {
  const { client, config } = running.value;
  const { folder, limits } = config.spool;
  const spool = await SpoolFolder.open(folder, limits);
  await using _lock = await lockFolder(folder, "notifier");
  const dealt = new DealtEntries({
    spool,
    onStuck: (err) => log.error({ err }, "what was dealt with stays in the spool, and is not sent again"),
    onFreed: () => log.info("what was dealt with is taken out of the spool again"),
  });
  const meter = createNotifierMeter();
  let state: () => string | undefined = () => "the notifier has not reached Zulip yet";
  const render = async () => {
    await measureSpool(meter, spool, clock.now());
    return meter.render();
  };
  await using server = createMeterServer({ render, whyNotReady: () => state(), log });
  await serveMetrics(server, config.values, log);
  log.info(`the notifier reads ${folder}, and writes to ${client.site}`);
  await running.each(signal, async (run, round) => {
    await using _sources = startSources(run.config, { spool, clock, log });
    const botName = await greet(run, { log, signal: round, clock });
    if (round.aborted) return;
    const notifier = new Notifier({ spool, dealt, clock, log, meter, ...notifierOptions(run, botName) });
    state = () => notifier.trouble;
    await notifier.run(round);
  });
  log.info("the notifier has ended");
}

function notifierOptions(
  { client, config: { values, messages } }: NotifierRun,
  botName: string | undefined,
): Pick<NotifierOptions, "client" | "style" | "planning" | "resolving"> {
  const { maxAge, digestOver, resolvedTopics: resolving } = values;
  const { digestTopic } = messages;
  const planning = { maxAgeMs: maxAge * 1_000, digestOver, digestTopic };
  return { client, style: { ...messages.style, botName }, planning, resolving };
}

/** Waits until Zulip answers: notifications wait in the spool meanwhile. */
async function greet(
  { client, config }: NotifierRun,
  { log, signal, clock }: Pick<RunOptions, "log" | "signal"> & { readonly clock: Clock },
): Promise<string | undefined> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      const { version, featureLevel } = await fetchServerSettings(client, signal);
      const botName = await findBotName(client, config.messages, signal);
      const buttons = botName === undefined ? "no buttons" : `buttons for ${botName}`;
      log.info(`Zulip ${version}, feature level ${featureLevel}; ${buttons}`);
      return botName;
    } catch (error) {
      if (!(error instanceof ZulipError)) throw error;
      if (signal.aborted) break;
      const waitMs = isTransient(error.failure) ? retryAfterMs(failures, BACK_OFF) : REFUSED_PAUSE_MS;
      log[failures === 1 ? "warn" : "debug"]({ waits: `${Math.round(waitMs / 1_000)} s` }, error.message);
      await clock.sleep(waitMs, signal);
    }
  }
  return undefined;
}
