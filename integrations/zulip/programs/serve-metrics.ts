import type { Log } from "../../../src/log.ts";
import type { ProbeServer } from "../../../src/probe-server.ts";
import { ProgramError, reasonOf } from "./program-error.ts";

/** Where the option `prometheus_server` says; without it nothing is served. */
export async function serveMetrics(
  server: ProbeServer,
  { prometheusServer }: { readonly prometheusServer: Parameters<ProbeServer["listen"]>[0] | undefined },
  log: Log,
): Promise<void> {
  if (prometheusServer === undefined) return;
  try {
    log.info(`metrics are served at port ${await server.listen(prometheusServer)}`);
  } catch (error) {
    throw new ProgramError(`cannot serve metrics (prometheus_server): ${reasonOf(error)}`);
  }
}
