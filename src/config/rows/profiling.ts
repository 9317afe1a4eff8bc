import { listenAddress } from "../kinds/addresses.ts";
import { pageMode } from "../kinds/choice.ts";
import { logins, path, text } from "../kinds/texts.ts";
import type { ConfigRow } from "../option.ts";

export const PROFILING_ROWS = [
  {
    name: "prometheus_server",
    kind: listenAddress,
    default: undefined,
    help: "Serve metrics for Prometheus at /metrics, and /livez and /readyz for probes, at this address, such as 127.0.0.1:9050 or :9050. See docs/metrics.md.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "status_page",
    kind: pageMode,
    default: "auto",
    help: "Serve a page that shows the worker at the path / of prometheus_server. It has names of hosts and services, the configuration and the log, secrets masked. auto: only if prometheus_server is a loopback address, or status_page_auth is set. See docs/status-page.md.",
    knownBy: ["omd-worker"],
  },
  {
    name: "status_page_auth",
    kind: logins,
    default: undefined,
    help: "Who may see the status page: user:hash as htpasswd -nB prints it, or the path of a file of such lines. /metrics, /livez and /readyz stay open.",
    knownBy: ["omd-worker"],
  },
  {
    name: "debug-profiler",
    kind: text,
    default: undefined,
    help: "Address of the Go worker's profiler.",
    knownBy: ["Go worker"],
  },
  {
    name: "cpuprofile",
    kind: path,
    default: undefined,
    help: "File for the Go worker's CPU profile.",
    knownBy: ["Go worker"],
  },
  {
    name: "memprofile",
    kind: path,
    default: undefined,
    help: "File for the Go worker's memory profile.",
    knownBy: ["Go worker"],
  },
] as const satisfies readonly ConfigRow[];
