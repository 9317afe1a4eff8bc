import { vi } from "vitest";
import { type QueueStatus, readStatus } from "../../../src/gearman/admin.ts";
import { Grabber } from "../../../src/gearman/grabber/grabber.ts";
import type { GrabberOptions } from "../../../src/gearman/grabber/grabber-options.ts";
import { Orphans } from "../../../src/gearman/grabber/orphans.ts";
import type { GrabbedJob } from "../../../src/gearman/grabber/running-job.ts";
import type { ServerAddress } from "../../../src/gearman/server-address.ts";
import { Submitter } from "../../../src/gearman/submitter.ts";
import { stubLog } from "../stub-log.ts";
import { Arrivals } from "./arrivals.ts";

/** How long an event may take before a test fails. No test waits for this time to pass. */
const PATIENCE = { timeout: 30_000, interval: 10 };

export interface GrabbingWorker {
  readonly grabber: Grabber;
  readonly jobs: Arrivals<GrabbedJob>;
  readonly states: string[];
  readonly log: ReturnType<typeof stubLog>;
}

/** The workers and clients of one test, stopped together. */
export class Actors {
  readonly #all: { stop(): Promise<void> }[] = [];

  add<T extends { stop(): Promise<void> }>(actor: T): T {
    this.#all.push(actor);
    return actor;
  }

  /** Takes every job unless `room` limits it. */
  worker(
    server: ServerAddress,
    queues: readonly string[],
    options: Partial<GrabberOptions> = {},
  ): GrabbingWorker {
    const jobs = new Arrivals<GrabbedJob>();
    const states: string[] = [];
    const log = stubLog();
    const grabber = this.add(
      new Grabber({
        server,
        queues,
        log,
        orphans: new Orphans({ log }),
        room: () => 1_000,
        onJob: jobs.push,
        onState: (state) => states.push(state),
        ...options,
      }),
    );
    grabber.start();
    return { grabber, jobs, states, log };
  }

  async client(server: ServerAddress): Promise<Submitter> {
    const connected = Promise.withResolvers<void>();
    const onState = (state: string) => state === "connected" && connected.resolve();
    const submitter = this.add(new Submitter({ server, log: stubLog(), onState }));
    submitter.start();
    await connected.promise;
    return submitter;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.splice(0).map((each) => each.stop()));
  }
}

/** Resolves when the server reports these numbers for a queue. */
export async function untilStatus(
  server: ServerAddress,
  queue: string,
  wanted: Partial<QueueStatus>,
): Promise<void> {
  await until(async () => {
    const found = (await readStatus(server)).find((each) => each.queue === queue);
    const { total = 0, running = 0, workers = 0 } = found ?? {};
    const now: Partial<QueueStatus> = { total, running, workers };
    for (const [name, value] of Object.entries(wanted)) {
      if (now[name as keyof QueueStatus] !== value) throw new Error(`${queue}: ${JSON.stringify(now)}`);
    }
  });
}

export async function until(check: () => Promise<void> | void): Promise<void> {
  await vi.waitFor(check, PATIENCE);
}

export function textOf(job: GrabbedJob): string {
  return job.workload.toString("latin1");
}
