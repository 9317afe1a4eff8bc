import {
  type Address,
  type CheckContext,
  CheckDeclined,
  type CheckOutput,
  CRITICAL,
  count,
  defineCheck,
  type Family,
  flag,
  fperfdata,
  integer,
  leftToPlugin,
  list,
  OK,
  perfdata,
  RESOLVER,
  ResolveError,
  STATE_NAMES,
  type State,
  text,
  WARNING,
  words,
} from "../../sdk/index.ts";
import { createOptionsReader, type GivenText } from "../../sdk/read-options.ts";
import { sprintf } from "../libc/printf.ts";
import { answerUnknownHost, isPingHost, pickAddress } from "./address.ts";
import { findMissingPingRight } from "./ping-right.ts";
import {
  combineThresholds,
  type PingThreshold,
  readFpingThreshold,
  thresholdOptions,
} from "./ping-threshold.ts";
import type { SeriesReport } from "./sender/frames.ts";
import { ICMP } from "./sender/sender.ts";

const OPTIONS = {
  hosts: list(text("-H, --hostname=HOST", "host to ping")),
  words: words("[HOST]", "the same as --hostname, if it comes first", { max: 1 }),
  ...thresholdOptions(readFpingThreshold),
  stopsAtFirstReply: flag("-a, --alive", "the first reply is enough"),
  size: integer("-b, --bytes=INTEGER", "size of a request", { default: 56, min: 16, max: 1400 }),
  packets: integer("-n, --number=INTEGER", "how many requests", { default: 1, min: 1, max: 1000 }),
  timeoutMs: integer("-T, --target-timeout=INTEGER", "how long a reply may take, in ms", { min: 50 }),
  intervalMs: integer("-i, --interval=INTEGER", "time between two requests, in ms", {
    min: 10,
    max: 100_000,
  }),
  ipv4: count("-4, --use-ipv4", "look the name up as an IPv4 address, if it comes before --hostname"),
  ipv6: count("-6, --use-ipv6", "look the name up as an IPv6 address, if it comes before --hostname"),
  sourceAddress: leftToPlugin("-S, --sourceip=HOST", "address to send from"),
  sourceInterface: leftToPlugin("-I, --sourceif=IF", "interface to send from"),
  verbose: leftToPlugin("-v, --verbose", "show what goes on"),
};

interface FpingRequest {
  readonly host: string;
  /** The plugin itself looks the name up, in this family. If it is undefined, only fping does. */
  readonly lookup: Family | undefined;
  /** Whether the plugin starts fping, not fping6, for a name that has an IPv6 address, too. */
  readonly isIpv4: boolean;
  readonly warning: PingThreshold;
  readonly critical: PingThreshold;
  readonly stopsAtFirstReply: boolean;
  readonly size: number;
  readonly packets: number;
  readonly timeoutMs: number;
  readonly intervalMs: number;
}

const readOptions = createOptionsReader(OPTIONS, { words: "around" });

export const checkFping = defineCheck({
  name: "check_fping",
  summary: "round trip time and loss, as fping has them",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  whyNotHere: findMissingPingRight,
  options: OPTIONS,
  read: readRequest,
  target: ({ host }) => host,
  run,
});

const DEFAULT_INTERVAL_MS = 1000;
/** Without an option fping waits for a reply as long as the interval, but no longer than this. */
const MAX_DEFAULT_TIMEOUT_MS = 2000;

function readRequest(argv: readonly string[]): FpingRequest | undefined {
  const read = readOptions(argv);
  if (read === undefined) return undefined;
  const { options, given } = read;
  const { hosts, words: word, intervalMs = DEFAULT_INTERVAL_MS } = options;
  const { timeoutMs = Math.min(intervalMs, MAX_DEFAULT_TIMEOUT_MS) } = options;
  const [host, ...others] = [...hosts, ...word];
  if (others.length > 0 || (word.length > 0 && argv[0] !== word[0])) return undefined;
  if (host === undefined || !isPingHost(host) || host.includes("%")) return undefined;
  if (/^::ffff:/i.test(host)) return undefined;
  const { stopsAtFirstReply, size, packets } = options;
  // With several requests under way, fping prints the loss it has counted when the first reply comes.
  if (stopsAtFirstReply && packets > 1 && timeoutMs > intervalMs) return undefined;
  return {
    lookup: hosts.length > 0 ? familyBefore("hosts", given) : undefined,
    isIpv4: familyBefore(undefined, given) === 4,
    host,
    stopsAtFirstReply,
    size,
    packets,
    timeoutMs,
    intervalMs,
    warning: combineThresholds(options.warning),
    critical: combineThresholds(options.critical),
  };
}

/** The plugin looks up a name where it reads it, so a -4 or -6 behind the name is too late. */
function familyBefore(option: string | undefined, given: readonly GivenText[]): Family {
  let family: Family = 0;
  for (const { name } of given) {
    if (name === option) break;
    if (name === "ipv4") family = 4;
    if (name === "ipv6") family = 6;
  }
  return family;
}

async function run(request: FpingRequest, context: CheckContext): Promise<CheckOutput> {
  const { host, packets, size, timeoutMs, intervalMs, stopsAtFirstReply } = request;
  const addresses = await resolve(request, context);
  if (addresses === undefined) return answerUnknownHost("check_fping", host, USAGE);
  const { address, family } = pickAddress(addresses, 0);
  const report = await context.shared(ICMP).send(
    {
      address,
      family,
      count: packets,
      size,
      gap: intervalMs * 1000,
      limit: timeoutMs * 1000,
      rules: ["paced", "ignoresRepeated", ...(stopsAtFirstReply ? (["firstWithoutLoss"] as const) : [])],
      withinMs: (packets - 1) * intervalMs + timeoutMs,
    },
    { signal: context.signal },
  );
  if (stopsAtFirstReply && report.received > 0 && report.received === report.attempts) {
    return answerAlive(request, report);
  }
  return isUnreachable(report, family) ? answerUnreachable() : answerFping(request, report);
}

/** The addresses among which fping chooses. Undefined where the plugin itself finds no address. */
async function resolve(
  { host, lookup, isIpv4 }: FpingRequest,
  { shared, signal }: CheckContext,
): Promise<readonly Address[] | undefined> {
  const ask = (family: Family) => shared(RESOLVER).resolve(host, family, signal);
  try {
    if (lookup !== undefined) await ask(lookup);
    const addresses = await ask(0);
    if (isIpv4 && new Set(addresses.map(({ family }) => family)).size > 1) {
      throw new CheckDeclined("a name with IPv6 and IPv4 addresses");
    }
    return addresses;
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    if (lookup !== undefined) return undefined;
    throw new CheckDeclined("a name only fping looks up");
  }
}

const USAGE = " check_fping <host_address> -w limit -c limit [-b size] [-n number] [-T number] [-i number]";

const UNREACHABLE = 3;

/** fping prints the errors of routers for IPv4 requests. The plugin only looks for the word "unreachable". */
function isUnreachable({ error, errors }: SeriesReport, family: 4 | 6): boolean {
  if (family === 6 || error === undefined) return false;
  if (error.type === UNREACHABLE) return true;
  if (errors === 1) return false;
  throw new CheckDeclined("several errors of which only fping knows the order");
}

function answerUnreachable(): CheckOutput {
  return { returnCode: CRITICAL, output: "FPING CRITICAL - host is unreachable\n" };
}

function answerAlive({ host, ...request }: FpingRequest, report: SeriesReport): CheckOutput {
  const rta = readRta(report);
  const text = `FPING OK - ${host} (rta=${sprintf("%f", rta)} ms)`;
  return { returnCode: OK, output: `${text}|${rtaPerfdata(rta, request)}\n` };
}

function answerFping({ host, ...request }: FpingRequest, report: SeriesReport): CheckOutput {
  const loss = Math.trunc(((report.attempts - report.received) * 100) / report.attempts);
  const { warning, critical } = request;
  const limits = { warning: warning.loss, critical: critical.loss, min: 0, max: 100 };
  const lossPerfdata = perfdata("loss", loss, "%", limits);
  if (report.received === 0) {
    const output = `FPING CRITICAL - ${host} (loss=100% )|${lossPerfdata}\n`;
    return { returnCode: CRITICAL, output };
  }
  const rta = readRta(report);
  const state = judge(request, { rta, loss });
  const text = `FPING ${STATE_NAMES[state]} - ${host} (loss=${loss}%, rta=${sprintf("%f", rta)} ms)`;
  return { returnCode: state, output: `${text}|${lossPerfdata} ${rtaPerfdata(rta, request)}\n` };
}

type FpingThresholds = Pick<FpingRequest, "warning" | "critical">;

function judge({ warning, critical }: FpingThresholds, measured: Required<PingThreshold>): State {
  if (exceeds(measured, critical)) return CRITICAL;
  return exceeds(measured, warning) ? WARNING : OK;
}

function exceeds({ rta, loss }: Required<PingThreshold>, limit: PingThreshold): boolean {
  return (limit.loss !== undefined && loss > limit.loss) || (limit.rta !== undefined && rta > limit.rta);
}

/** The perfdata has seconds. */
function rtaPerfdata(rta: number, { warning, critical }: FpingThresholds): string {
  const inSeconds = (limit: number | undefined) => (limit === undefined ? undefined : limit / 1000);
  const limits = { warning: inSeconds(warning.rta), critical: inSeconds(critical.rta), min: 0 };
  return fperfdata("rta", rta / 1000, "s", limits);
}

/** The average in milliseconds, with the digits fping prints of it. */
function readRta({ sum, received }: SeriesReport): number {
  const ms = sum / received / 1000;
  const { digits } = PRECISIONS.find(({ below }) => ms < below) ?? { digits: 0 };
  return Number(sprintf("%.*f", digits, ms));
}

const PRECISIONS = [
  { below: 1, digits: 3 },
  { below: 10, digits: 2 },
  { below: 100, digits: 1 },
];
