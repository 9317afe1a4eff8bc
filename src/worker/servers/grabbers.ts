import { Grabber } from "../../gearman/grabber/grabber.ts";
import type { GrabberOptions } from "../../gearman/grabber/grabber-options.ts";

export interface GrabbersOptions extends Omit<GrabberOptions, "room" | "onDrained"> {
  /** Those of the queues that have a limit of their own. */
  readonly limited: readonly string[];
  /**
   * How many more jobs may be taken now, jobs that the other grabbers of these may get included. `queue` is
   * the one with a limit.
   */
  readonly room: (queue: string | undefined) => number;
  readonly onDrained: () => void;
}

interface Member {
  /** The queue with a limit; undefined for all others together. */
  readonly queue: string | undefined;
  readonly grabber: Grabber;
}

/**
 * What takes the jobs of one job server: one connection for all queues without a limit, and one for each
 * queue with a limit. A connection that is not asked for jobs leaves them to other workers. To take the queue
 * back instead (CANT_DO) would make gearmand give the jobs that run to another worker.
 *
 * The most urgent queue is asked first, as gearmand does for the queues of one connection.
 */
export class Grabbers {
  readonly #members: readonly Member[];
  #undrained: number;

  constructor(options: GrabbersOptions) {
    const { limited, queues, room, onState, onDrained, ...common } = options;
    const lines = groupQueues(queues, limited);
    this.#undrained = lines.length;
    this.#members = lines.map((line, at) => {
      const [queue] = line.isLimited ? line.queues : [];
      const grabber: Grabber = new Grabber({
        ...common,
        queues: line.queues,
        room: () => room(queue) - this.#expectedBut(grabber),
        // They are lost together, and one of them tells.
        ...(at === 0 && onState && { onState }),
        onDrained: () => {
          this.#undrained -= 1;
          if (this.#undrained === 0) onDrained();
        },
      });
      return { queue, grabber };
    });
  }

  get isConnected(): boolean {
    return this.#members.every(({ grabber }) => grabber.isConnected);
  }

  get isSilent(): boolean {
    return this.#members.some(({ grabber }) => grabber.isSilent);
  }

  get jobsInFlight(): number {
    return this.#sum(({ grabber }) => grabber.jobsInFlight);
  }

  get outstandingGrabs(): number {
    return this.#sum(({ grabber }) => grabber.outstandingGrabs);
  }

  /** Jobs that may arrive at any moment. */
  get expectedJobs(): number {
    return this.#sum(({ grabber }) => grabber.expectedJobs);
  }

  /** Those of a queue with a limit. */
  expectedJobsOf(queue: string): number {
    return this.#sum((member) => (member.queue === queue ? member.grabber.expectedJobs : 0));
  }

  start(): void {
    for (const { grabber } of this.#members) grabber.start();
  }

  wake(): void {
    for (const { grabber } of this.#members) grabber.wake();
  }

  retire(): void {
    for (const { grabber } of this.#members) grabber.retire();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#members.map(({ grabber }) => grabber.stop()));
  }

  #expectedBut(asking: Grabber): number {
    return this.#sum(({ grabber }) => (grabber === asking ? 0 : grabber.expectedJobs));
  }

  #sum(count: (member: Member) => number): number {
    let sum = 0;
    for (const member of this.#members) sum += count(member);
    return sum;
  }
}

/** The queues of each connection. The one with the most urgent queue is the first. */
function groupQueues(queues: readonly string[], limited: readonly string[]) {
  const alone = new Set(limited);
  const others = queues.filter((queue) => !alone.has(queue));
  const lines = queues
    .filter((queue) => alone.has(queue))
    .map((queue) => ({ queues: [queue], isLimited: true }));
  if (others.length > 0 || lines.length === 0) lines.push({ queues: others, isLimited: false });
  const rankOf = ([first = ""]: readonly string[]) => queues.indexOf(first);
  return lines.toSorted((a, b) => rankOf(a.queues) - rankOf(b.queues));
}
