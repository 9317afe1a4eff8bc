import type { ByteString } from "../../byte-string.ts";

/** A host or a service of the demo's core. */
export interface DemoObject {
  readonly host: string;
  /** Undefined for a host's own check. */
  readonly service: string | undefined;
  readonly commandLine: ByteString;
  readonly intervalMs: number;
  /** How many seconds the check may run. */
  readonly timeout: number;
  /** What the worker runs each time the object becomes CRITICAL. */
  readonly eventHandler?: ByteString;
}

const TIMEOUT = 10;
const EVERY_MS = 2_000;

/** Where Debian has the plugins. The worker answers for those that are not installed. */
export const PLUGINS = "/usr/lib/nagios/plugins";

export type DemoService = Omit<DemoObject, "host" | "service"> & { readonly service: string };

export function service(
  name: string,
  commandLine: string,
  more: Partial<Omit<DemoService, "service" | "commandLine">> = {},
): DemoService {
  return { service: name, commandLine, intervalMs: EVERY_MS, timeout: TIMEOUT, ...more };
}

/** A plugin's command line: `tcp -p 22` is `/usr/lib/nagios/plugins/check_tcp -p 22`. */
export function plugin(line: string): string {
  return `${PLUGINS}/check_${line}`;
}
