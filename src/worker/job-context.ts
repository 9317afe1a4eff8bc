import type { Config } from "../config/config.ts";
import type { Executor } from "../executor/executor.ts";
import type { Log } from "../log.ts";
import { createEnvelope, type Envelope } from "../payload/crypt.ts";
import { keyFromPassword } from "../payload/key.ts";
import { asPassive } from "../result/encode.ts";
import { judgeSettings } from "../result/judge.ts";
import type { Outbox } from "../result/outbox.ts";
import { createSecretReader } from "../run/references/secret-files.ts";
import { createConfiguredRouter } from "../run/routing/router.ts";
import { createRunner } from "../run/run.ts";
import type { Ending } from "./ending.ts";
import type { InFlight } from "./in-flight.ts";
import type { NativeRuntime } from "./native-runtime.ts";
import type { JobContext } from "./perform-job.ts";
import type { Pool } from "./pool.ts";
import { createSlotRun } from "./run-in-slot.ts";
import type { Dupservers } from "./servers/dupservers.ts";
import type { Shortage } from "./shortage.ts";
import type { WorkerEvents } from "./worker-events.ts";

/** The parts of a worker that jobs use. */
export interface JobParts {
  readonly log: Log;
  readonly events: WorkerEvents;
  readonly pool: Pick<Pool, "enter" | "leave">;
  readonly shortage: Pick<Shortage, "wait" | "ended">;
  readonly ending: Pick<Ending, "hasCutOff">;
  readonly executor: Pick<Executor, "run">;
  readonly native: Pick<NativeRuntime, "shelf" | "shared" | "shadow" | "preparations">;
  readonly outbox: Pick<Outbox, "deliver">;
  readonly dupservers: Pick<Dupservers, "isEmpty" | "send">;
  readonly inFlight: Pick<InFlight, "read">;
}

/** What jobs are performed with under one configuration. */
export function createJobContext(config: Config, parts: JobParts): JobContext {
  const { events, pool, shortage, ending, inFlight } = parts;
  const { maxAge, jobTimeout } = config;
  const envelope = createEnvelope({
    encryption: config.encryption,
    key: config.key && keyFromPassword(config.key.reveal()),
  });
  return {
    envelope,
    events,
    settings: { maxAge, judge: judgeSettings(config) },
    run: createSlotRun({ pool, shortage, run: createConfiguredRunner(config, parts), maxAge, jobTimeout }),
    ending,
    inFlight,
    deliver: createDelivery(config, envelope, parts),
  };
}

function createConfiguredRunner(config: Config, { log, events, executor, native }: JobParts) {
  return createRunner({
    router: createConfiguredRouter(config, native.shelf),
    executor,
    shared: native.shared,
    shadow: native.shadow,
    prepare: native.preparations.of,
    log,
    findMarks: native.shelf.find,
    readSecret: createSecretReader(config),
    onDeclined: events.declined,
    onLate: events.late,
  });
}

/** Each dupserver gets a copy of the result; only the job servers decide whether it is delivered. */
function createDelivery(
  { dupResultsArePassive }: Config,
  envelope: Envelope,
  { outbox, dupservers }: JobParts,
): JobContext["deliver"] {
  return (grabbed, { resultQueue: queue = "" }, text) => {
    const { server } = grabbed;
    const workload = envelope.seal(text);
    if (!dupservers.isEmpty) {
      const copy = dupResultsArePassive ? envelope.seal(asPassive(text)) : workload;
      dupservers.send({ queue, workload: copy, server });
    }
    return outbox.deliver({ queue, workload, server, job: grabbed });
  };
}
