import { retryAfterMs } from "../../../src/gearman/back-off.ts";
import type { Log } from "../../../src/log.ts";
import { MeterServer } from "../../metrics-text/meter-server.ts";
import { SpoolFolder } from "../../spool/spool-folder.ts";
import { fetchServerSettings } from "../client/api.ts";
import { type Clock, REAL_CLOCK } from "../client/clock.ts";
import { BACK_OFF } from "../client/message-sender.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { isTransient, ZulipError } from "../client/zulip-error.ts";
import { Notifier } from "../notify/notifier.ts";
import { createNotifierMeter, measureSpool } from "../notify/notifier-metrics.ts";
import type { NotifierSettings } from "../settings/table.ts";
import { startSources } from "../sources/start-sources.ts";
import { lockFolder } from "./lock-folder.ts";
import { findBotName } from "./send-now.ts";

export interface RunOptions {
  readonly client: ZulipClient;
  readonly settings: NotifierSettings;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** The notifier cannot start. The message says why, and what to do. */
export class NotifierError extends Error {
  override readonly name = "NotifierError";
}

/** Only people can help then. */
const REFUSED_PAUSE_MS = 60_000;

/** Runs until the signal says so. */
export async function runNotifier(options: RunOptions): Promise<void> {
  const { client, settings, log, signal, clock = REAL_CLOCK } = options;
  const { values, messages } = settings;
  const { folder, limits } = settings.spool;
  const spool = await SpoolFolder.open(folder, limits);
  await using _lock = await lockFolder(folder, "notifier");
  const meter = createNotifierMeter();
  let state: () => string | undefined = () => "the notifier has not reached Zulip yet";
  const render = async () => {
    await measureSpool(meter, spool, clock.now());
    return meter.render();
  };
  await using server = new MeterServer({ render, whyNotReady: () => state() });
  if (values.prometheusServer !== undefined) {
    const port = await server.listen(values.prometheusServer).catch((error: unknown) => {
      throw new NotifierError(`cannot serve metrics (prometheus_server): ${reasonOf(error)}`);
    });
    log.info(`metrics are served at port ${port}`);
  }
  log.info(`the notifier reads ${folder}, and writes to ${client.site}`);
  await using _sources = startSources(settings, { spool, clock, log });
  const botName = await greet(options, clock);
  if (signal.aborted) return;
  const { maxAge, digestOver } = values;
  const { digestTopic } = messages;
  const style = { ...messages.style, botName };
  const planning = { maxAgeMs: maxAge * 1_000, digestOver, digestTopic };
  const notifier = new Notifier({ spool, client, style, planning, clock, log, meter });
  state = () => notifier.trouble;
  await notifier.run(signal);
  log.info("the notifier has ended");
}

/** Waits until Zulip answers: notifications wait in the spool meanwhile. */
async function greet(
  { client, settings, log, signal }: RunOptions,
  clock: Clock,
): Promise<string | undefined> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      const { version, featureLevel } = await fetchServerSettings(client, signal);
      const botName = await findBotName(client, settings.messages, signal);
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

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
