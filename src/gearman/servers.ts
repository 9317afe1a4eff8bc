import { isIPv6 } from "node:net";

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export const DEFAULT_PORT = 4730;
/** C binds and connects to 0.0.0.0 where no host is named; this machine is meant. */
const DEFAULT_HOST = "127.0.0.1";

const BRACKETED = /^\[([^\]]+)\](?::(\d{1,5}))?$/;
const NAMED = /^([^:[\]]*)(?::(\d{1,5}))?$/;

/** Reads `host`, `host:port`, `:port`, `::1`, `[::1]` or `[::1]:port`. */
export function readServerAddress(text: string): ServerAddress {
  if (isIPv6(text)) return { host: text, port: DEFAULT_PORT };
  const match = BRACKETED.exec(text) ?? NAMED.exec(text);
  if (match === null || text === "") throw new Error(`'${text}' is not a server (host or host:port)`);

  const [, host, digits] = match;
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  if (port < 1 || port > 65_535) throw new Error(`'${text}': the port must be 1 to 65535`);
  return { host: host || DEFAULT_HOST, port };
}

export function renderServerAddress({ host, port }: ServerAddress): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The value of GEARMAN_SERVERS, which libgearman adds to every worker and client. */
export function serversFromEnvironment(value: string | undefined): readonly ServerAddress[] {
  return (value ?? "")
    .split(",")
    .map((text) => text.replace(/^[ \t]+|[ \t]+$/g, ""))
    .filter((text) => text !== "")
    .map(readServerAddress);
}

/** With several addresses (IPv4 and IPv6 of `localhost`) Node fails with an AggregateError without a text. */
export function reasonOf(error: Error): string {
  if (!(error instanceof AggregateError)) return error.message;
  return error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join("; ");
}
