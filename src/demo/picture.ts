import type { DemoEvent, ObjectState } from "./core.ts";

/** Everything the screen shows. */
export interface Picture {
  readonly seconds: number;
  readonly results: number;
  readonly resultsPerSecond: number;
  readonly submitted: number;
  /** Event handlers that were submitted. */
  readonly events: number;
  readonly lastEvent?: DemoEvent | undefined;
  /** How many checks were run in each way. */
  readonly runs: Readonly<Record<string, number>>;
  /** CPU use of this process in cores, without the plugins it starts. */
  readonly cpu: number;
  readonly states: readonly ObjectState[];
  readonly via: ReadonlyMap<string, string>;
  /** What cannot be checked on this machine, and why. */
  readonly missing: readonly string[];
  /** Where the status page is; undefined until it is served. */
  readonly pageUrl?: string | undefined;
}

/** By return code. */
export const STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"] as const;

export type StateName = (typeof STATES)[number] | "PENDING";

/** A return code that no plugin should give counts as UNKNOWN. */
export function stateOf({ returnCode }: Pick<ObjectState, "returnCode">): StateName {
  return returnCode === undefined ? "PENDING" : (STATES[returnCode] ?? "UNKNOWN");
}

/** How many objects are in each state; of UNKNOWN and PENDING only if there are any. */
export function countStates(states: readonly ObjectState[]): string {
  const count = (name: StateName) => states.filter((each) => stateOf(each) === name).length;
  const rare = (["UNKNOWN", "PENDING"] as const).filter((name) => count(name) > 0);
  return (["OK", "WARNING", "CRITICAL", ...rare] as const).map((name) => `${count(name)} ${name}`).join(", ");
}

export function describeEvent({ object }: DemoEvent): string {
  const { host, service, eventHandler } = object;
  const name = service === undefined ? host : `${host} ${service}`;
  return `${name} is CRITICAL, event handler: ${eventHandler}`;
}
