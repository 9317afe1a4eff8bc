import { setTimeout as pause } from "node:timers/promises";
import { BriefClient } from "../../gearman/brief/client.ts";
import { ServerError } from "../../gearman/brief/connection.ts";
import type { ServerAddress } from "../../gearman/server-address.ts";
import type { Submission } from "../../gearman/submitter.ts";

export interface SenderOptions {
  /** In the order in which they are tried. */
  readonly servers: readonly ServerAddress[];
  /** How long connecting, and each confirmation, may take. 0: for ever. */
  readonly timeoutMs: number;
  /** How often all servers are tried again when none took anything. */
  readonly retries: number;
  readonly retryIntervalMs: number;
}

/** No server took what was left. The message has the reason of each. */
export class SendError extends Error {
  override readonly name = "SendError";
}

/**
 * Gives jobs to the first of several job servers that takes them, and keeps each until it was confirmed. If
 * a server fails, what it has not confirmed goes to the next one. Many jobs are under way at once.
 */
export class Sender {
  /** Rejected with a SendError when all servers have failed; never resolved. */
  readonly failed: Promise<never>;
  readonly #options: SenderOptions;
  readonly #failing = Promise.withResolvers<never>();
  #unconfirmed: Submission[] = [];
  /** How many of the first of `#unconfirmed` are confirmed: they are cut off now and then. */
  #confirmedOfThese = 0;
  #confirmed = 0;
  #client: BriefClient | undefined;
  #isConnecting = false;
  #isGivenUp = false;
  #sleepers: { readonly atMost: number; readonly wake: () => void }[] = [];

  constructor(options: SenderOptions) {
    this.#options = options;
    this.failed = this.#failing.promise;
    this.failed.catch(() => {}); // the caller may not be waiting just now
  }

  /** How many jobs a server has confirmed. */
  get confirmed(): number {
    return this.#confirmed;
  }

  get waiting(): number {
    return this.#unconfirmed.length - this.#confirmedOfThese;
  }

  send(submissions: readonly Submission[]): void {
    if (this.#isGivenUp) return;
    for (const each of submissions) {
      this.#unconfirmed.push(each);
      this.#client?.submit(each);
    }
    if (this.#client === undefined && submissions.length > 0) void this.#connect();
  }

  /** Resolves when at most so many are not confirmed. Rejects with a SendError. */
  async until(atMost: number): Promise<void> {
    while (this.waiting > atMost) {
      const woken = Promise.withResolvers<void>();
      this.#sleepers.push({ atMost, wake: woken.resolve });
      await Promise.race([woken.promise, this.failed]);
    }
  }

  async close(): Promise<void> {
    this.#isGivenUp = true;
    await this.#client?.close();
  }

  #goOn(): void {
    if (this.waiting > 0) void this.#connect();
  }

  async #connect(): Promise<void> {
    if (this.#isConnecting || this.#isGivenUp) return;
    this.#isConnecting = true;
    const reasons = await this.#tryAll();
    this.#isConnecting = false;
    if (reasons.length === 0) return;
    this.#isGivenUp = true;
    this.#failing.reject(new SendError(reasons.join("; ")));
  }

  /** Resolves with nothing if a server was found, else with the reasons of the last round. */
  async #tryAll(): Promise<readonly string[]> {
    const { servers, retries, retryIntervalMs } = this.#options;
    for (let round = 0; ; round++) {
      const reasons: string[] = [];
      const before = this.#confirmed;
      for (const server of servers) {
        const reason = await this.#try(server);
        if (reason === undefined) return [];
        reasons.push(reason);
      }
      if (this.#isGivenUp) return reasons;
      // A server that was there a moment ago may be starting again.
      if (this.#confirmed > before) round = -1;
      else if (round >= retries) return reasons;
      else await pause(retryIntervalMs);
    }
  }

  /** Resolves with why it failed; with nothing if all that was there has been confirmed. */
  async #try(server: ServerAddress): Promise<string | undefined> {
    const lost = Promise.withResolvers<string>();
    const client = new BriefClient({
      server,
      timeoutMs: this.#options.timeoutMs,
      onAccepted: () => this.#accepted(),
      onLost: (error) => {
        if (this.#client === client) this.#client = undefined;
        lost.resolve(error.message);
      },
    });
    try {
      await client.opened;
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      return error.message;
    }
    this.#client = client;
    for (const each of this.#takeUnconfirmed()) client.submit(each);
    const allTaken = this.until(0).then(() => undefined);
    const reason = await Promise.race([lost.promise, allTaken]);
    // What comes later is a new beginning: this server has answered.
    if (reason === undefined) void lost.promise.then(() => this.#goOn());
    return reason;
  }

  #takeUnconfirmed(): readonly Submission[] {
    this.#unconfirmed = this.#unconfirmed.slice(this.#confirmedOfThese);
    this.#confirmedOfThese = 0;
    return this.#unconfirmed;
  }

  #accepted(): void {
    this.#confirmed += 1;
    this.#confirmedOfThese += 1;
    if (this.#confirmedOfThese === this.#unconfirmed.length || this.#confirmedOfThese >= 10_000)
      this.#takeUnconfirmed();
    const { waiting } = this;
    for (const { atMost, wake } of this.#sleepers) if (waiting <= atMost) wake();
    this.#sleepers = this.#sleepers.filter(({ atMost }) => waiting > atMost);
  }
}
