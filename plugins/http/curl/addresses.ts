import { access } from "node:fs/promises";
import { isIP } from "node:net";
import { CheckDeclined, type Family } from "../../../sdk/index.ts";
import { type DialContext, type FoundHost, resolveHost, withoutBrackets } from "../../transport/dial.ts";
import type { HttpCommand } from "../command.ts";

type Addresses = FoundHost["addresses"];

/** libcurl has these for `localhost` and all names in it, whatever /etc/hosts says. */
const LOCAL: Addresses = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];
const IS_LOCAL = /^(?:.*\.)?localhost$/i;

/**
 * What libcurl connects to, one after the other. None: the host has no address of the family that `-4` or
 * `-6` asks for. Rejects with a DialError where the host has no address at all.
 */
export async function listAddresses(
  { target, family }: HttpCommand,
  context: DialContext,
): Promise<Addresses> {
  const { address: host, usesTls, hostName } = target;
  if (usesTls && hostName !== undefined) return await lookUpAsPlugin(host, family, context);
  const isLocal = IS_LOCAL.test(host);
  const found = isLocal ? LOCAL : await lookUp(host, family, context);
  const usable = found.filter((each) => family === 0 || each.family === family);
  // libcurl tries both families at the same time.
  if (!isLocal && new Set(usable.map((each) => each.family)).size > 1)
    throw new CheckDeclined("the name has addresses of both families");
  return usable;
}

/** With TLS and a name the plugin itself looks the address up, and gives libcurl the last one. */
async function lookUpAsPlugin(host: string, family: Family, context: DialContext): Promise<Addresses> {
  const last = (await resolveHost({ host, family }, context)).at(-1);
  if (last?.family !== 4) throw new CheckDeclined("only libcurl is sure to take this address");
  return [last];
}

/** libcurl asks for addresses of both families when it wants those of IPv6. */
async function lookUp(host: string, family: Family, context: DialContext): Promise<Addresses> {
  if (family === 6) await requireIpv6();
  const isNumber = isIP(withoutBrackets(host)) !== 0;
  return await resolveHost({ host, family: family === 4 && !isNumber ? 4 : 0 }, context);
}

/** libcurl has other words for a machine that has no IPv6. */
async function requireIpv6(): Promise<void> {
  await access("/proc/net/if_inet6").catch((cause: unknown) => {
    throw new CheckDeclined("a machine without IPv6", { cause });
  });
}
