import { constants } from "node:os";
import {
  type Address,
  type CheckContext,
  CheckDeclined,
  type CheckOutput,
  CRITICAL,
  defineCheck,
  type Family,
  fperfdata,
  integer,
  leftToPlugin,
  list,
  OK,
  oneOf,
  perfdata,
  RESOLVER,
  ResolveError,
  STATE_NAMES,
  type State,
  seconds,
  text,
  WARNING,
  words,
} from "../../sdk/index.ts";
import { createOptionsReader } from "../../sdk/read-options.ts";
import { sprintf } from "../libc/printf.ts";
import { family } from "../transport/host.ts";
import { answerUnknownHost, isPingHost, needsInterface, pickAddress } from "./address.ts";
import { pingErrorText } from "./ping-errors.ts";
import { findMissingPingRight } from "./ping-right.ts";
import {
  combineThresholds,
  type PingThreshold,
  readPingThreshold,
  thresholdOptions,
} from "./ping-threshold.ts";
import type { SeriesReport } from "./sender/frames.ts";
import { ICMP } from "./sender/sender.ts";

const OPTIONS = {
  hosts: list(text("-H, --hostname=HOST", "host to ping; of several the first")),
  words: words("[HOST]", "the same as --hostname", { max: 1 }),
  ...thresholdOptions(readPingThreshold),
  packets: integer("-p, --packets=INTEGER", "how many replies", { default: 5, min: 1, max: 1000 }),
  timeout: seconds("-t, --timeout=SECONDS", "how long it may take", { default: 10 }),
  family,
  html: oneOf({ "-L, --link": true, "-n, --nohtml": false }, "a link around the text, or none", {
    default: false,
  }),
  verbose: leftToPlugin("-v, --verbose", "show what goes on"),
};

interface PingRequest {
  readonly hosts: readonly string[];
  readonly warning: Required<PingThreshold>;
  readonly critical: Required<PingThreshold>;
  readonly packets: number;
  readonly timeout: number;
  readonly family: Family;
  readonly isLinked: boolean;
}

const readOptions = createOptionsReader(OPTIONS, { rewrites: { "-to": "-t", "-nohtml": "-n" } });

export const checkPing = defineCheck({
  name: "check_ping",
  summary: "round trip time and loss, as ping has them",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  whyNotHere: findMissingPingRight,
  options: OPTIONS,
  read: readRequest,
  target: ({ hosts }) => hosts[0],
  run,
});

const MAX_SECONDS = 86_400;

function readRequest(argv: readonly string[]): PingRequest | undefined {
  const options = readOptions(argv)?.options;
  if (options === undefined) return undefined;
  const { words: word, packets, family, html: isLinked } = options;
  const hosts = options.hosts.flatMap((host) => host.split(","));
  if (hosts.length > 0 && word.length > 0) return undefined;
  hosts.push(...word);
  const [warning, critical] = [completeThreshold(options.warning), completeThreshold(options.critical)];
  if (warning === undefined || critical === undefined) return undefined;
  if (hosts.length === 0 || !hosts.every(isPingHost)) return undefined;
  if (warning.rta > critical.rta || warning.loss > critical.loss) return undefined;
  const longest = Math.fround((critical.rta / 1000) * packets + packets);
  if (longest > MAX_SECONDS || options.timeout > MAX_SECONDS) return undefined;
  const timeout = longest > options.timeout ? Math.trunc(longest) : options.timeout;
  return { hosts, warning, critical, packets, timeout, family, isLinked };
}

function completeThreshold(given: readonly PingThreshold[]): Required<PingThreshold> | undefined {
  const { rta, loss } = combineThresholds(given);
  return rta === undefined || loss === undefined ? undefined : { rta, loss };
}

/** The plugin treats several hosts as names of one. It pings the first of them, and ignores the outcome. */
async function run(request: PingRequest, context: CheckContext): Promise<CheckOutput> {
  const { hosts, packets, timeout } = request;
  const [host = "", ...others] = hosts;
  const addresses = await resolveAll(hosts, request.family, context);
  if ("unknown" in addresses) return answerUnknownHost("check_ping", addresses.unknown, USAGE);
  if (request.family === 4 && host.includes(":"))
    throw new CheckDeclined("ping refuses an IPv4 address in IPv6 form");
  const { address, family, isOnly } = pickAddress(addresses.first, request.family);
  if (needsInterface(address)) throw new CheckDeclined("an address that needs an interface");
  const report = await context.shared(ICMP).send(
    {
      address,
      family,
      count: packets,
      size: PING_SIZE,
      gap: 1_000_000,
      withinMs: timeout * 1000,
      rules: ["paced", "countsReplies", "endsOnError", "endsUnsent"],
    },
    { signal: context.signal },
  );
  if (report.errno !== 0) return answerUnsent(host, report.errno, isOnly);
  const said = report.error && pingErrorText(family, report.error);
  if (said !== undefined) return answerError(host, said);
  if (report.error !== undefined && report.repeated > 0) {
    throw new CheckDeclined("numbers of ping the plugin mistakes for another");
  }
  const loss = Math.trunc(((report.sent - report.received) * 100) / report.sent);
  return others.length > 0
    ? { returnCode: OK, output: `${host} is alive\n` }
    : answerPing(request, report, loss);
}

const PING_SIZE = 56;

type FoundAddresses = { readonly first: readonly Address[] } | { readonly unknown: string };

async function resolveAll(
  hosts: readonly string[],
  family: Family,
  { shared, signal }: CheckContext,
): Promise<FoundAddresses> {
  const found: (readonly Address[])[] = [];
  for (const host of hosts) {
    try {
      found.push(await shared(RESOLVER).resolve(host, family, signal));
    } catch (error) {
      if (error instanceof ResolveError) return { unknown: host };
      throw error;
    }
  }
  return { first: found[0] ?? [] };
}

const USAGE = `check_ping -H <host_address> -w <wrta>,<wpl>% -c <crta>,<cpl>%\n [-p packets] [-t timeout] [-4|-6]`;

const NO_ROUTE: readonly number[] = [constants.errno.ENETUNREACH, constants.errno.EHOSTUNREACH];

/** Where there is no route to the first address, ping tries the next one. */
function answerUnsent(host: string, errno: number, isOnly: boolean): CheckOutput {
  if (!NO_ROUTE.includes(errno) || !isOnly)
    throw new CheckDeclined("an error of which only ping knows the words");
  return answerError(host, "Network Unreachable");
}

function answerError(host: string, text: string): CheckOutput {
  return { returnCode: CRITICAL, output: `CRITICAL - ${text} (${host})\n` };
}

function answerPing(request: PingRequest, report: SeriesReport, loss: number): CheckOutput {
  const { hosts, warning, critical, isLinked } = request;
  const replies = report.received + report.repeated;
  const rta = loss === 100 ? critical.rta : Math.fround(Math.trunc(report.sum / replies) / 1000);
  const state = judge(request, { rta, loss, isRepeated: report.repeated > 0 });
  const note = report.repeated > 0 ? "DUPLICATES FOUND! " : "";
  const time = loss === 100 ? "" : `, RTA = ${sprintf("%2.2f", rta)} ms`;
  const text = `PING ${STATE_NAMES[state]} - ${note}Packet loss = ${loss}%${time}`;
  const link = `<A HREF='/nagios/cgi-bin/traceroute.cgi?${hosts[0]}'>${text}</A>`;
  const limits = { warning: positive(warning.rta), critical: positive(critical.rta), min: 0 };
  const rtaPerfdata =
    loss === 100
      ? ` rta=U;${sprintf("%f;%f", warning.rta, critical.rta)};;`
      : fperfdata("rta", rta, "ms", limits);
  const lossLimits = { warning: positive(warning.loss), critical: positive(critical.loss), min: 0 };
  const output = `${isLinked ? link : text}|${rtaPerfdata} ${perfdata("pl", loss, "%", lossLimits)}\n`;
  return { returnCode: state, output };
}

/** The plugin leaves a threshold of 0 out of the perfdata. */
function positive(threshold: number): number | undefined {
  return threshold > 0 ? threshold : undefined;
}

interface PingMeasurement extends Required<PingThreshold> {
  readonly isRepeated: boolean;
}

/** Repeated replies are a warning, unless loss or time are critical. */
function judge({ warning, critical }: PingRequest, { rta, loss, isRepeated }: PingMeasurement): State {
  if (loss >= critical.loss || rta >= critical.rta) return CRITICAL;
  return isRepeated || loss >= warning.loss || rta >= warning.rta ? WARNING : OK;
}
