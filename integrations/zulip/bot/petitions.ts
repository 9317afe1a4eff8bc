import type { Backend } from "../../backends/backend.ts";
import type { ChatMessage } from "../client/chat-message.ts";
import type { Clock } from "../client/clock.ts";
import type { Reaction } from "../client/event-queue.ts";
import { fetchMessage } from "../client/find-messages.ts";
import type { ZulipClient } from "../client/zulip-client.ts";
import type { CommandTarget } from "../commands/command-text.ts";
import type { IssueTracker } from "../issues/tracker.ts";
import type { ActionJournal, JournalEntry } from "./action-journal.ts";
import { Alerts } from "./alerts.ts";
import type { BotSettings } from "./bot-settings.ts";
import { renderMessageLink } from "./message-link.ts";
import type { Member, PeopleCache } from "./people-cache.ts";
import { type Performed, performWish } from "./perform-wish.ts";
import { nextOperation, operationBefore, readOperation } from "./reaction-operations.ts";
import { type BotCommand, readCommand, readMention } from "./read-command.ts";
import { readReaction } from "./read-reaction.ts";
import { renderMisunderstood, renderTooLate } from "./replies.ts";

/** Something that somebody asks for, with all that must be known before it is begun. */
export interface Petition {
  readonly key: string;
  /** The emoji's name, to know it again after a crash. */
  readonly note: string | undefined;
  /** The answer is posted in its topic. */
  readonly message: ChatMessage & { readonly stream: string };
  /** For the log and for metrics. */
  readonly verb: string;
  readonly about: CommandTarget | undefined;
  readonly name: string;
  /** `isResumed`: an attempt before may have done it. */
  readonly perform: (isResumed: boolean) => Promise<PetitionResult>;
}

export interface PetitionResult {
  readonly text: string;
  readonly result: Performed["result"] | "too-late" | "nothing" | "fault";
}

export interface PetitionOptions {
  readonly client: ZulipClient;
  /** As which user the bot is in Zulip. */
  readonly own: { readonly userId: number; readonly fullName: string };
  readonly backend: Backend;
  readonly journal: ActionJournal;
  readonly people: PeopleCache;
  readonly settings: BotSettings;
  readonly tracker?: IssueTracker | undefined;
  readonly clock: Clock;
}

interface Asked {
  readonly key: string;
  readonly note?: string | undefined;
  readonly message: ChatMessage;
  readonly command: BotCommand;
  readonly about: CommandTarget | undefined;
  readonly undoes?: string | undefined;
  readonly member: Member;
  /** How long ago it was asked for, in milliseconds. */
  readonly ageMs: () => number;
}

/** Finds out whether a message or a reaction asks the bot for something. Undefined: it does not. */
export class Petitions {
  readonly alerts: Alerts;
  readonly #options: PetitionOptions;

  constructor(options: PetitionOptions) {
    const { client, own, settings } = options;
    this.#options = options;
    this.alerts = new Alerts({ client, own, senders: settings.alertUsers });
  }

  async ofMessage(message: ChatMessage): Promise<Petition | undefined> {
    const { own, journal, clock } = this.#options;
    if (!isInStream(message) || message.senderId === own.userId) return undefined;
    const text = readMention(message.content, own.fullName, own.userId);
    const key = `message ${message.id}`;
    if (text === undefined || journal.get(key)?.isTold) return undefined;
    const member = await this.#person(message.senderId);
    if (member === undefined) return undefined;
    const ageMs = () => clock.now() - message.sentAt * 1_000;
    const command = readCommand(text);
    if ("kind" in command) {
      const text = renderMisunderstood(command, this.#options.settings);
      const said = { text, result: "misunderstood" } as const;
      const perform = async () => this.#tooLate(ageMs(), false) ?? said;
      const about = undefined;
      return { key, note: undefined, message, verb: "unknown", about, name: member.fullName, perform };
    }
    const needsTopic = command.target === undefined && command.verb !== "help";
    const about = needsTopic ? await this.alerts.aboutTopicOf(message) : undefined;
    return this.#petition({ key, message, command, about, member, ageMs });
  }

  /** `ageMs`: it may have been there for so long, as the bot was away. */
  async ofReaction(reaction: Reaction, ageMs = 0): Promise<Petition | undefined> {
    if (readReaction(reaction) === undefined) return undefined;
    const key = nextOperation(this.#options.journal, reaction);
    return key === undefined ? undefined : this.#ofOperation(reaction, { key, ageMs });
  }

  /** What was begun before a crash. */
  async ofEntry({ key, note, seenMs }: JournalEntry): Promise<Petition | undefined> {
    const { client, clock } = this.#options;
    const operation = readOperation(key);
    if (operation !== undefined) {
      const reaction = { ...operation, name: note ?? "" };
      return this.#ofOperation(reaction, { key, ageMs: clock.now() - seenMs });
    }
    const message = await fetchMessage(client, Number(key.replace(/^message /, "")));
    return message && this.ofMessage(message);
  }

  async #ofOperation(
    reaction: Reaction,
    { key, ageMs }: { readonly key: string; readonly ageMs: number },
  ): Promise<Petition | undefined> {
    const { client, own, journal } = this.#options;
    const command = readReaction(reaction);
    if (command === undefined || reaction.userId === own.userId) return undefined;
    const message = await fetchMessage(client, reaction.messageId);
    const about = message && this.alerts.targetOf(message);
    if (message === undefined || about === undefined) return undefined;
    const member = await this.#person(reaction.userId);
    if (member === undefined) return undefined;
    const undoes = reaction.op === "remove" ? operationBefore(key) : undefined;
    const asked = {
      key,
      note: reaction.name,
      message,
      about,
      undoes,
      member,
      ageMs: () => ageMs,
      command: { ...command, target: about, reason: undefined },
    };
    const petition = this.#petition(asked);
    const hasNothing = undoes !== undefined && !journal.get(undoes)?.isDone;
    return hasNothing && petition ? { ...petition, perform: async () => NOTHING } : petition;
  }

  /** Bots are not listened to: two of them would talk for ever. */
  async #person(userId: number): Promise<Member | undefined> {
    const member = await this.#options.people.find(userId);
    return member?.isBot ? undefined : member;
  }

  #petition(asked: Asked): Petition | undefined {
    const { backend, settings, client, clock, journal, tracker } = this.#options;
    const { key, note, message, command, about, undoes, member, ageMs } = asked;
    if (!isInStream(message)) return undefined;
    const name = member.fullName;
    const link = renderMessageLink(client.site, message);
    const perform = async (isResumed: boolean): Promise<PetitionResult> => {
      const late = this.#tooLate(ageMs(), isResumed);
      if (late !== undefined) return late;
      // Begun again after a crash it ends when it was to end before: what was made then is known by that.
      const begunMs = journal.get(key)?.seenMs ?? clock.now();
      const performed = await performWish(
        { command, about, key, undoes, link, name },
        { ...member, stream: message.stream },
        { ...settings, backend, tracker, now: () => begunMs / 1_000 },
      );
      // It was this wish that has done it, before the crash.
      const isOurs = isResumed && performed.result === "already";
      return isOurs ? { ...performed, result: "done" } : performed;
    };
    const target = command.target ?? about;
    return { key, note, message, verb: command.verb, about: target, name, perform };
  }

  #tooLate(ageMs: number, isResumed: boolean): PetitionResult | undefined {
    const { settings } = this.#options;
    const { maxAgeSeconds } = settings;
    if (ageMs <= maxAgeSeconds * 1_000) return undefined;
    return { text: renderTooLate({ maxAgeSeconds, isResumed }, settings), result: "too-late" };
  }
}

/** What it has done before is to be undone, and that was nothing. */
const NOTHING: PetitionResult = { text: "", result: "nothing" };

function isInStream(message: ChatMessage): message is ChatMessage & { readonly stream: string } {
  return message.stream !== undefined;
}
