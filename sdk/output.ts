import type { CheckOutput } from "./check.ts";
import { STATE_NAMES, type State } from "./state.ts";

/** The parts of an answer in the form that most plugins use. */
export interface Answer {
  /** The word before the state, such as `TCP` or `SNMP`. */
  readonly service?: string;
  readonly state: State;
  readonly text: string;
  /** Values as `perfdata` and `fperfdata` print them. */
  readonly perfdata?: readonly string[];
  /** The lines below the first one (the long output). */
  readonly lines?: readonly string[];
}

/**
 * Makes an answer: `TCP OK - 0.002 second response time|time=0.001946s;;;0.000000;10.000000`, then the other
 * lines.
 *
 * Nothing is escaped. A `|` in the text begins the perfdata and a line break ends the text, so the check must
 * remove them from texts that a server sent.
 */
export function answer({ service, state, text, perfdata = [], lines = [] }: Answer): CheckOutput {
  const title = service === undefined ? STATE_NAMES[state] : `${service} ${STATE_NAMES[state]}`;
  const first = perfdata.length === 0 ? `${title} - ${text}` : `${title} - ${text}|${perfdata.join(" ")}`;
  return { returnCode: state, output: `${[first, ...lines].join("\n")}\n` };
}
