import { Fifo } from "../fifo.ts";
import type { Packet } from "../packet.ts";
import type { ServerAddress } from "../server-address.ts";
import { submitPacketName } from "../submit-packets.ts";
import type { Submission } from "../submitter.ts";
import { BriefConnection, ServerError } from "./connection.ts";

export interface ClientOptions {
  readonly server: ServerAddress;
  readonly timeoutMs: number;
  /** The server has the oldest background job that it had not confirmed. */
  readonly onAccepted?: () => void;
  /** Nothing more will be confirmed or answered. */
  readonly onLost?: (error: ServerError) => void;
}

/** The answer to a foreground job. */
export type Answer = { readonly kind: "complete"; readonly data: Buffer } | { readonly kind: "failed" };

type Waiting =
  | { readonly kind: "background" }
  | { readonly kind: "foreground"; readonly answer: PromiseWithResolvers<Answer> };

/**
 * Gives jobs to one job server, over one connection. Any number of background jobs may be under way; the
 * server confirms them in their order.
 */
export class BriefClient {
  readonly #options: ClientOptions;
  readonly #connection: BriefConnection;
  /** JOB_CREATED or ERROR has not come yet. */
  readonly #waiting = new Fifo<Waiting>();
  readonly #answers = new Map<string, PromiseWithResolvers<Answer>>();

  constructor(options: ClientOptions) {
    const { server, timeoutMs } = options;
    this.#options = options;
    this.#connection = new BriefConnection({
      server,
      timeoutMs,
      onPacket: (packet) => this.#packet(packet),
      onLost: (error) => this.#lost(error),
    });
  }

  /** Resolved when jobs can be given. Rejected with a ServerError. */
  get opened(): Promise<void> {
    return this.#connection.opened;
  }

  submit(submission: Submission): void {
    this.#send(submission, { kind: "background" });
  }

  /** Rejects with a ServerError. */
  request(submission: Submission): Promise<Answer> {
    const answer = Promise.withResolvers<Answer>();
    this.#send(submission, { kind: "foreground", answer });
    return answer.promise;
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #send({ queue, unique, workload, priority = "normal" }: Submission, waiting: Waiting): void {
    const type = submitPacketName({ priority, isForeground: waiting.kind === "foreground" });
    this.#connection.send({ type, queue, unique, workload });
    this.#waiting.push(waiting);
    this.#connection.expectAnswer();
  }

  #packet(packet: Packet): void {
    switch (packet.type) {
      case "JOB_CREATED":
        this.#created(packet.handle);
        break;
      case "ERROR":
        this.#end(new ServerError(`refused: ${packet.code}: ${packet.text}`));
        break;
      case "WORK_COMPLETE":
        // A copy: the data is a view on memory that the next chunk overwrites.
        this.#answer(packet.handle, { kind: "complete", data: Buffer.from(packet.data) });
        break;
      case "WORK_FAIL":
      case "WORK_EXCEPTION":
        this.#answer(packet.handle, { kind: "failed" });
        break;
    }
  }

  #created(handle: string): void {
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#connection.expectNothing();
    switch (waiting?.kind) {
      case "background":
        this.#options.onAccepted?.();
        break;
      case "foreground":
        this.#answers.set(handle, waiting.answer);
        break;
    }
  }

  #answer(handle: string, answer: Answer): void {
    this.#answers.get(handle)?.resolve(answer);
    this.#answers.delete(handle);
  }

  #end(error: ServerError): void {
    void this.#connection.close();
    this.#lost(error);
  }

  #lost(error: ServerError): void {
    for (let each = this.#waiting.shift(); each; each = this.#waiting.shift())
      if (each.kind === "foreground") each.answer.reject(error);
    for (const each of this.#answers.values()) each.reject(error);
    this.#answers.clear();
    this.#options.onLost?.(error);
  }
}
