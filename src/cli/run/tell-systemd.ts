import type { ServiceEnvironment } from "../../system/service-environment.ts";
import { ServiceNotifier } from "../../system/service-notifier.ts";
import type { Worker } from "../../worker/worker.ts";
import type { WorkerListener } from "../../worker/worker-events.ts";
import { renderServiceStatus } from "./service-status.ts";

/** Tells systemd how a worker is. Life: made before the worker → started → disposed of. */
export interface SystemdLink extends Pick<ServiceNotifier, "during" | "stopping">, AsyncDisposable {
  /** To be given to the worker: the service is ready when a job server has answered. */
  readonly listener: WorkerListener;
  readonly start: (worker: Pick<Worker, "status">) => void;
}

/** Undefined: systemd does not want to be told. */
export function tellSystemd(environment: ServiceEnvironment | undefined): SystemdLink | undefined {
  if (environment === undefined) return undefined;
  let worker: Pick<Worker, "status"> | undefined;
  const status = () => (worker === undefined ? "starting" : renderServiceStatus(worker.status()));
  const notifier = new ServiceNotifier({ environment, status });
  return {
    listener: { connected: () => notifier.ready() },
    start(started) {
      worker = started;
      notifier.start();
    },
    during: (reload) => notifier.during(reload),
    stopping: () => notifier.stopping(),
    [Symbol.asyncDispose]: () => notifier[Symbol.asyncDispose](),
  };
}
