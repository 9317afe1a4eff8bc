import type { ByteString } from "../../byte-string.ts";
import { dropLeftQueue } from "../../gearman/admin.ts";
import { BriefClient } from "../../gearman/brief/client.ts";
import { ServerError } from "../../gearman/brief/connection.ts";
import { takeJob } from "../../gearman/brief/take-job.ts";
import type { ServerAddress } from "../../gearman/server-address.ts";
import type { Envelope } from "../../payload/crypt.ts";
import { PayloadError } from "../../payload/payload-error.ts";
import type { Verdict } from "./judge-queues.ts";

export interface RoundTrip {
  readonly server: ServerAddress;
  /** One that workers take checks from. */
  readonly queue: ByteString;
  readonly envelope: Envelope;
  readonly timeoutMs: number;
}

/** It is run by the worker, unless restrict_path forbids that: both answers prove the key. */
const COMMAND = "/bin/true";

/**
 * Gives an encrypted check to a queue, and takes its result from a queue of its own. A worker with another
 * key cannot read the check: no result comes. Nothing reaches the core.
 */
export async function roundTrip(trip: RoundTrip): Promise<Verdict> {
  const own = `check_gearman_${crypto.randomUUID()}`;
  try {
    return await travel(trip, own);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return critical(`job failed: ${error.message}`);
  } finally {
    await dropLeftQueue(trip.server, own);
  }
}

async function travel({ server, queue, envelope, timeoutMs }: RoundTrip, own: string): Promise<Verdict> {
  const seconds = timeoutMs / 1000;
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), timeoutMs);
  await using results = takeJob(server, own, timeoutMs);
  await results.ready;
  const client = new BriefClient({ server, timeoutMs });
  try {
    await client.opened;
    const startMs = performance.now();
    const workload = envelope.seal(checkText(queue, own, seconds));
    const done = client.request({ queue, unique: own, workload, priority: "high" });
    done.catch(() => {}); // it is awaited below
    const taken = await Promise.race([done, results.job, late.promise]);
    if (taken === "late")
      return critical(`no worker of queue '${queue}' took the test job within ${seconds} s`);
    if ("kind" in taken && taken.kind === "failed")
      return critical(`a worker of queue '${queue}' could not read the test job: it has another key`);
    const result = await Promise.race([results.job, late.promise]);
    if (result === "late")
      return critical(
        `a worker of queue '${queue}' took the test job, and no result came within ${seconds} s: it has another key`,
      );
    return judgeResult(envelope, result, { queue, startMs });
  } finally {
    clearTimeout(timer);
    await client.close();
  }
}

function judgeResult(
  envelope: Envelope,
  result: Buffer,
  { queue, startMs }: { readonly queue: ByteString; readonly startMs: number },
): Verdict {
  try {
    envelope.open(result);
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    return critical(`the result of the test job from queue '${queue}' cannot be read: ${error.message}`);
  }
  const took = ((performance.now() - startMs) / 1000).toFixed(3);
  return {
    state: 0,
    text: `a worker of queue '${queue}' has the same key. Round trip: ${took} s|time=${took}s`,
  };
}

function checkText(queue: ByteString, own: string, timeout: number): ByteString {
  const fields = [
    "type=service",
    `result_queue=${own}`,
    `target_queue=${queue}`,
    "host_name=check_gearman",
    `service_description=${own}`,
    `core_time=${(Date.now() / 1000).toFixed(6)}`,
    `timeout=${Math.ceil(timeout)}`,
    `command_line=${COMMAND}`,
  ];
  return `${fields.join("\n")}\n\n\n`;
}

function critical(text: string): Verdict {
  return { state: 2, text };
}
