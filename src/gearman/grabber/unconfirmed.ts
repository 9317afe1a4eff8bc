import { Fifo } from "../fifo.ts";
import type { Answer, AssignedWorkload } from "./running-job.ts";

export interface SentAnswer extends AssignedWorkload {
  /** `host:port` of the job server. */
  readonly server: string;
  readonly answer: Answer;
}

/**
 * Answers that may not have reached the job server. The server never confirms an answer, but it handles all
 * packets in their order. So its reply to a grab proves that every answer sent before that grab has arrived.
 */
export class Unconfirmed {
  readonly #sent = new Fifo<SentAnswer | "grab">();

  answered(sent: SentAnswer): void {
    this.#sent.push(sent);
  }

  grabbed(): void {
    this.#sent.push("grab");
  }

  replied(): void {
    for (let sent = this.#sent.shift(); sent !== undefined && sent !== "grab"; ) sent = this.#sent.shift();
  }

  /** Returns all unconfirmed answers and forgets them. */
  take(): readonly SentAnswer[] {
    const answers: SentAnswer[] = [];
    for (let sent = this.#sent.shift(); sent !== undefined; sent = this.#sent.shift()) {
      if (sent !== "grab") answers.push(sent);
    }
    return answers;
  }
}
