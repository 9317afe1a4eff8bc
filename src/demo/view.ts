import type { ObjectState } from "./core.ts";
import { type StateName, stateOf } from "./picture.ts";

/** What the reader of the screen has chosen to see. */
export interface View {
  /** The first row of the table that is shown. */
  readonly from: number;
  readonly filter: Filter;
}

export type Filter = "all" | "problems" | StateName;

export const FIRST_VIEW: View = { from: 0, filter: "all" };

const MOVES: Readonly<Record<string, (from: number, page: number) => number>> = {
  "\x1b[A": (from) => from - 1,
  k: (from) => from - 1,
  "\x1b[B": (from) => from + 1,
  j: (from) => from + 1,
  "\x1b[5~": (from, page) => from - page,
  "\x1b[6~": (from, page) => from + page,
  " ": (from, page) => from + page,
  "\x1b[H": () => 0,
  "\x1b[F": () => Number.MAX_SAFE_INTEGER,
};

const FILTERS: Readonly<Record<string, Filter>> = {
  a: "all",
  p: "problems",
  c: "CRITICAL",
  w: "WARNING",
  u: "UNKNOWN",
  o: "OK",
};

/** Undefined: the key means nothing. `page` is how many rows a page moves by. */
export function pressKey(view: View, key: string, page: number): View | undefined {
  const filter = FILTERS[key];
  if (filter !== undefined) return { from: 0, filter };
  const from = MOVES[key]?.(view.from, page);
  return from === undefined ? undefined : { ...view, from: Math.max(0, from) };
}

/** Problems come first. What is not checked yet comes last. */
const ORDER: readonly StateName[] = ["CRITICAL", "WARNING", "UNKNOWN", "OK", "PENDING"];

/** The objects that the filter lets through, the most urgent first, equals in their order. */
export function choose(states: readonly ObjectState[], filter: Filter): readonly ObjectState[] {
  const rank = (state: ObjectState) => ORDER.indexOf(stateOf(state));
  return states.filter((state) => passes(stateOf(state), filter)).toSorted((a, b) => rank(a) - rank(b));
}

function passes(name: StateName, filter: Filter): boolean {
  if (filter === "all") return true;
  return filter === "problems" ? name !== "OK" && name !== "PENDING" : name === filter;
}
