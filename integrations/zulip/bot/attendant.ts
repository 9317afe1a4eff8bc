import type { Log } from "../../../src/log.ts";
import type { Clock } from "../client/clock.ts";
import { MessageSender } from "../client/message-sender.ts";
import { explainRefusal } from "../client/streams.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import { ZulipError } from "../client/zulip-error.ts";
import type { CommandTarget } from "../commands/command-text.ts";
import type { ActionJournal } from "./action-journal.ts";
import type { BotMeter } from "./bot-metrics.ts";
import type { BotSettings } from "./bot-settings.ts";
import type { Petition, PetitionResult } from "./petitions.ts";
import type { Verb } from "./read-command.ts";
import { renderFault } from "./replies.ts";

export interface AttendantOptions {
  readonly client: ZulipClient;
  readonly journal: ActionJournal;
  readonly settings: Pick<BotSettings, "language" | "stage">;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: BotMeter;
  readonly random?: (() => number) | undefined;
  /** Told before something is taken back in the monitoring. */
  readonly onRemoval?: ((target: CommandTarget) => void) | undefined;
}

const REMOVES: ReadonlySet<string> = new Set<Verb>(["unacknowledge", "cancel"]);
/** The monitoring was asked, and has answered in some way or not at all. */
const ASKED: ReadonlySet<PetitionResult["result"]> = new Set([
  ...(["done", "already", "other-end", "not-a-problem", "unknown-object"] as const),
  ...(["forbidden", "shown"] as const),
]);

/**
 * Does what people ask for, once: the journal has each step on the disk before the next one begins. What
 * was begun and not answered is looked at again after a crash; the monitoring then says that it is so
 * already.
 */
export class Attendant {
  readonly #options: AttendantOptions;
  readonly #sender: MessageSender;

  constructor(options: AttendantOptions) {
    const { client, clock, random, log, meter } = options;
    this.#options = options;
    this.#sender = new MessageSender({
      client,
      clock,
      ...(random && { random }),
      onTrouble: ({ message, failure }, waitMs) => {
        meter.add("failures", 1, failure.kind);
        log.warn({ waits: `${Math.round(waitMs / 1_000)} s` }, `an answer waits: ${message}`);
      },
    });
  }

  /** Resolves when it is done and answered. The signal ends attempts to answer, not the action. */
  async attend(petition: Petition, signal: AbortSignal): Promise<void> {
    const { journal, clock } = this.#options;
    const { key, note } = petition;
    const known = journal.get(key);
    if (known?.isTold) return;
    if (known === undefined) journal.begin(key, clock.now(), note);
    const answer = known?.answer ?? (await this.#perform(petition, known !== undefined));
    if (answer === "") journal.told(key);
    else await this.#answer(petition, answer, { isUncertain: known?.answer !== undefined, signal });
  }

  /** Nobody knows any more what it was: the message is gone. */
  forget(key: string): void {
    this.#options.log.warn({ key }, "what was begun before is not to be found any more");
    this.#options.journal.told(key);
  }

  async #perform(petition: Petition, isResumed: boolean): Promise<string> {
    const { journal, log, meter } = this.#options;
    const { key, verb, about, name } = petition;
    if (about !== undefined && REMOVES.has(verb)) this.#options.onRemoval?.(about);
    const { text, result } = await this.#attempt(petition, isResumed);
    journal.answered(key, text, result === "done");
    meter.add("wishes", 1, verb, result);
    // Of an issue it says how GitLab is.
    if (verb !== "issue") this.#noteMonitoring(result);
    const { host, service } = about ?? {};
    log.info({ by: name, host, service, result, key }, verb);
    return text;
  }

  #noteMonitoring(result: PetitionResult["result"]): void {
    const { meter } = this.#options;
    if (result === "unavailable") meter.set("monitoringUp", 0);
    else if (ASKED.has(result)) meter.set("monitoringUp", 1);
  }

  /** A fault must not come back with each start. */
  async #attempt({ perform, verb, key }: Petition, isResumed: boolean): Promise<PetitionResult> {
    try {
      return await perform(isResumed);
    } catch (error) {
      this.#options.log.error({ err: error, key }, "the bot has a fault");
      return { text: renderFault(verb, this.#options.settings), result: "fault" };
    }
  }

  async #answer(
    { key, message }: Petition,
    content: string,
    { isUncertain, signal }: { readonly isUncertain: boolean; readonly signal: AbortSignal },
  ): Promise<void> {
    const { client, journal, log, meter } = this.#options;
    const { stream, topic } = message;
    // Another answer may have the same words: what is looked for came after all that are known.
    const after = Math.max(message.id, journal.lastTold);
    try {
      const id = await this.#sender.send({ stream, topic, content }, { after, isUncertain, signal });
      journal.told(key, id);
      meter.add("answers");
    } catch (error) {
      if (!isForThisAnswer(error)) throw error;
      journal.told(key);
      meter.add("answersRefused");
      const { message: why } = await explainRefusal(error, client, { stream });
      log.error({ stream, topic, key }, `nobody reads the answer: ${why}`);
    }
  }
}

/** A server or a proxy does not take it, and never will: with a wrong key nothing would be taken. */
function isForThisAnswer(error: unknown): error is ZulipError {
  if (!(error instanceof ZulipError)) return false;
  const { failure } = error;
  return failure.kind === "refused" || (failure.kind === "unauthorized" && failure.status === 403);
}
