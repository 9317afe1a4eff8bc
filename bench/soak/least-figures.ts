import { type OwnFigures, readOwnFigures } from "./read-sample.ts";

/**
 * What the worker tells of itself, looked at more often than the rest: of the heap, of buffers and of timers
 * the least is kept, as that is what stays when garbage is collected and checks are over.
 */
export class LeastFigures {
  private readonly url: string;
  private least: OwnFigures | undefined;

  /** `metrics` is `HOST:PORT` of the worker's metrics. */
  constructor(metrics: string) {
    this.url = `http://${metrics}/metrics`;
  }

  async look(): Promise<void> {
    const text = await (await fetch(this.url)).text();
    this.least = leastOf(this.least, readOwnFigures(text));
  }

  /** Since it was last taken. */
  take(): OwnFigures {
    const { least } = this;
    if (least === undefined) throw new Error("the worker has not been asked for its figures");
    this.least = undefined;
    return least;
  }
}

/** Pages of V8 and handles are those of the last look. */
export function leastOf(before: OwnFigures | undefined, now: OwnFigures): OwnFigures {
  if (before === undefined) return now;
  return {
    ...now,
    heapMiB: Math.min(before.heapMiB, now.heapMiB),
    externalMiB: Math.min(before.externalMiB, now.externalMiB),
    timers: Math.min(before.timers, now.timers),
  };
}
