import type { Orphans, Place } from "../../gearman/grabber/orphans.ts";
import type { GrabbedJob } from "../../gearman/grabber/running-job.ts";
import { renderServerAddress } from "../../gearman/server-address.ts";
import type { Log } from "../../log.ts";
import { Reclaim } from "./reclaim.ts";
import type { JobServerSettings } from "./server-settings.ts";

export interface ReclaimsOptions {
  readonly orphans: Orphans;
  readonly log: Log;
  readonly onJob: (job: GrabbedJob) => void;
}

/**
 * While the worker ends: the jobs whose connection was lost are asked for again, one queue of one job server
 * at a time. Before, the links do that.
 */
export class Reclaims {
  readonly #options: ReclaimsOptions;
  readonly #reclaims = new Map<string, Reclaim>();
  #settings: Pick<JobServerSettings, "servers" | "timing"> = { servers: [], timing: {} };
  #isStarted = false;

  constructor(options: ReclaimsOptions) {
    this.#options = options;
  }

  /** Job servers that are in the configuration no longer are not asked. */
  configure(settings: JobServerSettings): void {
    this.#settings = settings;
  }

  start(): void {
    this.#isStarted = true;
    this.update();
  }

  /** There are other orphans. */
  update(): void {
    if (!this.#isStarted) return;
    for (const place of this.#options.orphans.places()) this.#reclaim(place);
  }

  /** Every result is delivered. Resolves when no job that was lost can be expected any more. */
  async settle(): Promise<void> {
    await Promise.all([...this.#reclaims.values()].map((reclaim) => reclaim.settle()));
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    await Promise.all([...this.#reclaims.values()].map((reclaim) => reclaim.stop()));
  }

  #reclaim({ server: name, queue }: Place): void {
    const { servers, timing } = this.#settings;
    const server = servers.find((each) => renderServerAddress(each) === name);
    const key = `${name} ${queue}`;
    if (server === undefined || this.#reclaims.get(key)?.isOver === false) return;
    this.#reclaims.set(key, new Reclaim({ ...this.#options, server, queue, timing }));
  }
}
