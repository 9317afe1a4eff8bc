import type { CheckOutput } from "./check.ts";
import { STATE_NAMES, type State } from "./state.ts";

/** An answer in the form most plugins give it. */
export interface Answer {
  /** What stands before the state: `TCP`, `SNMP`. */
  readonly service?: string;
  readonly state: State;
  readonly text: string;
  /** As `perfdata` and its like print it. */
  readonly perfdata?: readonly string[];
  /** Lines below the first. */
  readonly lines?: readonly string[];
}

/**
 * `TCP OK - 0.002 second response time|time=0.001946s;;;0.000000;10.000000`, and the lines below. A `|` would begin the perfdata,
 * a line break end the text: from outside they are the check's to remove.
 */
export function answer({ service, state, text, perfdata = [], lines = [] }: Answer): CheckOutput {
  const title = service === undefined ? STATE_NAMES[state] : `${service} ${STATE_NAMES[state]}`;
  const first = perfdata.length === 0 ? `${title} - ${text}` : `${title} - ${text}|${perfdata.join(" ")}`;
  return { returnCode: state, output: `${[first, ...lines].join("\n")}\n` };
}
