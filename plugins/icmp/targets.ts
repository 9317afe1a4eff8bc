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
import type { Target } from "./answer.ts";
import { completionTime, type IcmpRequest } from "./options.ts";
import type { Series } from "./sender/frames.ts";
import type { IcmpSender, SendLimits } from "./sender/sender.ts";

/** A host of the command line, and an address of it. */
export interface Destination {
  readonly name: string;
  readonly address: string;
  readonly family: 4 | 6;
}

/** What check_icmp and check_host do differently. */
export interface IcmpManner {
  /** The plugin's name, which begins its complaints. */
  readonly plugin: string;
  /** A name stands for all of its addresses, not for the first alone. */
  readonly takesAllAddresses: boolean;
}

/** The first address decides the family of all; 0.0.0.0, 255.255.255.255 and what is named twice are left out. */
export async function findDestinations(
  request: IcmpRequest,
  manner: IcmpManner,
  context: CheckContext,
): Promise<readonly Destination[]> {
  const found: Destination[] = [];
  let family: Family = request.family;
  for (const name of request.targets) {
    const addresses = await resolve(name, family, manner, context);
    family = addresses[0]?.family === 6 ? 6 : 4;
    for (const { address } of pick(addresses, manner)) {
      if (isNew(address, found)) found.push({ name, address, family });
    }
  }
  if (request.source !== undefined && family === 6)
    throw new CheckDeclined("an IPv4 address to send IPv6 from");
  if (found.length === 0) throw new CheckFailure(`${manner.plugin}: No hosts to check\n`);
  return found;
}

async function resolve(
  name: string,
  family: Family,
  { plugin }: IcmpManner,
  { shared, signal }: CheckContext,
): Promise<readonly Address[]> {
  try {
    return await shared(RESOLVER).resolve(name, family, signal);
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    throw new CheckFailure(`${plugin}: Failed to resolve ${name}: ${error.message}\n`);
  }
}

/** Of several addresses the plugin misreads those of another family: IPv6 after IPv4 as 0.0.0.0, IPv4 after IPv6 as anything. */
function pick(addresses: readonly Address[], { takesAllAddresses }: IcmpManner): readonly Address[] {
  const [first, ...others] = addresses;
  if (first === undefined || !takesAllAddresses) return addresses.slice(0, 1);
  if (first.family === 6 && others.some(({ family }) => family === 4)) {
    throw new CheckDeclined("a name with IPv6 and IPv4 addresses");
  }
  return addresses.filter(({ family }) => family === first.family);
}

/** The plugin compares IPv6 addresses in vain. */
function isNew(address: string, known: readonly Destination[]): boolean {
  if (isIP(address) === 6) return true;
  if (address === "0.0.0.0" || address === "255.255.255.255") return false;
  return known.every((other) => other.address !== address);
}

/** What every target of one request has in common. */
export interface Asking {
  readonly request: IcmpRequest;
  /** How many targets there are. */
  readonly targets: number;
  /** Besides those the family has. */
  readonly rules: Series["rules"];
  readonly sender: IcmpSender;
  readonly limits: SendLimits;
}

/**
 * Each host gets its requests by itself, at the pace the plugin keeps where none is answered. What routers say of IPv6 requests the
 * plugin does not understand.
 */
export async function ask({ name, address, family }: Destination, asking: Asking): Promise<Target> {
  const { request, targets, sender, limits } = asking;
  const { packets, interval, targetInterval, ttl, size, source } = request;
  const rules = family === 4 ? ([...asking.rules, "endsOnError"] as const) : asking.rules;
  const report = await sender.send(
    {
      ...{ address, family, ttl, size, source, rules, count: packets },
      gap: (Math.imul(interval, targets) + targetInterval) >>> 0,
      withinMs: Math.min(request.timeout * 1000, completionTime(request, targets) / 1000),
    },
    limits,
  );
  if (source !== undefined && report.sent === 0) {
    throw new CheckDeclined("nothing can be sent from the address of -s");
  }
  return { name, report: family === 4 ? report : { ...report, error: undefined } };
}
