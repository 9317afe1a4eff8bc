import { Fifo } from "../fifo.ts";
import type { Answer, AssignedWorkload } from "./running-job.ts";

export interface SentAnswer extends AssignedWorkload {
  readonly answer: Answer;
}

/**
 * Answers the job server may not have got. It says nothing to an answer, but deals with all packets in their order:
 * its reply to a grab means that every answer before that grab has arrived.
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

  /** Empties it. */
  take(): readonly SentAnswer[] {
    const answers: SentAnswer[] = [];
    for (let sent = this.#sent.shift(); sent !== undefined; sent = this.#sent.shift()) {
      if (sent !== "grab") answers.push(sent);
    }
    return answers;
  }
}
