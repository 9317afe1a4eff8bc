import { retryAfterMs } from "../../../src/gearman/back-off.ts";
import type { Log } from "../../../src/log.ts";
import type { Backend } from "../../backends/backend.ts";
import { fetchNewestId, fetchOwnUser } from "../client/api.ts";
import type { Clock } from "../client/clock.ts";
import { type ChatEvent, EventQueue, isLostQueue } from "../client/event-queue.ts";
import { BACK_OFF } from "../client/message-sender.ts";
import { findUnheard } from "../client/streams.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { ZulipError } from "../client/zulip-error.ts";
import type { CommandTarget } from "../commands/command-text.ts";
import type { IssueTracker } from "../issues/tracker.ts";
import type { ActionJournal } from "./action-journal.ts";
import { Attendant } from "./attendant.ts";
import type { BotMeter } from "./bot-metrics.ts";
import type { BotSettings } from "./bot-settings.ts";
import { missedPetitions, takeAsKnown } from "./catch-up.ts";
import { PeopleCache } from "./people-cache.ts";
import { namedStreams, renderUnheard } from "./permissions.ts";
import { type Petition, Petitions } from "./petitions.ts";
import type { Position } from "./position.ts";

export interface BotOptions {
  readonly client: ZulipClient;
  readonly backend: Backend;
  readonly journal: ActionJournal;
  readonly position: Position;
  readonly settings: BotSettings;
  readonly tracker?: IssueTracker | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: BotMeter;
  readonly random?: () => number;
  /** Told before something is taken back in the monitoring. */
  readonly onRemoval?: (target: CommandTarget) => void;
}

/** The event queue, and what is found out with the user that it was registered for. */
interface Session {
  readonly queue: EventQueue;
  readonly petitions: Petitions;
}

/** An answer may take so long when the bot ends. */
const GRACE_MS = 10_000;
/** Zulip has refused something that it should not: only people can help. */
const REFUSED_PAUSE_MS = 60_000;
/** Zulip asks clients not to come back all at once after its restart, but spread over such a time. */
const RENEW_WITHIN_MS = 300_000;
/** A key that was right may be exchanged: Zulip knows the new one before the file has it. */
const EXCHANGE = { withinMs: 300_000, everyMs: 10_000 };
const WRONG_KEY = 401;

/**
 * Listens to Zulip and does what people ask for, one after the other. An event is acknowledged when the
 * journal knows what was done; after a crash, or when Zulip has lost the event queue, what was missed is read
 * from the messages themselves.
 */
export class Bot {
  readonly #options: BotOptions;
  readonly #people: PeopleCache;
  readonly #attendant: Attendant;
  #session: Session | undefined;
  /** When to register anew, after a restart of the server. */
  #renewAt: number | undefined;
  #trouble: string | undefined = "the bot has not reached Zulip yet";
  /** In a row. */
  #failures = 0;
  /** When Zulip has let the bot in last. */
  #heardAt: number | undefined;

  constructor(options: BotOptions) {
    const { client, clock, settings } = options;
    this.#options = options;
    this.#attendant = new Attendant(options);
    this.#people = new PeopleCache({
      client,
      clock,
      maxAgeMs: settings.peopleMaxAgeSeconds * 1_000,
      hasGroups: settings.rules.some(({ groups }) => groups !== undefined),
    });
  }

  /** Why it does not listen at the moment. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /**
   * Runs until the signal says so; what is being done then is finished. Throws a ZulipError if Zulip refuses
   * the login, and has done so for some minutes.
   */
  async run(signal: AbortSignal): Promise<void> {
    using grace = createGrace(signal);
    try {
      while (!signal.aborted) await this.#turn(signal, grace.signal);
    } finally {
      await this.#leave();
    }
  }

  async #turn(signal: AbortSignal, grace: AbortSignal): Promise<void> {
    try {
      this.#session ??= await this.#join(signal, grace);
      if (signal.aborted) return;
      await this.#listen(this.#session, { signal, grace });
      if (!signal.aborted) await this.#renew(this.#session, signal, grace);
    } catch (error) {
      if (!(error instanceof ZulipError)) throw error;
      if (!signal.aborted) await this.#recover(error, signal);
    }
  }

  /** Registers first, so that nothing happens unseen between what is caught up and the first event. */
  async #join(signal: AbortSignal, grace: AbortSignal): Promise<Session> {
    const { client, log, meter } = this.#options;
    const own = await fetchOwnUser(client, signal);
    const queue = await EventQueue.register(client, signal);
    meter.add("registrations");
    const petitions = new Petitions({ ...this.#options, own, people: this.#people });
    const session = { queue, petitions };
    try {
      await this.#catchUp(session, { signal, grace });
    } catch (error) {
      await queue.end().catch(() => {});
      throw error;
    }
    log.info(`${own.fullName} listens to ${client.site}`);
    await this.#tellUnheard();
    this.#trouble = undefined;
    this.#renewAt = undefined;
    return session;
  }

  async #tellUnheard(): Promise<void> {
    const { client, log, settings } = this.#options;
    try {
      const unheard = await findUnheard(client, namedStreams(settings.rules));
      for (const stream of unheard) log.warn(renderUnheard(stream));
    } catch (error) {
      if (!(error instanceof ZulipError)) throw error;
      log.debug(`Zulip does not say to which streams the bot is subscribed: ${error.message}`);
    }
  }

  /** The new queue is there before the old one ends, so nothing is missed in between. */
  async #renew(before: Session, signal: AbortSignal, grace: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    if (this.#renewAt === undefined || clock.elapsed() < this.#renewAt) return;
    this.#session = await this.#join(signal, grace);
    await before.queue.end().catch((error: unknown) => log.debug({ err: error }, "the old queue stays"));
  }

  #planRenewal({ version, isImmediate }: Extract<ChatEvent, { kind: "restart" }>): void {
    const { clock, log, random = Math.random } = this.#options;
    const waitMs = isImmediate ? 0 : random() * RENEW_WITHIN_MS;
    this.#renewAt ??= clock.elapsed() + waitMs;
    log.info({ waits: `${Math.round(waitMs / 1_000)} s` }, `Zulip ${version} was started: it is asked anew`);
  }

  async #catchUp(
    { petitions }: Session,
    { signal, grace }: { readonly signal: AbortSignal; readonly grace: AbortSignal },
  ): Promise<void> {
    const { client, position, clock } = this.#options;
    await this.#resume(petitions, grace);
    const newest = await fetchNewestId(client, signal);
    const around = { ...this.#options, petitions };
    if (position.message === undefined) await takeAsKnown(around);
    else
      for await (const petition of missedPetitions(around)) {
        await this.#attend(petition, grace);
        if (signal.aborted) return;
      }
    position.advance(newest, clock.now(), true);
  }

  async #listen(
    { queue, petitions }: Session,
    { signal, grace }: { readonly signal: AbortSignal; readonly grace: AbortSignal },
  ): Promise<void> {
    const { journal, position, clock, meter } = this.#options;
    if (journal.hasUnfinished) await this.#resume(petitions, grace);
    const events = await queue.poll(signal);
    this.#answered();
    meter.set("lastContact", clock.now() / 1_000);
    for (const event of events) {
      if (signal.aborted) return;
      meter.add("events", 1, event.kind);
      if (event.kind === "restart") this.#planRenewal(event);
      const petition = await findPetition(event, petitions);
      if (petition !== undefined) await this.#attend(petition, grace);
      queue.acknowledge(event);
      const message = event.kind === "message" ? event.message.id : 0;
      position.advance(message, clock.now(), petition !== undefined);
    }
  }

  /** What was begun before and not answered. */
  async #resume(petitions: Petitions, grace: AbortSignal): Promise<void> {
    for (const entry of this.#options.journal.unfinished) {
      const petition = await petitions.ofEntry(entry);
      if (petition === undefined) this.#attendant.forget(entry.key);
      else await this.#attendant.attend(petition, grace);
    }
  }

  async #attend(petition: Petition, grace: AbortSignal): Promise<void> {
    await this.#attendant.attend(petition, grace);
  }

  async #recover(error: ZulipError, signal: AbortSignal): Promise<void> {
    const { clock, log, meter } = this.#options;
    if (isLostQueue(error)) {
      log.info("Zulip has lost the event queue, as after a restart: what was missed is looked for");
      this.#session = undefined;
    } else meter.add("failures", 1, error.failure.kind);
    this.#failures += 1;
    const waitMs = this.#waitMs(error);
    if (waitMs === 0) return;
    const level = this.#failures === 1 ? "warn" : "debug";
    log[level]({ waits: `${Math.round(waitMs / 1_000)} s` }, error.message);
    this.#trouble = error.message;
    await clock.sleep(waitMs, signal);
  }

  #answered(): void {
    if (this.#failures > 0 && this.#trouble !== undefined) this.#options.log.info("Zulip answers again");
    this.#trouble = undefined;
    this.#failures = 0;
    this.#heardAt = this.#options.clock.elapsed();
  }

  /** Throws the error if nothing helps but people. */
  #waitMs(error: ZulipError): number {
    const { failure } = error;
    const { clock } = this.#options;
    switch (failure.kind) {
      case "rate-limited":
        return failure.waitMs;
      case "unanswered":
      case "unreachable":
        return retryAfterMs(this.#failures, BACK_OFF, this.#options.random);
      case "refused":
        if (!isLostQueue(error)) return REFUSED_PAUSE_MS;
        // Once is usual. A server that forgets each queue at once is asked more and more seldom.
        return this.#failures === 1 ? 0 : retryAfterMs(this.#failures, BACK_OFF, this.#options.random);
      case "unauthorized": {
        if (failure.status !== WRONG_KEY && failure.status !== 0) return REFUSED_PAUSE_MS;
        const wasRight = this.#heardAt !== undefined && clock.elapsed() - this.#heardAt < EXCHANGE.withinMs;
        if (wasRight) return EXCHANGE.everyMs;
        throw error;
      }
    }
  }

  async #leave(): Promise<void> {
    const { log } = this.#options;
    const session = this.#session;
    this.#session = undefined;
    await session?.queue.end().catch((error: unknown) => log.debug({ err: error }, "the queue stays"));
  }
}

async function findPetition(event: ChatEvent, petitions: Petitions): Promise<Petition | undefined> {
  switch (event.kind) {
    case "message":
      return petitions.ofMessage(event.message);
    case "reaction":
      return petitions.ofReaction(event.reaction);
    case "restart":
    case "other":
      return undefined;
  }
}

/** Aborted some time after the other signal. */
function createGrace(signal: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    timer = setTimeout(() => controller.abort(), GRACE_MS);
  };
  signal.addEventListener("abort", begin, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal.removeEventListener("abort", begin);
    },
  };
}
