import { isIP } from "node:net";
import {
  type Address,
  type CheckContext,
  CheckDeclined,
  CheckFailure,
  type Family,
  RESOLVER,
  ResolveError,
} from "../../sdk/index.ts";
import type { PingedHost } from "./answer.ts";
import { completionTime, type IcmpRequest } from "./options.ts";
import type { Series } from "./sender/frames.ts";
import type { IcmpSender, SendLimits } from "./sender/sender.ts";

/** A host of the command line, and one of its addresses. */
export interface Destination {
  readonly name: string;
  readonly address: string;
  readonly family: 4 | 6;
}

/** The differences between check_icmp and check_host. */
export interface IcmpVariant {
  /** The plugin's name, with which its error messages begin. */
  readonly plugin: string;
  /** A name means all of its addresses, not only the first. */
  readonly takesAllAddresses: boolean;
}

/**
 * Resolves the hosts. The first address decides the family of all. Left out are 0.0.0.0, 255.255.255.255 and
 * repeated addresses.
 */
export async function findDestinations(
  request: IcmpRequest,
  variant: IcmpVariant,
  context: CheckContext,
): Promise<readonly Destination[]> {
  const found: Destination[] = [];
  let family: Family = request.family;
  for (const name of request.targets) {
    const addresses = await resolve(name, family, variant, context);
    family = addresses[0]?.family === 6 ? 6 : 4;
    for (const { address } of pick(addresses, variant)) {
      if (isNew(address, found)) found.push({ name, address, family });
    }
  }
  if (request.source !== undefined && family === 6)
    throw new CheckDeclined("an IPv4 address to send IPv6 from");
  if (found.length === 0) throw new CheckFailure(`${variant.plugin}: No hosts to check\n`);
  return found;
}

async function resolve(
  name: string,
  family: Family,
  { plugin }: IcmpVariant,
  { shared, signal }: CheckContext,
): Promise<readonly Address[]> {
  // getaddrinfo gives this error for an empty name. Node does not ask it.
  if (name === "") throw new CheckFailure(`${plugin}: Failed to resolve : Name or service not known\n`);
  try {
    return await shared(RESOLVER).resolve(name, family, signal);
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    throw new CheckFailure(`${plugin}: Failed to resolve ${name}: ${error.message}\n`);
  }
}

/**
 * Where a name has several addresses, the plugin misreads those of another family than the first: IPv6 after
 * IPv4 as 0.0.0.0, IPv4 after IPv6 as any address.
 */
function pick(addresses: readonly Address[], { takesAllAddresses }: IcmpVariant): readonly Address[] {
  const [first, ...others] = addresses;
  if (first === undefined || !takesAllAddresses) return addresses.slice(0, 1);
  if (first.family === 6 && others.some(({ family }) => family === 4)) {
    throw new CheckDeclined("a name with IPv6 and IPv4 addresses");
  }
  return addresses.filter(({ family }) => family === first.family);
}

/** The plugin does not recognise a repeated IPv6 address. */
function isNew(address: string, known: readonly Destination[]): boolean {
  if (isIP(address) === 6) return true;
  if (address === "0.0.0.0" || address === "255.255.255.255") return false;
  return known.every((other) => other.address !== address);
}

/** What the series to all hosts of one request have in common. */
export interface SendPlan {
  readonly request: IcmpRequest;
  readonly hostCount: number;
  /** Further rules are added for IPv4. */
  readonly rules: Series["rules"];
  readonly sender: IcmpSender;
  readonly limits: SendLimits;
}

const NOTHING_SENT = { sent: 0, received: 0, repeated: 0, sum: 0, min: 0, max: 0, error: undefined };

/**
 * Pings one host. Each host has a series of its own, with the gap the plugin keeps between requests where no
 * host replies. The plugin does not understand the errors of routers for IPv6 requests.
 */
export async function ask({ name, address, family }: Destination, plan: SendPlan): Promise<PingedHost> {
  const { request, hostCount, sender, limits } = plan;
  const { packets, interval, targetInterval, ttl, size, source } = request;
  if (packets === 0) return { name, report: NOTHING_SENT };
  const rules = family === 4 ? ([...plan.rules, "endsOnError"] as const) : plan.rules;
  const report = await sender.send(
    {
      address,
      family,
      ttl,
      size,
      source,
      rules,
      count: packets,
      gap: (Math.imul(interval, hostCount) + targetInterval) >>> 0,
      withinMs: Math.min(request.timeout * 1000, completionTime(request, hostCount) / 1000),
    },
    limits,
  );
  if (source !== undefined && report.sent === 0) {
    throw new CheckDeclined("nothing can be sent from the address of -s");
  }
  return { name, report: family === 4 ? report : { ...report, error: undefined } };
}
