import {
  CheckDeclined,
  CRITICAL,
  count,
  defineCheck,
  flag,
  maxState,
  OK,
  option,
  perfdata,
  STATE_NAMES,
  type State,
  UNKNOWN,
  WARNING,
  words,
} from "../../sdk/index.ts";
import { readState } from "../../sdk/state.ts";
import { strtol } from "../libc/number.ts";
import { MACHINE_FILES } from "./machine-files.ts";

/** A threshold for what is free: bytes, or percent of all swap. 0 is none. */
interface Threshold {
  readonly unit: "bytes" | "percent";
  readonly value: bigint;
}

const NONE: Threshold = { unit: "bytes", value: 0n };
const MEBIBYTE = 1024n * 1024n;

export const checkSwap = defineCheck({
  name: "check_swap",
  summary: "free swap of the machine that the worker runs on",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: {
    warning: option("-w, --warning=BYTES|PERCENT%", "free swap that is a warning", readThreshold, {
      default: NONE,
    }),
    critical: option("-c, --critical=BYTES|PERCENT%", "free swap that is critical", readThreshold, {
      default: NONE,
    }),
    noSwap: option("-n, --no-swap=STATE", "the state without swap", readState, { default: CRITICAL }),
    all: flag("-a, --allswaps", "changes nothing on Linux"),
    verbose: count("-v, --verbose", "changes nothing, given once or twice"),
    words: words("WORD", "not used"),
  },
  argv: { words: "last" },
  accept: ({ warning, critical, verbose }) =>
    verbose < 3 &&
    (warning.value > 0n || critical.value > 0n) &&
    (warning.unit !== critical.unit || warning.value >= critical.value),

  run({ warning, critical, noSwap }, { shared }) {
    const { total, free } = readSwap(shared(MACHINE_FILES).read("/proc/meminfo"));
    const limits = { warning, critical };
    const state = maxState(UNKNOWN, total === 0n ? noSwap : judge(Number(free), Number(total), limits));
    const note = total === 0n ? "- Swap is either disabled, not present, or of zero size. " : "";
    const used = total === 0n ? 100 : Math.trunc((100 * Number(total - free)) / Number(total));
    const text = `${100 - used}% free (${free}MB out of ${total}MB) ${note}`;
    const values = perfdata("swap", free * MEBIBYTE, "B", {
      warning: bytesOf(warning, total),
      critical: bytesOf(critical, total),
      min: 0,
      max: total * MEBIBYTE,
    });
    return { returnCode: state, output: `SWAP ${STATE_NAMES[state]} - ${text}|${values}\n` };
  },
});

/** Mebibytes. */
interface Swap {
  readonly total: bigint;
  readonly free: bigint;
}

/** What is in memory as well (SwapCached) counts as free. The plugin rounds each of the numbers down. */
function readSwap(meminfo: string): Swap {
  const read = (name: string) => {
    const found = new RegExp(`^${name}: +([0-9]+) kB$`, "m").exec(meminfo)?.[1];
    if (found === undefined) throw new CheckDeclined("/proc/meminfo has another form");
    return BigInt(found) / 1024n;
  };
  const total = read("SwapTotal");
  const free = read("SwapFree") + read("SwapCached");
  if (free > total) throw new CheckDeclined("more swap is free than there is");
  return { total, free };
}

interface Limits {
  readonly warning: Threshold;
  readonly critical: Threshold;
}

/** The plugin counts in single precision. */
function judge(free: number, total: number, { warning, critical }: Limits): State {
  const [freeMb, totalMb] = [Math.fround(free), Math.fround(total)];
  const bytes = BigInt(freeMb) * MEBIBYTE;
  if (critical.unit === "bytes" && critical.value >= bytes) return CRITICAL;
  if (warning.unit === "bytes" && warning.value >= bytes) return WARNING;
  const share = Math.fround(Math.fround(totalMb - freeMb) / totalMb);
  const used = BigInt(Math.trunc(Math.fround(share * 100)));
  const isReached = ({ unit, value }: Threshold) =>
    unit === "percent" && value !== 0n && used >= 100n - value;
  if (isReached(critical)) return CRITICAL;
  return isReached(warning) ? WARNING : OK;
}

function bytesOf({ unit, value }: Threshold, total: bigint): bigint {
  return unit === "percent" ? value * ((total * MEBIBYTE) / 100n) : value;
}

/** Undefined: the plugin complains, or takes what is no number of bytes there can be. */
function readThreshold(given: string): Threshold | undefined {
  const isPercent = given.endsWith("%");
  const { value } = strtol(given);
  if (given === "" || value < 0n || value >= 2n ** 62n || (isPercent && value > 100n)) return undefined;
  return { unit: isPercent ? "percent" : "bytes", value };
}
