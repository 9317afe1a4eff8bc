import { lookup } from "node:dns/promises";
import { isIPv4, isIPv6 } from "node:net";
import type { Family } from "./wires.ts";

export interface Address {
  readonly address: string;
  readonly family: Family;
}

/** getaddrinfo occupies one of the process's four threads, and all else that needs one waits. */
const MAX_AT_ONCE = 2;

/** Resolves host names, each once for all who ask for it at a time. Nothing is kept: the plugin asks anew for each check, too. */
export class Names {
  readonly #asked = new Map<string, Promise<Address | undefined>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** Undefined: there is no such host. An IPv6 address stands in brackets, and may have snmpget's `udp6:` before them. */
  resolve(host: string): Promise<Address | undefined> {
    if (isIPv4(host)) return Promise.resolve({ address: host, family: "udp4" });
    const bracketed = readBracketed(host);
    if (bracketed !== undefined) return Promise.resolve({ address: bracketed, family: "udp6" });
    const asked = this.#asked.get(host) ?? this.#ask(host).finally(() => this.#asked.delete(host));
    this.#asked.set(host, asked);
    return asked;
  }

  async #ask(host: string): Promise<Address | undefined> {
    if (this.#running >= MAX_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      const address = (await find(host, 4)) ?? (await find(host, 6));
      return address;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

function readBracketed(host: string): string | undefined {
  const [, address] = /^(?:udp6:)?\[([0-9A-Fa-f:.]+)\]$/.exec(host) ?? [];
  return address !== undefined && isIPv6(address) ? address : undefined;
}

async function find(host: string, family: 4 | 6): Promise<Address | undefined> {
  try {
    const { address } = await lookup(host, { family });
    return { address, family: family === 4 ? "udp4" : "udp6" };
  } catch {
    return undefined;
  }
}

const LABEL = "[A-Za-z0-9_][A-Za-z0-9_-]{0,62}";
const NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*\\.?$`);

/** Hosts we understand as snmpget does: names, IPv4 addresses, IPv6 addresses in brackets. */
export function isUnderstoodHost(host: string): boolean {
  return NAME.test(host) || readBracketed(host) !== undefined;
}
