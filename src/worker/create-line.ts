import type { Config } from "../config/config.ts";
import type { Executor } from "../executor/executor.ts";
import { type Job, purposeOf } from "../job/job.ts";
import { ageIfTooOld } from "../job/max-age.ts";
import type { Log } from "../log.ts";
import { createEnvelope } from "../payload/crypt.ts";
import { keyFromPassword } from "../payload/key.ts";
import { asPassive } from "../result/encode.ts";
import { judge, judgeSettings } from "../result/judge.ts";
import type { Parcel } from "../result/outbox.ts";
import { isAnswered } from "../result/result.ts";
import { createConfiguredRouter } from "../run/routing/router.ts";
import { createRunner, type Ran } from "../run/run.ts";
import type { NativeSide } from "./native-side.ts";
import type { Line } from "./perform-job.ts";
import type { Pool } from "./pool.ts";
import { Report } from "./report.ts";
import { Seldom } from "./seldom.ts";

export interface LineOptions {
  readonly config: Config;
  readonly native: Pick<NativeSide, "shelf" | "shared" | "shadow">;
  readonly log: Log;
  readonly pool: Pool;
  readonly executor: Pick<Executor, "run">;
  readonly onRun?: ((job: Job, ran: Ran) => void) | undefined;
  /** Resolves when the parcel was accepted; `copy` is the workload for dupservers. */
  readonly send: (parcel: Parcel, copy: Uint8Array) => Promise<void>;
}

/** The line for one configuration: everything `performJob` needs, ready made. */
export function createLine({ config, native, log, pool, executor, onRun, send }: LineOptions): Line {
  const settings = judgeSettings(config);
  const envelope = createEnvelope({
    encryption: config.encryption,
    key: config.key && keyFromPassword(config.key.reveal()),
  });
  const seldom = new Seldom(log);
  const report = new Report(log, seldom, config.maxAge);
  const runner = createRunner({
    router: createConfiguredRouter(config, native.shelf),
    executor,
    shared: native.shared,
    shadow: native.shadow,
    log,
    onDeclined: (check, reason) =>
      seldom.warn(`${check} declined ${reason}`, {}, `${check}: ${reason}; left to the plugin`),
  });
  const hasDuplicates = config.dupserver.length > 0;
  const copyOf = config.dupResultsArePassive ? asPassive : (text: string) => text;

  const runInSlot = async (job: Job): Promise<Ran> => {
    await pool.enter();
    const startTime = Date.now() / 1000;
    const startMs = performance.now();
    try {
      const age = ageIfTooOld(job, startTime, config.maxAge);
      const followed =
        age === undefined
          ? await runner(job, job.timeout ?? config.jobTimeout)
          : ({ outcome: { kind: "too-old", age }, via: undefined, why: "it has waited too long" } as const);
      return { ...followed, startTime, finishTime: startTime + (performance.now() - startMs) / 1000 };
    } finally {
      pool.leave();
    }
  };

  return {
    envelope,
    settings,
    run: runInSlot,
    deliver: ({ server }, { resultQueue = "" }, text) => {
      const workload = envelope.seal(text);
      return send(
        { queue: resultQueue, workload, server },
        hasDuplicates ? envelope.seal(copyOf(text)) : workload,
      );
    },
    reportUnreadable: (grabbed, error) => report.unreadable(grabbed, error),
    reportRun: (job, ran) => {
      report.run(job, ran);
      onRun?.(job, ran);
      if (isAnswered(job)) return;
      if (purposeOf(job) !== "command") {
        report.unanswered(job);
        return;
      }
      const judgement = judge(job, ran.outcome, settings);
      if (judgement.returnCode !== 0) report.failedCommand(job, judgement);
    },
  };
}
