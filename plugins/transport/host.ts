import { CheckFailure, CRITICAL, type Family, oneOf } from "../../sdk/index.ts";

/** `-4` and `-6`, of which the last one counts. */
export const family = oneOf<Family, { readonly default: 0 }>(
  { "-4, --use-ipv4": 4, "-6, --use-ipv6": 6 },
  "use only this protocol",
  { default: 0 },
);

/** Names Node hands to getaddrinfo as they stand; others it would turn into those of international domains. */
export function isPlainHost(host: string): boolean {
  return /^[A-Za-z0-9._:%-]+$/.test(host);
}

/** What a plugin says when its alarm goes off, after what it has printed by then. */
export function socketTimeout(seconds: number, printed: readonly string[] = []): () => CheckFailure {
  const text = `CRITICAL - Socket timeout after ${seconds} seconds`;
  return () => new CheckFailure(`${printed.join("")}${text}`, CRITICAL);
}
