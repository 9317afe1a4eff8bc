import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, vi } from "vitest";
import { ChatServer } from "../../../../integrations/chat-server/chat-server.ts";
import type { FakeMessage, FakeUser } from "../../../../integrations/chat-server/world.ts";
import { ActionJournal } from "../../../../integrations/zulip/bot/action-journal.ts";
import { Bot } from "../../../../integrations/zulip/bot/bot.ts";
import { createBotMeter } from "../../../../integrations/zulip/bot/bot-metrics.ts";
import type { BotSettings } from "../../../../integrations/zulip/bot/bot-settings.ts";
import { Position } from "../../../../integrations/zulip/bot/position.ts";
import type { Clock } from "../../../../integrations/zulip/client/clock.ts";
import { ZulipClient } from "../../../../integrations/zulip/client/zulip-client.ts";
import type { IssueTracker } from "../../../../integrations/zulip/issues/tracker.ts";
import { renderButtons } from "../../../../integrations/zulip/notify/buttons.ts";
import { TEXTS } from "../../../../integrations/zulip/notify/texts.ts";
import { createFolder } from "../../../support/folder.ts";
import { stubLog } from "../../../support/stub-log.ts";
import { ask } from "../../chat-server/requests.ts";
import { MemoryMonitoring } from "./memory-monitoring.ts";

export const SERVICE = { host: "web1", service: "http" };
export const HOST = { host: "web1", service: undefined };
export const TOPIC = "http - Web 1";
const PATIENCE = { timeout: 20_000, interval: 5 };

const SETTINGS: BotSettings = {
  rules: [{ allow: true, streams: ["icinga"] }],
  language: "en",
  stage: undefined,
  maxAgeSeconds: 600,
  peopleMaxAgeSeconds: 60,
  alertUsers: [],
};

/** The time goes on as it does, and can be put forward; to sleep puts it forward. */
class QuickClock implements Clock {
  offset = 0;
  readonly sleeps: number[] = [];
  /** What a sleep waits for besides. */
  gate: Promise<void> | undefined;
  /** By how much somebody has set it. */
  setBy = 0;
  readonly now = () => Date.now() + this.offset + this.setBy;
  readonly elapsed = () => performance.now() + this.offset;

  readonly sleep = async (ms: number, signal?: AbortSignal) => {
    this.sleeps.push(ms);
    this.offset += ms;
    await this.gate;
    await pause(2, undefined, signal && { signal }).catch(() => {});
  };
}

/** A chat, a monitoring, and a bot between them that can be killed. */
export class BotWorld implements AsyncDisposable {
  readonly fake: ChatServer;
  readonly monitoring = new MemoryMonitoring(SERVICE, HOST, { host: "db1", service: "sql" });
  readonly folder = createFolder();
  readonly clock: QuickClock;
  readonly log = stubLog();
  meter = createBotMeter();
  readonly bot: FakeUser;
  readonly anna: FakeUser;
  readonly eve: FakeUser;
  /** Where it opens issues. */
  tracker: IssueTracker | undefined;
  /** What the bot takes for its key. */
  key: string;
  #ending: AbortController | undefined;
  #running: Promise<unknown> = Promise.resolve();

  private constructor(fake: ChatServer, clock: QuickClock) {
    this.fake = fake;
    this.clock = clock;
    const { world } = fake;
    this.bot = world.addUser({ email: "bot@rig.local", fullName: "Icinga API-Bot", isBot: true });
    this.key = this.bot.key;
    this.anna = world.addUser({ email: "anna@rig.local", fullName: "Anna Ämsig; (ops)" });
    this.eve = world.addUser({ email: "eve@rig.local", fullName: "Eve" });
    world.addStream("icinga", [this.bot.id, this.anna.id]);
    world.addStream("general", [this.bot.id, this.eve.id]);
    for (const [at, name] of ["ack", "1h", "8h", "crit"].entries()) world.emoji.set(name, String(at + 1));
  }

  static async create(): Promise<BotWorld> {
    const clock = new QuickClock();
    return new BotWorld(await ChatServer.start({ now: clock.now }), clock);
  }

  /** Resolves when it listens. */
  async start(settings: Partial<BotSettings> = {}): Promise<Bot> {
    const begun = this.begin(settings);
    await vi.waitFor(() => expect(begun.trouble).toBeUndefined(), PATIENCE);
    return begun;
  }

  begin(settings: Partial<BotSettings> = {}): Bot {
    const { clock, log, monitoring } = this;
    const journal = ActionJournal.open(join(this.folder.path, "actions"), { nowMs: clock.now() });
    const position = Position.open(join(this.folder.path, "position.json"));
    const client = new ZulipClient({
      site: this.fake.url,
      clock,
      userAgent: "omd-worker/test",
      timeoutMs: 5_000,
      login: () => ({ email: this.bot.email, key: this.key }),
    });
    const ending = new AbortController();
    const bot = new Bot({
      client,
      backend: monitoring,
      journal,
      position,
      clock,
      log,
      meter: this.meter,
      settings: { ...SETTINGS, ...settings },
      tracker: this.tracker,
      random: () => 1,
    });
    this.#ending = ending;
    this.#running = bot.run(ending.signal).finally(() => journal[Symbol.dispose]());
    this.#running.catch(() => {});
    return bot;
  }

  /** As TERM does. Rejects with the error that has ended the bot before. */
  async end(): Promise<void> {
    this.#ending?.abort();
    await this.#running;
  }

  get ended(): Promise<unknown> {
    return this.#running;
  }

  /** A problem with buttons, as the notifier sends it. */
  async alert(
    target: { host: string; service: string | undefined } = SERVICE,
    topic = TOPIC,
    user = this.bot,
  ) {
    const notice = { ...target, alias: "Web 1", type: "PROBLEM" };
    const { buttons } = TEXTS.en;
    const widget = renderButtons(notice, { botName: this.bot.fullName, buttons });
    return this.#post(user, { content: "**CRIT**", topic, ...(widget && { widget_content: widget }) });
  }

  /** To the bot, unless it is written otherwise. */
  say(text: string, user = this.anna, { topic = TOPIC, to = "icinga" } = {}): Promise<number> {
    return this.#post(user, { content: `@**Icinga API-Bot** ${text}`, topic, to });
  }

  chat(content: string, user = this.anna): Promise<number> {
    return this.#post(user, { content, topic: TOPIC });
  }

  async react(method: "POST" | "DELETE", message: number, emoji: string, user = this.anna): Promise<void> {
    const path = `messages/${message}/reactions`;
    const { status } = await ask(this.fake.url, { method, path, params: { emoji_name: emoji }, user });
    expect(status).toBe(200);
  }

  /** What the bot has written, without alerts. */
  get answers(): readonly string[] {
    return this.#written().map(({ content }) => content);
  }

  get places(): readonly string[] {
    return this.#written().map(({ topic }) => topic);
  }

  async answered(count: number): Promise<readonly string[]> {
    await vi.waitFor(() => expect(this.answers.length).toBeGreaterThanOrEqual(count), PATIENCE);
    return this.answers;
  }

  /** Resolves when all that was asked for before is dealt with: the bot does one after the other. */
  async settled(): Promise<void> {
    const before = this.answers.length;
    await this.say("help");
    await vi.waitFor(() => {
      expect(this.answers.slice(before).some((text) => text.includes("downtime 2h"))).toBe(true);
    }, PATIENCE);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending?.abort();
    await this.#running.catch(() => {});
    await this.fake.stop();
    this.folder[Symbol.dispose]();
  }

  #written(): readonly FakeMessage[] {
    return this.fake.world.messages.filter(
      ({ senderId, widget }) => senderId === this.bot.id && widget === undefined,
    );
  }

  async #post(user: FakeUser, params: Readonly<Record<string, string>>): Promise<number> {
    const { body } = await ask(this.fake.url, {
      method: "POST",
      path: "messages",
      user,
      params: { type: "stream", to: "icinga", ...params },
    });
    return Number(body["id"]);
  }
}
