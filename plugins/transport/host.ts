import { type Family, oneOf } from "../../sdk/index.ts";

/** The options `-4` and `-6` of several plugins. The last one given counts. */
export const family = oneOf<Family, { readonly default: 0 }>(
  { "-4, --use-ipv4": 4, "-6, --use-ipv6": 6 },
  "use only this protocol",
  { default: 0 },
);

/**
 * Whether Node gives the host to getaddrinfo as it stands. Node would translate other names, as international
 * domain names, so they are left to the plugin.
 */
export function isPlainHost(host: string): boolean {
  return /^[A-Za-z0-9._:%-]+$/.test(host);
}
