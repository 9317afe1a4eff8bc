import type { WorkerStatus } from "../../worker/worker-status.ts";

type Shown = Pick<WorkerStatus, "state"> & {
  readonly jobs: { readonly done: number; readonly inFlight: readonly unknown[] };
  readonly outbox: Pick<WorkerStatus["outbox"], "size">;
  readonly jobServers: readonly Pick<WorkerStatus["jobServers"][number], "name" | "isConnected">[];
};

/** What `systemctl status` shows: one line. */
export function renderServiceStatus({ state, jobs, outbox, jobServers }: Shown): string {
  const work = `${jobs.inFlight.length} jobs under way, ${jobs.done} done`;
  const results = outbox.size === 0 ? "" : `, ${outbox.size} results wait`;
  return `${wordOf(state)}${work}${results}; ${servers(jobServers)}`;
}

function wordOf(state: WorkerStatus["state"]): string {
  switch (state) {
    case "made":
    case "open":
      return "";
    case "drained":
    case "stopping":
    case "stopped":
      return `${state}: `;
  }
}

function servers(all: Shown["jobServers"]): string {
  const missing = all.filter(({ isConnected }) => !isConnected).map(({ name }) => name);
  if (missing.length === 0) return `${all.length} job servers connected`;
  const connected = all.length - missing.length;
  return `${connected} of ${all.length} job servers connected, waiting for ${missing.join(", ")}`;
}
