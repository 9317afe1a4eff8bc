import { quote } from "../quote.ts";
import { type Kind, substituted } from "./kind.ts";

/** Where a program listens. */
export interface ListenAddress {
  /** Undefined: on all addresses of the machine. */
  readonly host: string | undefined;
  readonly port: number;
}

const MAX_PORT = 65_535;

/** Whether what a host is asked stays on this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** `host:port`, `[::1]:port`, `:port`, or a port alone, as Go's programs read it. */
export const listenAddress: Kind<ListenAddress | undefined> = {
  name: "[HOST]:PORT",
  isText: true,
  schema: { type: "string", pattern: "^((\\[[^\\]]+\\]:|[^:#\\s]*:)?[0-9]{1,5})$" },
  read({ key, text }) {
    if (text === "") return { value: undefined, remarks: [] };
    const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]:|([^:]*):)?([0-9]{1,5})$/.exec(text) ?? [];
    const port = Number(digits);
    if (digits === undefined || port > MAX_PORT)
      return substituted(
        undefined,
        `${key}: ${quote(text)} is no address to listen on`,
        "write 127.0.0.1:9050, [::1]:9050 or :9050",
      );
    return { value: { host: bracketed ?? (plain || undefined), port }, remarks: [] };
  },
  render: (value) => (value === undefined ? "" : renderListenAddress(value)),
};

export function renderListenAddress({ host = "", port }: ListenAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
