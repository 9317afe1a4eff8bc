import { isIPv4 } from "node:net";
import { count, leftToPlugin, list, type Option, option, text, words } from "../../sdk/index.ts";
import { createOptionsReader } from "../../sdk/read-options.ts";
import { strtol, strtoul } from "../libc/number.ts";
import { isPlainHost } from "../transport/host.ts";

/** The options of check_icmp and check_host, which are one binary with two names. */
export const ICMP_OPTIONS = {
  hosts: list(text("-H=HOST", "host name or address; names more than one where the plugin does")),
  words: words("HOST…", "more of them"),
  ipv4: count("-4", "use only IPv4"),
  ipv6: count("-6", "use only IPv6"),
  warning: list(text("-w=RTA,LOSS%", "round trip time in ms and loss that are a warning")),
  critical: list(text("-c=RTA,LOSS%", "round trip time in ms and loss that are critical")),
  packets: unsigned("-n, -p=PACKETS", "how many requests; none leave every host dead", {
    bits: 16,
    min: 0,
    max: 20,
  }),
  interval: option("-i=TIME", "the longest time between two requests", readTime),
  targetInterval: option("-I=TIME", "the longest time between two targets", readTime, { default: 0 }),
  minAlive: unsigned("-m=NUMBER", "how many hosts alive are enough", { bits: 32, min: 0, max: 0xffff }),
  ttl: unsigned("-l=TTL", "time to live of the requests", { bits: 32, min: 0, max: 255 }),
  timeout: unsigned("-t=SECONDS", "how long it may take", { bits: 32, min: 0, max: 86_400 }),
  size: option("-b=BYTES", "data of a request", readSize, { default: 68 }),
  source: option("-s=ADDRESS", "address to send from; an interface is for the plugin to answer", readSource),
  verbose: leftToPlugin("-v", "say more"),
};

export interface IcmpThreshold {
  /** Microseconds. */
  readonly rta: number;
  /** Percent. */
  readonly loss: number;
}

/** The defaults that depend on the name of the plugin. Times are microseconds. */
export interface IcmpDefaults {
  readonly interval: number;
  readonly warning: IcmpThreshold;
  readonly critical: IcmpThreshold;
}

/** A command line of check_icmp or check_host. Times are microseconds. */
export interface IcmpRequest {
  readonly targets: readonly string[];
  readonly family: 0 | 4 | 6;
  readonly warning: IcmpThreshold;
  readonly critical: IcmpThreshold;
  readonly packets: number;
  readonly interval: number;
  readonly targetInterval: number;
  readonly minAlive: number | undefined;
  readonly ttl: number;
  /** Seconds. */
  readonly timeout: number;
  readonly size: number;
  readonly source: string | undefined;
}

const MAX_RTA = 255_000_000;

const MAX_TARGETS = 100;

const readOptions = createOptionsReader(ICMP_OPTIONS);

/**
 * Undefined where the plugin has to answer. The plugin reads its words twice, and the second time it does not
 * stop at `--`.
 */
export function readIcmpRequest(argv: readonly string[], defaults: IcmpDefaults): IcmpRequest | undefined {
  const options = argv.includes("--") ? undefined : readOptions(argv)?.options;
  if (options === undefined) return undefined;
  const { ipv4, ipv6, packets = 5, ttl = 64, timeout = 10, targetInterval } = options;
  const targets = [...options.hosts, ...options.words];
  if (targets.length === 0 || targets.length > MAX_TARGETS || !targets.every(isTarget)) return undefined;
  if (ipv4 + ipv6 > 1 || (targetInterval > 0 && targets.length > 1)) return undefined;
  const critical = readThresholds(options.critical, defaults.critical);
  const warning = readThresholds(options.warning, defaults.warning);
  if (critical === undefined || warning === undefined) return undefined;
  const family = ipv4 > 0 ? 4 : 6;
  const request = {
    targets,
    family: ipv4 + ipv6 > 0 ? family : 0,
    critical,
    warning: {
      rta: Math.min(warning.rta, critical.rta),
      loss: Math.min(warning.loss, critical.loss),
    },
    packets,
    interval: options.interval ?? defaults.interval,
    targetInterval,
    minAlive: options.minAlive,
    ttl: ttl || 64,
    timeout: timeout || 10,
    size: options.size,
    source: options.source,
  } as const;
  return completionTime(request, targets.length) < MIN_TIME ? undefined : request;
}

/** Microseconds. In less time only the plugin's own loop gives its answer. */
const MIN_TIME = 20_000;

/** The time after which the plugin ends, in 32 bits of microseconds. */
export function completionTime(request: IcmpRequest, hostCount: number): number {
  const { packets, interval, targetInterval, critical } = request;
  const all = hostCount * packets;
  const sending = Math.imul(all, interval) + Math.imul(hostCount, targetInterval);
  return (sending + Math.imul(all, critical.rta) + critical.rta) >>> 0;
}

/** The plugin drops the zone of an address, and then it cannot send. An empty name has no address. */
function isTarget(host: string): boolean {
  return host === "" || (isPlainHost(host) && !host.includes("%"));
}

/**
 * Reads a time as `get_timevar` of the plugin does, in 32 bits. `1.25` and `1.25ms` are 3500 µs: the digits
 * after the point are a number of tenths, and their first digit decides the base.
 */
export function readTime(text: string): number {
  const factor = FACTORS[unitOf(text)] ?? 1000;
  const { value, rest } = strtoul(text, 0);
  const whole = Math.imul(Number(BigInt.asUintN(32, value)), factor) >>> 0;
  if (factor === 1 || !/^\../s.test(rest)) return whole;
  let tenths = Number(BigInt.asUintN(32, strtoul(rest.slice(1), 0).value));
  while (tenths >= factor) tenths = Math.trunc(tenths / 10);
  return (whole + tenths * (factor / 10)) >>> 0;
}

const FACTORS: Readonly<Record<string, number>> = { u: 1, m: 1000, s: 1_000_000 };

/** The last letter, or the one before it in `ms` and `us`. */
function unitOf(text: string): string {
  const last = text.slice(-1);
  const before = text.slice(-2, -1);
  return last === "s" && before !== "" && !/[0-9]/.test(before) ? before : last;
}

/**
 * Each text changes what the texts before it have set. A text of one character makes the plugin read beyond
 * its end.
 */
function readThresholds(texts: readonly string[], defaults: IcmpThreshold): IcmpThreshold | undefined {
  if (texts.some(({ length }) => length === 1)) return undefined;
  return texts.reduce((known, text) => (text === "" ? known : readThreshold(text, known)), defaults);
}

/**
 * Reads `200.25,60%` as `get_threshold` of the plugin does. It searches the comma from the end, but neither
 * among the first two characters nor at the last one. Loss is limited to 100 only where there is a time.
 */
export function readThreshold(text: string, known: IcmpThreshold): IcmpThreshold {
  const comma = text.slice(0, -1).lastIndexOf(",");
  const hasLoss = comma >= 2;
  const [time, loss] = hasLoss ? [text.slice(0, comma), text.slice(comma + 1)] : [text, undefined];
  const percent = loss === undefined ? known.loss : Number(BigInt.asUintN(8, strtoul(loss, 0).value));
  // Without a comma the first percent sign after the first two characters ends the text.
  const end = hasLoss ? -1 : time.indexOf("%", 2);
  const rta = readTime(end < 0 ? time : time.slice(0, end));
  return rta === 0 ? { rta, loss: percent } : { rta: Math.min(rta, MAX_RTA), loss: Math.min(percent, 100) };
}

/** Bytes. A larger request would leave this machine in fragments. */
const MAX_SIZE = 1400;

function readSize(text: string): number | undefined {
  const size = Number(BigInt.asUintN(16, strtol(text, 0).value));
  return size >= 52 && size <= MAX_SIZE ? size : undefined;
}

function readSource(text: string): string | undefined {
  return isIPv4(text) && text !== "0.0.0.0" && text !== "255.255.255.255" ? text : undefined;
}

interface Bounds {
  readonly bits: number;
  readonly min: number;
  readonly max: number;
}

/** Any text is read as a number, and what follows the number is ignored. */
function unsigned(spelling: string, help: string, { bits, min, max }: Bounds): Option<number | undefined> {
  return option(spelling, help, (text): number | undefined => {
    const value = Number(BigInt.asUintN(bits, strtoul(text, 0).value));
    return value >= min && value <= max ? value : undefined;
  });
}
