import { startGearmand } from "../../test/support/gearman/gearmand.ts";
import type { LoadOrder } from "../load/order.ts";
import { prepareLoad } from "../load/prepare-load.ts";
import type { Line } from "../scenarios/line.ts";
import { allRegistered } from "./registration.ts";
import { RunningWorker } from "./running-worker.ts";
import { commandOf, type Worker } from "./worker.ts";

/** A worker after its warm-up, at a gearmand of its own. */
export interface WarmWorker extends AsyncDisposable {
  readonly running: RunningWorker;
  readonly gearmandPid: number;
  readonly pool: number;
  /** The part of an order that is the same for every load. */
  readonly order: Pick<LoadOrder, "port" | "key" | "mix">;
}

export interface Settings {
  readonly pool: number;
  readonly key: string | undefined;
}

export async function startWarmWorker(
  worker: Worker,
  line: Line,
  { key, ...settings }: Settings,
  signal: AbortSignal,
): Promise<WarmWorker> {
  const pool = line.pool ?? settings.pool;
  await using cleanup = new AsyncDisposableStack();
  const gearmand = await startGearmand();
  cleanup.defer(() => gearmand.stop());
  const { port, pid } = gearmand;
  const running = cleanup.use(new RunningWorker(commandOf(worker, line, { port, pool, key })));
  const mayGoOn = AbortSignal.any([signal, running.ended]);
  await allRegistered(port, "service", mayGoOn).catch((cause: Error) => {
    throw new Error(`${worker.name} did not register: ${running.log}`, { cause });
  });
  const order = { port, key, mix: line.mix };
  if (line.warmUp > 0) {
    const warmUp = await prepareLoad({ ...order, jobs: line.warmUp, rate: undefined }, signal);
    await warmUp.run();
  }
  const all = cleanup.move();
  return { running, gearmandPid: pid, pool, order, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
