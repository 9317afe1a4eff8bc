import { retryAfterMs } from "../../../src/gearman/back-off.ts";
import type { Log } from "../../../src/log.ts";
import type { Change, ChangeSource } from "../../backends/changes/change.ts";
import { keyOfTarget } from "../../backends/changes/marks.ts";
import { ChannelError } from "../../backends/channel.ts";
import { Alerts } from "../bot/alerts.ts";
import type { BotMeter } from "../bot/bot-metrics.ts";
import type { BotSettings } from "../bot/bot-settings.ts";
import { fetchOwnUser } from "../client/api.ts";
import type { Clock } from "../client/clock.ts";
import { BACK_OFF, MessageSender } from "../client/message-sender.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { ZulipError } from "../client/zulip-error.ts";
import { safeText } from "../notify/safe-text.ts";
import type { RecentRemovals } from "./recent-removals.ts";
import { renderChange } from "./render-change.ts";

/** `acknowledgements`: only what has no notification of its own. */
export type ShownChanges = "off" | "acknowledgements" | "all";

export interface ChangeTellerOptions {
  readonly client: ZulipClient;
  readonly shown: ShownChanges;
  readonly source: ChangeSource;
  readonly removals: RecentRemovals;
  readonly settings: Pick<BotSettings, "language" | "stage" | "alertUsers">;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: BotMeter;
}

interface Place {
  readonly stream: string;
  readonly topic: string;
  readonly alert: number;
}

/** Alerts that are older have scrolled away. */
const ALERTS_WITHIN_SECONDS = 7 * 86_400;
/** A downtime of a host with all its services is many changes at once. */
const PLACES_FOR_MS = 30_000;
/** Messages that were sent: more are hardly sent before the next look. */
const REMEMBERED = 1_000;
const MAX_COMMENT = 500;
/** In seconds. The core's clock and that of Zulip. */
const CLOCKS_DIFFER = 5;
/** The comments of the bot's own acknowledgements and downtimes have it. */
const OWN = "[zulip:";

/** Writes into the topics of alerts what was changed elsewhere, as in the monitoring's own pages. */
export class ChangeTeller {
  readonly #options: ChangeTellerOptions;
  readonly #sender: MessageSender;
  #places: { readonly at: number; readonly byTarget: ReadonlyMap<string, Place> } | undefined;
  #failures = 0;
  #last = 0;
  /** The latest messages of its own. */
  readonly #told = new Set<number>();

  constructor(options: ChangeTellerOptions) {
    const { client, clock } = options;
    this.#options = options;
    this.#sender = new MessageSender({ client, clock });
  }

  /** Runs until the signal says so. */
  async run(signal: AbortSignal): Promise<void> {
    const { source, clock, log, meter } = this.#options;
    while (!signal.aborted)
      try {
        for await (const change of source.follow(() => this.#opened(), signal))
          await this.#tell(change, signal);
      } catch (error) {
        if (!(error instanceof ChannelError)) throw error;
        this.#failures += 1;
        meter.add("changeFailures", 1, error.kind);
        if (error.kind === "unavailable") meter.set("monitoringUp", 0);
        const waitMs = retryAfterMs(this.#failures, BACK_OFF);
        log[this.#failures === 1 ? "warn" : "debug"](`changes are not told: ${error.message}`);
        await clock.sleep(waitMs, signal);
      }
  }

  #opened(): void {
    const { log, meter } = this.#options;
    this.#failures = 0;
    meter.set("monitoringUp", 1);
    log.info("changes in the monitoring are told from now on");
  }

  async #tell(change: Change, signal: AbortSignal): Promise<void> {
    const { settings, log, meter } = this.#options;
    if (!this.#isWanted(change)) return;
    try {
      const place = await this.#placeOf(change);
      if (place === undefined || (await this.#wasNotified(change, place))) return;
      const { stream, topic, alert } = place;
      const content = renderChange(change, settings);
      const after = Math.max(alert, this.#last);
      this.#last = await this.#sender.send({ stream, topic, content }, { after, signal });
      this.#remember(this.#last);
      meter.add("changes", 1, change.what);
    } catch (error) {
      if (!(error instanceof ZulipError)) throw error;
      if (!signal.aborted) log.warn(`a change is not told: ${error.message}`);
    }
  }

  #remember(id: number): void {
    this.#told.add(id);
    const [oldest] = this.#told;
    if (this.#told.size > REMEMBERED && oldest !== undefined) this.#told.delete(oldest);
  }

  #isWanted({ what, target, comment, isNotified }: Change): boolean {
    const { shown, removals, source } = this.#options;
    switch (what) {
      case "acknowledged":
        return isNotified !== true && !comment.includes(OWN);
      case "unacknowledged":
        return !removals.has(target, source.lateMs);
      case "downtime":
        return shown === "all" && !comment.includes(OWN);
      case "downtime-removed":
        return shown === "all" && !removals.has(target, source.lateMs);
    }
  }

  /** Where the source cannot tell, the notification itself is looked for in the topic. */
  async #wasNotified({ isNotified, at = 0, author, comment }: Change, place: Place): Promise<boolean> {
    if (isNotified !== undefined) return isNotified;
    const signature = [author, comment].map((text) => safeText(text, MAX_COMMENT));
    const messages = await (await this.#findAlerts()).ofTopicSince(place, at - CLOCKS_DIFFER);
    return messages.some(
      ({ id, content }) =>
        !this.#told.has(id) &&
        (content.includes("ACKNOWLEDGEMENT") || signature.every((text) => content.includes(text))),
    );
  }

  /** Where the latest alert of it stands. Undefined: there is none, so nobody in the chat was told of it. */
  async #placeOf({ target }: Change): Promise<Place | undefined> {
    const { clock } = this.#options;
    const at = clock.elapsed();
    if (this.#places === undefined || at - this.#places.at > PLACES_FOR_MS)
      this.#places = { at, byTarget: await this.#findPlaces(clock.now()) };
    return this.#places.byTarget.get(keyOfTarget(target));
  }

  async #findPlaces(now: number): Promise<ReadonlyMap<string, Place>> {
    const alerts = await this.#findAlerts();
    const places = new Map<string, Place>();
    for (const message of await alerts.since(now / 1_000 - ALERTS_WITHIN_SECONDS)) {
      const { id, stream, topic } = message;
      const target = alerts.targetOf(message);
      if (target === undefined || stream === undefined) continue;
      const known = places.get(keyOfTarget(target));
      if (known === undefined || known.alert < id)
        places.set(keyOfTarget(target), { stream, topic, alert: id });
    }
    return places;
  }

  async #findAlerts(): Promise<Alerts> {
    const { client, settings } = this.#options;
    return new Alerts({ client, own: await fetchOwnUser(client), senders: settings.alertUsers });
  }
}
