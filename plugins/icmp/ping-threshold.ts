import { list, option } from "../../sdk/index.ts";
import { atof, atoi } from "../libc/number.ts";

/** A threshold of check_ping or check_fping. It has only the parts that were given. */
export interface PingThreshold {
  /** Milliseconds. */
  readonly rta?: number;
  /** Percent. */
  readonly loss?: number;
}

/** The options `-w` and `-c`, whose texts each of the two plugins reads in its own way. */
export function thresholdOptions(read: (text: string) => PingThreshold | undefined) {
  return {
    warning: list(option("-w, --warning=RTA,LOSS%", "time in ms and loss that are a warning", read)),
    critical: list(option("-c, --critical=RTA,LOSS%", "time in ms and loss that are critical", read)),
  };
}

/** Where an option is given several times, each adds to the earlier ones, and the last value counts. */
export function combineThresholds(given: readonly PingThreshold[]): PingThreshold {
  return Object.assign({}, ...given);
}

/** check_ping's `100.5,20%`, `20%` or `100`. The plugin reads more forms than these. It keeps floats. */
export function readPingThreshold(text: string): PingThreshold | undefined {
  const [, rta, loss] = /^(?:([0-9]{1,9}(?:\.[0-9]{0,9})?)(?:[,:]|$))?(?:([0-9]{1,3})%)?$/.exec(text) ?? [];
  if (rta === undefined && loss === undefined) return undefined;
  if (loss === undefined && !/^[0-9]+$/.test(text)) return undefined;
  if (Number(loss ?? 0) > 100) return undefined;
  return {
    ...(rta !== undefined && { rta: Math.fround(Number(rta)) }),
    ...(loss !== undefined && { loss: Number(loss) }),
  };
}

/**
 * check_fping's `100,20%`, `20%,100`, `20%` or `100`. A part with a percent sign is loss, any other is time.
 */
export function readFpingThreshold(text: string): PingThreshold | undefined {
  const [, first = "", second] = /^([^,:]*)(?:[,:](.*))?$/s.exec(text) ?? [];
  if (second === undefined) return first.includes("%") ? { loss: atoi(first) } : { rta: atof(first) };
  if (first.includes("%") === second.includes("%")) return undefined;
  const [rta, loss] = second.includes("%") ? [first, second] : [second, first];
  return { rta: atof(rta), loss: atoi(loss) };
}
