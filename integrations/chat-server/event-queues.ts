import { randomUUID } from "node:crypto";
import { ApiError } from "./api-error.ts";

export type FakeEvent = Readonly<Record<string, unknown>> & { readonly type: string };
type NumberedEvent = FakeEvent & { readonly id: number };

interface Queue {
  readonly id: string;
  readonly userId: number;
  readonly types: readonly string[] | undefined;
  readonly narrow: readonly (readonly string[])[];
  readonly allStreams: boolean;
  readonly events: NumberedEvent[];
  next: number;
  /** Answers the poll that waits. */
  wake: (() => void) | undefined;
}

export interface QueueOptions {
  readonly userId: number;
  readonly types: readonly string[] | undefined;
  readonly narrow: readonly (readonly string[])[];
  readonly allStreams: boolean;
}

/** The event queues of a server. They live in its memory only. */
export class EventQueues {
  readonly #queues = new Map<string, Queue>();
  readonly #heartbeatMs: number;

  constructor(heartbeatMs: number) {
    this.#heartbeatMs = heartbeatMs;
  }

  get size(): number {
    return this.#queues.size;
  }

  register(options: QueueOptions): string {
    const id = randomUUID();
    this.#queues.set(id, { ...options, id, events: [], next: 0, wake: undefined });
    return id;
  }

  /** `make` gives what a queue is told; undefined: nothing. */
  tell(type: string, make: (queue: QueueOptions & { readonly id: string }) => FakeEvent | undefined): void {
    for (const queue of this.#queues.values()) {
      if (queue.types !== undefined && !queue.types.includes(type)) continue;
      const event = make(queue);
      if (event !== undefined) this.#push(queue, event);
    }
  }

  /** Waits for events after `last`, or for the heartbeat. */
  async poll(id: string, { userId, last, isPatient }: { userId: number; last: number; isPatient: boolean }) {
    const queue = this.#find(id, userId);
    while ((queue.events[0]?.id ?? last + 1) <= last) queue.events.shift();
    if (queue.events.length === 0 && isPatient) await this.#wait(queue);
    return [...queue.events];
  }

  remove(id: string, userId: number): void {
    this.#find(id, userId).wake?.();
    this.#queues.delete(id);
  }

  /** As a restart of the server does. Polls that wait get an answer without events. */
  loseAll(): void {
    for (const queue of this.#queues.values()) queue.wake?.();
    this.#queues.clear();
  }

  #find(id: string, userId: number): Queue {
    const queue = this.#queues.get(id);
    if (queue?.userId === userId) return queue;
    const more = { queue_id: id };
    throw new ApiError("BAD_EVENT_QUEUE_ID", `Bad event queue ID: ${id}`, { more });
  }

  #push(queue: Queue, event: FakeEvent): void {
    queue.events.push({ ...event, id: queue.next });
    queue.next += 1;
    queue.wake?.();
  }

  async #wait(queue: Queue): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => this.#push(queue, { type: "heartbeat" }), this.#heartbeatMs);
    queue.wake?.();
    queue.wake = resolve;
    await promise;
    clearTimeout(timer);
    queue.wake = undefined;
  }
}
