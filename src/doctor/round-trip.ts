import { randomUUID } from "node:crypto";
import { Grabber } from "../gearman/grabber/grabber.ts";
import { Orphans } from "../gearman/grabber/orphans.ts";
import type { ServerAddress } from "../gearman/server-address.ts";
import { Submitter } from "../gearman/submitter.ts";
import type { Log } from "../log.ts";
import type { Envelope } from "../payload/crypt.ts";

const TIMEOUT_MS = 5000;

export interface RoundTrip {
  readonly server: ServerAddress;
  /** No other program uses this queue. Older gearmands keep its name, so it is the same each time. */
  readonly queue: string;
  readonly envelope: Envelope;
  readonly log: Log;
}

/** Sends a sealed job through the queue and opens it again. Rejects if it does not come back whole. */
export async function makeRoundTrip({ server, queue, envelope, log }: RoundTrip): Promise<void> {
  const text = `type=passive\nhost_name=${randomUUID()}`;
  const back = Promise.withResolvers<void>();
  const connected = Promise.withResolvers<void>();
  const submitter = new Submitter({
    server,
    log,
    onState: (state) => state === "connected" && connected.resolve(),
  });
  const grabber = new Grabber({
    server,
    log,
    queues: [queue],
    orphans: new Orphans({ log }),
    room: () => 1,
    onJob: (job) => {
      job.complete();
      settle(back, () => envelope.open(job.workload) === text);
    },
  });
  const late = () => new Error(`a job did not come back within ${TIMEOUT_MS / 1000} seconds`);
  const timer = setTimeout(() => {
    connected.reject(late());
    back.reject(late());
  }, TIMEOUT_MS);
  back.promise.catch(() => {});
  try {
    submitter.start();
    grabber.start();
    await connected.promise;
    await submitter.submit({ queue, unique: "", workload: envelope.seal(text) });
    await back.promise;
  } finally {
    clearTimeout(timer);
    await Promise.all([submitter.stop(), grabber.stop()]);
  }
}

function settle({ resolve, reject }: PromiseWithResolvers<void>, isWhole: () => boolean): void {
  try {
    if (isWhole()) resolve();
    else reject(new Error("the job came back with another text"));
  } catch (error) {
    reject(error);
  }
}
