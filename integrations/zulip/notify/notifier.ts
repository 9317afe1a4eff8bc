import { retryAfterMs } from "../../../src/gearman/back-off.ts";
import type { Log } from "../../../src/log.ts";
import type { DealtEntries } from "../../spool/dealt-entries.ts";
import { type SpoolFolder, SpoolFolderError } from "../../spool/spool-folder.ts";
import { fetchNewestId } from "../client/api.ts";
import type { Clock } from "../client/clock.ts";
import { BACK_OFF, MessageSender } from "../client/message-sender.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { ZulipError } from "../client/zulip-error.ts";
import { type Delivery, deliver } from "./deliver.ts";
import type { MessageStyle } from "./message.ts";
import type { NotifierMeter } from "./notifier-metrics.ts";
import { type Batch, type Planning, planNext } from "./plan.ts";
import { ResolvedTopics } from "./resolved-topics.ts";
import { SendingJournal } from "./sending-journal.ts";
import type { Resolving } from "./topic.ts";
import { WaitingNotices } from "./waiting-notices.ts";

export interface NotifierOptions {
  readonly spool: SpoolFolder;
  /** Of the program: a reload must not forget what was sent. */
  readonly dealt: DealtEntries;
  readonly client: ZulipClient;
  readonly style: MessageStyle;
  readonly planning: Omit<Planning, "now" | "texts">;
  readonly resolving: Resolving;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: NotifierMeter;
  readonly random?: () => number;
}

const LOOK_EVERY_MS = 500;
const DISK_PAUSE_MS = 10_000;
const CLEAN_EVERY_MS = 3_600_000;
/** The key was refused: only people can help. */
const UNAUTHORIZED_PAUSE_MS = 300_000;

/**
 * Empties the spool into Zulip, one message at a time and the oldest notice first, so what belongs to one
 * topic keeps its order. An entry is removed when its message is there: whatever ends the notifier, nothing
 * is lost, and what may have been sent is looked for before it is sent again.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #sender: MessageSender;
  readonly #journal: SendingJournal;
  readonly #waiting: WaitingNotices;
  readonly #topics: ResolvedTopics;
  /** The id of the newest message before what is sent next. */
  #after: number | undefined;
  /** It may have been sent, by this notifier or the one before. */
  #uncertain: Batch | undefined;
  #trouble: string | undefined;
  #diskTrouble: string | undefined;
  /** In a row. */
  #failures = 0;
  #cleanedAt = Number.NEGATIVE_INFINITY;

  constructor(options: NotifierOptions) {
    const { spool, dealt, client, style, clock, log, meter, random } = options;
    this.#options = options;
    this.#topics = new ResolvedTopics(options);
    this.#journal = new SendingJournal(spool.folder);
    this.#sender = new MessageSender({
      client,
      clock,
      onTrouble: (error, waitMs) => this.#tellTrouble(error, waitMs),
      ...(random && { random }),
    });
    this.#waiting = new WaitingNotices({
      spool,
      dealt,
      style,
      onUnreadable: (path) => {
        meter.add("setAside");
        log.error({ path }, "an entry of the spool is no notification, it is set aside");
      },
      onDropped: () => meter.add("dropped"),
    });
  }

  /** Why nothing is sent at the moment. */
  get trouble(): string | undefined {
    return this.#diskTrouble ?? this.#trouble;
  }

  /** Runs until the signal says so. What was begun then is looked for at the next start. */
  async run(signal: AbortSignal): Promise<void> {
    let isResumed = false;
    while (!signal.aborted) {
      const waitMs = await this.#unlessDiskRefuses(async () => {
        if (!isResumed) await this.#resume();
        isResumed = true;
        return (await this.step(signal)) ? 0 : LOOK_EVERY_MS;
      });
      if (waitMs > 0) await this.#options.clock.sleep(waitMs, signal);
    }
  }

  /** A notifier that ended at each fault of the disk would be started again and again. */
  async #unlessDiskRefuses(work: () => Promise<number>): Promise<number> {
    const { log } = this.#options;
    try {
      const waitMs = await work();
      if (this.#diskTrouble !== undefined) log.info("the spool can be used again");
      this.#diskTrouble = undefined;
      return waitMs;
    } catch (error) {
      if (!(error instanceof SpoolFolderError)) throw error;
      if (this.#diskTrouble !== error.message) log.error(error.message);
      this.#diskTrouble = error.message;
      return DISK_PAUSE_MS;
    }
  }

  /** Sends the next message. Resolves to false if nothing waits. */
  async step(signal: AbortSignal): Promise<boolean> {
    await this.#clean();
    await this.#options.dealt.retry();
    const waiting = await this.#waiting.read();
    const batch = this.#uncertain ?? planNext(waiting, this.#planning());
    if (batch === undefined) return false;
    await this.#deliver(batch, signal);
    return true;
  }

  #planning(): Planning {
    const { planning, style, clock, client } = this.#options;
    const digestOver = Math.min(planning.digestOver, Math.max(1, client.freeRequests));
    return { ...planning, digestOver, texts: style.texts, now: clock.now() };
  }

  /** The notifier before may have been killed while it was sending. */
  async #resume(): Promise<void> {
    const begun = await this.#journal.read();
    if (begun === undefined) return;
    const { spool, dealt } = this.#options;
    const there = new Set((await spool.names()).map(({ name }) => name));
    const left = begun.batch.entries.filter((name) => there.has(name) && !dealt.has(name));
    // Entries are removed only after success.
    if (left.length < begun.batch.entries.length) {
      await this.#remove(left);
      await this.#journal.end();
      return;
    }
    this.#uncertain = begun.batch;
    this.#after = begun.after;
  }

  async #deliver(planned: Batch, signal: AbortSignal): Promise<void> {
    const { style, client, log } = this.#options;
    const isUncertain = this.#uncertain !== undefined;
    try {
      const batch = isUncertain ? planned : await this.#topics.place(planned, signal);
      this.#after ??= await fetchNewestId(client, signal);
      const unwritten = await this.#journal.begin(batch, this.#after);
      if (unwritten !== undefined) log.warn(`what is sent cannot be written down: ${unwritten}`);
      this.#uncertain = batch;
      const delivery = await deliver(batch, {
        sender: this.#sender,
        client,
        after: this.#after,
        isUncertain,
        signal,
        stream: style.stream,
        texts: style.texts,
      });
      await this.#delivered(batch, delivery);
      await this.#journal.end();
      this.#uncertain = undefined;
      // Afterwards: a message that is looked for must be where it was sent.
      if (delivery.kind === "sent" && !delivery.isMisplaced)
        await this.#topics.sent(batch, delivery.id, signal);
    } catch (error) {
      if (!(error instanceof ZulipError)) throw error;
      await this.#failed(error, signal);
    }
  }

  async #delivered(batch: Batch, delivery: Delivery): Promise<void> {
    const { log, meter, clock } = this.#options;
    const { stream, topic, kind, entries } = batch;
    this.#answered();
    switch (delivery.kind) {
      case "sent":
        this.#after = Math.max(this.#after ?? 0, delivery.id);
        await this.#remove(entries);
        meter.add("messages", 1, kind);
        meter.add("notices", entries.length);
        meter.set("lastSuccess", clock.now() / 1_000);
        log.debug({ stream, topic, kind, id: delivery.id, notices: entries.length }, "a message was sent");
        for (const reason of delivery.remarks) log.warn({ stream, topic }, reason);
        if (delivery.isMisplaced) meter.add("misplaced");
        return;
      case "refused":
        meter.add("failures", 1, "refused");
        for (const name of entries) {
          const path = await this.#setAside(name);
          log.error({ stream, topic, path }, `${delivery.reason}: the notification is set aside`);
        }
    }
  }

  /** Nothing was lost: the entries are still there. */
  async #failed(error: ZulipError, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    if (signal.aborted) return;
    this.#failures += 1;
    const isOurs = error.failure.kind === "unauthorized";
    const waitMs = isOurs ? UNAUTHORIZED_PAUSE_MS : retryAfterMs(this.#failures, BACK_OFF, random);
    this.#tellTrouble(error, waitMs);
    await clock.sleep(waitMs, signal);
  }

  #tellTrouble({ message, failure }: ZulipError, waitMs: number): void {
    const { log, meter } = this.#options;
    meter.add("failures", 1, failure.kind);
    const level = this.#trouble === undefined && failure.kind !== "rate-limited" ? "warn" : "debug";
    log[level]({ waits: `${Math.round(waitMs / 1_000)} s` }, message);
    this.#trouble = message;
  }

  #answered(): void {
    if (this.#trouble !== undefined) this.#options.log.info("Zulip answers again");
    this.#trouble = undefined;
    this.#failures = 0;
  }

  async #clean(): Promise<void> {
    const { spool, log, clock } = this.#options;
    if (clock.elapsed() - this.#cleanedAt < CLEAN_EVERY_MS) return;
    this.#cleanedAt = clock.elapsed();
    await spool.clean(clock.now()).catch((err: unknown) => log.warn({ err }, "the spool is not tidied"));
  }

  async #remove(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#options.dealt.remove({ name });
  }

  async #setAside(name: string): Promise<string> {
    this.#options.meter.add("setAside");
    return this.#options.dealt.setAside({ name });
  }
}
