import type { Config } from "../config/config.ts";
import type { Secret } from "../config/secret.ts";
import type { Executor } from "../executor/executor.ts";
import { FREE_BYTES, type OutputRoom } from "../executor/output-room.ts";
import type { Log } from "../log.ts";
import { createEnvelope, type Seal } from "../payload/crypt.ts";
import { keyFromPassword } from "../payload/key.ts";
import { asPassive } from "../result/encode.ts";
import { judgeSettings } from "../result/judge.ts";
import type { Outbox } from "../result/outbox.ts";
import { createConfinements, type FindConfinement } from "../run/confinements.ts";
import { createSecretReader } from "../run/references/secret-files.ts";
import { createConfiguredRouter } from "../run/routing/router.ts";
import { createRunner } from "../run/run.ts";
import type { Ending } from "./ending.ts";
import type { EventHandlers } from "./handlers/event-handlers.ts";
import type { InFlight } from "./in-flight.ts";
import type { NativeRuntime } from "./native-runtime.ts";
import type { JobContext } from "./perform-job.ts";
import type { ReplayGuard } from "./replay-guard.ts";
import type { Dupservers } from "./servers/dupservers.ts";
import type { Pool } from "./slots/pool.ts";
import type { QueueLimits } from "./slots/queue-limits.ts";
import { createSlotRun } from "./slots/run-in-slot.ts";
import type { Shortage } from "./slots/shortage.ts";
import type { WorkerEvents } from "./worker-events.ts";

/** The parts of a worker that jobs use. */
export interface JobParts {
  readonly log: Log;
  readonly events: WorkerEvents;
  readonly pool: Pick<Pool, "enter" | "leave">;
  readonly limits: Pick<QueueLimits, "enter" | "leave">;
  readonly shortage: Pick<Shortage, "wait" | "ended">;
  readonly ending: Pick<Ending, "hasCutOff">;
  readonly executor: Pick<Executor, "run">;
  readonly native: Pick<NativeRuntime, "shelf" | "shared" | "shadow" | "preparations" | "targets">;
  readonly outbox: Pick<Outbox, "deliver">;
  readonly dupservers: Pick<Dupservers, "isEmpty" | "send">;
  readonly inFlight: Pick<InFlight, "read">;
  readonly room: Pick<OutputRoom, "hold">;
  readonly replays: Pick<ReplayGuard, "admit">;
  readonly handlers: Pick<EventHandlers, "guard">;
}

/**
 * What jobs are performed with under one configuration. Throws a ConfigError if queues cannot be confined.
 */
export function createJobContext(
  config: Config,
  parts: JobParts,
  findConfinement: FindConfinement = createConfinements(config),
): JobContext {
  const { events, pool, limits, shortage, ending, inFlight, replays } = parts;
  const { maxAge, jobTimeout, replayWindow } = config;
  return {
    envelopeOf: createEnvelopes(config),
    events,
    admit: (grabbed, job) => replays.admit(grabbed, job, replayWindow),
    settings: { maxAge, judge: judgeSettings(config) },
    run: createSlotRun({
      pool,
      limits,
      shortage,
      run: createConfiguredRunner(config, parts, findConfinement),
      maxAge,
      jobTimeout,
    }),
    ending,
    inFlight,
    deliver: createDelivery(config, parts),
  };
}

/** Jobs of a server with a key of its own are opened with that key alone. */
function createEnvelopes({ encryption, key, acceptedKey, serverKey }: Config): JobContext["envelopeOf"] {
  const accepted = acceptedKey.flatMap((each) => keyOf(each) ?? []);
  const common = createEnvelope({ encryption, key: keyOf(key), accepted });
  if (!encryption || serverKey.length === 0) return () => common;
  const own = new Map(
    serverKey.map((each) => [each.server, createEnvelope({ encryption, key: keyOf(each.key) })] as const),
  );
  return (server) => own.get(server) ?? common;
}

function keyOf(secret: Secret | undefined): Uint8Array | undefined {
  return secret && keyFromPassword(secret.reveal());
}

function createConfiguredRunner(
  config: Config,
  { log, events, executor, native, handlers }: JobParts,
  findConfinement: FindConfinement,
) {
  return createRunner({
    router: handlers.guard(createConfiguredRouter(config, native.shelf)),
    executor,
    shared: native.shared,
    shadow: native.shadow,
    targets: native.targets,
    prepare: native.preparations.of,
    log,
    findMarks: native.shelf.find,
    readSecret: createSecretReader(config),
    findConfinement,
    onDeclined: events.declined,
    onLate: events.late,
  });
}

/** Each dupserver gets a copy of the result; only the job servers decide whether it is delivered. */
function createDelivery(config: Config, { outbox, dupservers, room }: JobParts): JobContext["deliver"] {
  const sealCopy = createCopySeal(config);
  return (grabbed, { resultQueue: queue = "" }, { text, seal }) => {
    const { server } = grabbed;
    const workload = seal(text);
    if (!dupservers.isEmpty) {
      const copy = config.dupResultsArePassive ? asPassive(text) : text;
      const isSame = copy === text && sealCopy === undefined;
      dupservers.send({ queue, workload: isSame ? workload : (sealCopy ?? seal)(copy), server });
    }
    const delivered = outbox.deliver({ queue, workload, server, job: grabbed });
    return text.length > FREE_BYTES ? room.hold(text.length, delivered) : delivered;
  };
}

/** Undefined: copies have the key of their result. */
function createCopySeal({ encryption, dupserverKey }: Config): Seal | undefined {
  const key = encryption ? keyOf(dupserverKey) : undefined;
  return key && createEnvelope({ encryption, key }).seal;
}
