import type { ServerTls } from "./tls/server-tls.ts";

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** Undefined: the connection is not encrypted. */
  readonly tls?: ServerTls;
}

/** An address as people write it. Its `tls` is not ready for use, so it cannot be connected to by mistake. */
export interface WrittenAddress {
  readonly host: string;
  readonly port: number;
  /** `tls://` or `tcp://` stands before it. Undefined: neither, so the option `tls` decides. */
  readonly tls?: boolean;
}

const DEFAULT_PORT = 4730;

/** `host`, `host:port`, `:port`, `::1`, `[::1]`, `[::1]:port`, each also behind `tls://` or `tcp://`. */
export function readServerAddress(text: string): WrittenAddress | undefined {
  // A login is none of an address, and a host of this name would be logged.
  if (/[^!-~]|@/.test(text)) return undefined;
  const [, scheme, rest = ""] = /^(?:(tls|tcp):\/\/)?(.*)$/i.exec(text) ?? [];
  const found = readPlace(rest);
  if (found === undefined || scheme === undefined) return found;
  return rest === "" ? undefined : { ...found, tls: scheme.toLowerCase() === "tls" };
}

function readPlace(text: string): WrittenAddress | undefined {
  const bracketed = /^\[([0-9a-f:.%\w]+)\](?::(.*))?$/i.exec(text);
  if (bracketed) return address(bracketed[1] ?? "", bracketed[2]);
  if (/[[\]/]/.test(text)) return undefined;
  // More than one colon and no brackets: an IPv6 address without a port.
  if (text.indexOf(":") !== text.lastIndexOf(":")) return address(text, undefined);
  const [host = "", port] = text.split(":");
  return address(host, port);
}

/** `host:port`, the name of the server everywhere: in the log, in metrics, and as what its jobs came from. */
export function renderServerAddress({ host, port }: Pick<ServerAddress, "host" | "port">): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether connections to both go to the same place in the same way. */
export function isSameServer(one: ServerAddress, other: ServerAddress): boolean {
  if (one.host !== other.host || one.port !== other.port) return false;
  return one.tls === undefined ? other.tls === undefined : one.tls.equals(other.tls);
}

function address(host: string, portText: string | undefined): WrittenAddress | undefined {
  const port = portText === undefined ? DEFAULT_PORT : readPort(portText);
  // The C worker takes 0.0.0.0 for a missing host, which connects to this machine only by accident of Linux.
  return port === undefined ? undefined : { host: host === "" ? "127.0.0.1" : host, port };
}

function readPort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65535 ? port : undefined;
}
