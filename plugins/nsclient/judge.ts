import { CRITICAL, OK, type State, WARNING } from "../../sdk/index.ts";
import type { NtRequest } from "./options.ts";

/** What the plugin prints in its last line. A return code may come from the agent. */
export interface NtAnswer {
  readonly state: number;
  readonly text: string;
  readonly perfdata?: string;
}

type Thresholds = Pick<NtRequest, "warning" | "critical">;

/** C compares a real number with the threshold as a real number. */
function like(value: number | bigint, threshold: bigint): number | bigint {
  return typeof value === "bigint" ? threshold : Number(threshold);
}

/** At or above a threshold. */
export function judgeAbove(value: number | bigint, { warning, critical }: Thresholds): State {
  if (critical !== undefined && value >= like(value, critical)) return CRITICAL;
  return warning !== undefined && value >= like(value, warning) ? WARNING : OK;
}

/** At or below a threshold. */
export function judgeBelow(value: number | bigint, { warning, critical }: Thresholds): State {
  if (critical !== undefined && value <= like(value, critical)) return CRITICAL;
  return warning !== undefined && value <= like(value, warning) ? WARNING : OK;
}

/** The order of the thresholds says which side of them is bad. One that is not given counts as 0 here. */
export function judgeEither(value: number | bigint, thresholds: Thresholds): State {
  const { warning = 0n, critical = 0n } = thresholds;
  return critical > warning ? judgeAbove(value, thresholds) : judgeBelow(value, thresholds);
}

/** So many percent of a total, as the plugin counts them: in floats. */
export function percentOf(threshold: bigint | undefined, total: number): number {
  return Math.fround(Math.fround(Number(threshold ?? 0n)) / 100) * total;
}
