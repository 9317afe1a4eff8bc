import { type CheckOutput, CRITICAL, OK, STATE_NAMES, type State, WARNING } from "../../sdk/index.ts";
import { sprintf } from "../libc/printf.ts";
import type { IcmpRequest, IcmpThreshold } from "./options.ts";
import type { RouterError, SeriesReport } from "./sender/frames.ts";

/** A host of check_icmp or check_host, and what became of its requests. */
export interface PingedHost {
  /** The host on the command line. */
  readonly name: string;
  readonly report: Pick<SeriesReport, "sent" | "received" | "repeated" | "sum" | "min" | "max" | "error">;
}

/** What a host is judged by. Times are microseconds. */
interface HostMeasurement {
  readonly name: string;
  readonly isAlive: boolean;
  readonly rta: number;
  readonly loss: number;
  readonly min: number;
  readonly max: number;
  readonly error: RouterError | undefined;
}

/** The answer of check_icmp, and of check_host where no host has replied. */
export function answerIcmp(
  pinged: readonly PingedHost[],
  { warning, critical, minAlive }: IcmpRequest,
): CheckOutput {
  const hosts = pinged.map(measure);
  const state = judge(hosts, { warning, critical, minAlive });
  const texts = hosts.map(renderHost).join(" :: ");
  const perfdata = hosts.map((host) =>
    renderPerfdata(host, hosts.length > 1 ? host.name : "", { warning, critical }),
  );
  return { returnCode: state, output: `${STATE_NAMES[state]} - ${texts}|${perfdata.join("")}\n` };
}

/** Every reply counts, also a further one to the same request. The loss may then be any number of 8 bits. */
function measure({ name, report }: PingedHost): HostMeasurement {
  const { sent, sum, min, max, error } = report;
  const replies = report.received + report.repeated;
  if (replies === 0) return { name, isAlive: false, rta: 0, loss: 100, min: 0, max: 0, error };
  const loss = Math.trunc((((sent - replies) * 100) >>> 0) / sent) & 0xff;
  return { name, isAlive: true, rta: sum / replies, loss, min, max, error };
}

type IcmpThresholds = Pick<IcmpRequest, "warning" | "critical" | "minAlive">;

/** Once any host is worse than OK, the plugin counts a host in the warning range as one that is well. */
function judge(hosts: readonly HostMeasurement[], { warning, critical, minAlive }: IcmpThresholds): State {
  let state: State = OK;
  let well = 0;
  let warned = 0;
  for (const host of hosts) {
    if (!host.isAlive) state = CRITICAL;
    if (exceeds(host, critical)) state = CRITICAL;
    else if (state === OK && exceeds(host, warning)) {
      state = WARNING;
      warned += 1;
    } else well += 1;
  }
  if (hosts.every(({ isAlive, error }) => !isAlive || error !== undefined)) state = CRITICAL;
  if (minAlive === undefined) return state;
  if (well >= minAlive) return OK;
  return well + warned >= minAlive ? WARNING : state;
}

function exceeds({ rta, loss }: HostMeasurement, threshold: IcmpThreshold): boolean {
  return loss >= threshold.loss || rta >= threshold.rta;
}

function renderHost({ name, isAlive, rta, loss, error }: HostMeasurement): string {
  if (isAlive) return `${name}: rta ${renderMs(rta)}ms, lost ${loss}%`;
  return error === undefined
    ? `${name}: rta nan, lost 100%`
    : `${name}: ${errorText(error)} @ ${error.from}. rta nan, lost 100%`;
}

/** Where there are several hosts, each label begins with the host's name. */
function renderPerfdata(
  { rta, loss, min, max }: HostMeasurement,
  label: string,
  { warning, critical }: Omit<IcmpThresholds, "minAlive">,
): string {
  const limits = `${renderFloatMs(warning.rta)};${renderFloatMs(critical.rta)}`;
  const extremes = `${label}rtmax=${renderFloatMs(max)}ms;;;; ${label}rtmin=${renderFloatMs(min)}ms;;;; `;
  return `${label}rta=${renderMs(rta)}ms;${limits};0; ${label}pl=${loss}%;${warning.loss};${critical.loss};; ${extremes}`;
}

/** Above this number a float may be printed with other digits than the number itself. */
const MAX_EXACT = 8_000_000;

/**
 * Prints microseconds as `%0.3f` of milliseconds. sprintf, which rounds a tie by the number's last bits, is
 * slower.
 */
export function renderMs(microseconds: number): string {
  const isTie = Math.abs(microseconds - Math.floor(microseconds) - 0.5) < 1e-6;
  if (isTie || microseconds > MAX_EXACT) return sprintf("%0.3f", microseconds / 1000);
  const whole = Math.round(microseconds);
  return `${Math.trunc(whole / 1000)}.${String(whole % 1000).padStart(3, "0")}`;
}

/** Prints as `renderMs` a whole number that the plugin has converted to float. */
export function renderFloatMs(microseconds: number): string {
  if (microseconds <= MAX_EXACT) return renderMs(microseconds);
  return sprintf("%0.3f", Math.fround(Math.fround(microseconds) / 1000));
}

const UNREACHABLE = 3;
const TIME_EXCEEDED = 11;

const UNREACHABLE_TEXTS = [
  "Net unreachable",
  "Host unreachable",
  "Protocol unreachable (firewall?)",
  "Port unreachable (firewall?)",
  "Fragmentation needed",
  "Source route failed",
  "Unknown network",
  "Unknown host",
  "Source host isolated",
  "Network denied (firewall?)",
  "Host denied (firewall?)",
  "Bad TOS for network (firewall?)",
  "Bad TOS for host (firewall?)",
  "Prohibited by filter (firewall)",
  "Host precedence violation",
  "Precedence cutoff",
];
const TIME_EXCEEDED_TEXTS = ["Time to live exceeded in transit", "Fragment reassembly time exceeded"];

function errorText({ type, code }: RouterError): string {
  if (type === UNREACHABLE) return UNREACHABLE_TEXTS[code] ?? "Invalid code";
  if (type === TIME_EXCEEDED) return TIME_EXCEEDED_TEXTS[code] ?? "Invalid code";
  return "Bad IP header (required option absent)";
}
