import { readServerAddress, type ServerAddress, type WrittenAddress } from "../../gearman/server-address.ts";
import { CallError } from "../call-error.ts";
import { type Letter, type LetterValues, toInteger } from "../letters.ts";
import { secureServers, TLS_LETTERS } from "../tls-letters.ts";

export const TOP_LETTERS: readonly Letter[] = [
  { name: "H", value: "HOST[:PORT]", help: "a job server; may be repeated, default localhost" },
  { name: "s", value: "HOST[:PORT]", help: "the same" },
  {
    name: "i",
    value: "SECONDS",
    help: "how often the servers are asked, default 1; with -b: again and again",
  },
  { name: "t", value: "SECONDS", help: "how long an answer may take, default 10" },
  { name: "q", help: "hide queues that have neither workers nor jobs" },
  { name: "b", help: "print the tables and end, for scripts" },
  ...TLS_LETTERS,
  { name: "v", help: "no effect" },
  { name: "V", help: "show the version" },
  { name: "h", help: "show this text" },
  { name: "help", help: "the same" },
  { name: "version", help: "show the version" },
];

export interface TopOptions {
  readonly servers: readonly NamedServer[];
  /** Undefined: not given. */
  readonly intervalMs: number | undefined;
  readonly timeoutMs: number;
  readonly isQuiet: boolean;
  readonly isBatch: boolean;
}

/** The name is the host as it was written. */
export interface NamedServer extends ServerAddress {
  readonly name: string;
}

const MIN_INTERVAL_MS = 50;
const USUAL_TIMEOUT = 10;

/** Throws a CallError, or a ConfigError about the files of TLS. */
export function topOptions(
  values: LetterValues,
  env: Readonly<Record<string, string | undefined>>,
): TopOptions {
  const hosts = [...(values.get("H") ?? []), ...(values.get("s") ?? [])];
  const interval = Number.parseFloat(values.get("i")?.at(-1) ?? "");
  const written = (hosts.length > 0 ? hosts : [env["CONFIG_GEARMAND_PORT"] || "localhost"]).map(readHost);
  return {
    servers: secureServers(values, written).map((server) => ({ ...server, name: server.host })),
    intervalMs: interval > 0 ? Math.max(MIN_INTERVAL_MS, interval * 1000) : undefined,
    timeoutMs: (toInteger(values.get("t")?.at(-1) ?? "") || USUAL_TIMEOUT) * 1000,
    isQuiet: values.has("q"),
    isBatch: values.has("b"),
  };
}

/** A port alone is one of this machine: the Go tool takes CONFIG_GEARMAND_PORT for that. */
function readHost(text: string): WrittenAddress {
  const written = /^\d+$/.test(text) ? `localhost:${text}` : text;
  const server = readServerAddress(written.startsWith(":") ? `localhost${written}` : written);
  if (server === undefined) throw new CallError(`Error - '${text}' is no host, host:port or [IPv6]:port`);
  return server;
}
