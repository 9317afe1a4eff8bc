import type { Config } from "../../config/config.ts";
import type { LoadedConfig } from "../../config/load.ts";
import type { DemoObserver } from "../../demo/demo.ts";
import { createUnwrittenLog } from "../../log.ts";
import { LogTail } from "../../page/snapshot/log-tail.ts";
import { createMetrics } from "./serve-metrics.ts";

/** Serves the status page of the demo's worker; its log is only seen there. */
export async function observeDemo(loaded: LoadedConfig<Config>): Promise<DemoObserver | undefined> {
  const tail = new LogTail();
  const log = createUnwrittenLog(tail.add);
  const metrics = await createMetrics(loaded.config, log, tail);
  if (metrics === undefined) return undefined;
  return {
    log,
    listeners: metrics.listeners,
    async serve(worker) {
      const port = await metrics.serve(worker, () => loaded);
      return port === undefined ? undefined : `http://127.0.0.1:${port}/`;
    },
    [Symbol.dispose]: () => metrics[Symbol.dispose](),
  };
}
