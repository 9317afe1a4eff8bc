export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = 4730;

/** `host`, `host:port`, `:port`, `::1`, `[::1]`, `[::1]:port`; undefined when it is none of them. */
export function readServerAddress(text: string): ServerAddress | undefined {
  // A login is none of an address, and a host of this name would be logged.
  if (/[^!-~]|@/.test(text)) return undefined;
  const bracketed = /^\[([0-9a-f:.%\w]+)\](?::(.*))?$/i.exec(text);
  if (bracketed) return address(bracketed[1] ?? "", bracketed[2]);
  if (/[[\]]/.test(text)) return undefined;
  // More than one colon and no brackets: an IPv6 address without a port.
  if (text.indexOf(":") !== text.lastIndexOf(":")) return address(text, undefined);
  const [host = "", port] = text.split(":");
  return address(host, port);
}

export function renderServerAddress({ host, port }: ServerAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function address(host: string, portText: string | undefined): ServerAddress | undefined {
  const port = portText === undefined ? DEFAULT_PORT : readPort(portText);
  // The C worker takes 0.0.0.0 for a missing host, which connects to this machine only by accident of Linux.
  return port === undefined ? undefined : { host: host === "" ? "127.0.0.1" : host, port };
}

function readPort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65535 ? port : undefined;
}
