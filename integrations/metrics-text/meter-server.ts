import type { Log } from "../../src/log.ts";
import { ProbeServer, type ProbeServerOptions } from "../../src/probe-server.ts";

export interface MeterServerOptions extends Pick<ProbeServerOptions, "whyNotReady"> {
  /** In the text format of Prometheus. */
  readonly render: ProbeServerOptions["metrics"]["render"];
  readonly log: Pick<Log, "error">;
}

const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The server of a small program with a meter. */
export function createMeterServer({ render, whyNotReady, log }: MeterServerOptions): ProbeServer {
  return new ProbeServer({
    metrics: { contentType: CONTENT_TYPE, render },
    whyNotReady,
    onFault: (error, path) => log.error({ err: error }, `cannot answer ${path}`),
  });
}
