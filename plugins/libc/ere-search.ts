import { type ByteSet, type EreRules, type Expression, readEre } from "./ere-syntax.ts";
import { Pace } from "./pace.ts";

/**
 * Searches byte strings for a POSIX extended regular expression. An automaton whose states are made as the text asks for them: each
 * byte is looked at once, so that no pattern and no page can hold the event loop, as RegExp would with its backtracking. Which
 * match is the longest nobody asks.
 */
export interface EreSearch {
  /** Gives way to others every few milliseconds; rejects when the signal is aborted. */
  readonly finds: (text: string, signal: AbortSignal) => Promise<boolean>;
}

/** Undefined where the pattern has to be left to the plugin. */
export function createEreSearch(pattern: string, rules: EreRules): EreSearch | undefined {
  const expression = readEre(pattern, rules);
  const program = expression && compile(expression);
  if (program === undefined) return undefined;
  return { finds: (text, signal) => new Automaton(program, rules).finds(text, new Pace(signal)) };
}

/** One step: reads a byte of its set, or reads nothing and goes on where it may. */
type Step =
  | { readonly kind: "byte"; readonly set: ByteSet; readonly next: number }
  | { readonly kind: "fork"; readonly next: number; readonly other: number }
  | { readonly kind: "line-start" | "line-end"; readonly next: number }
  | { readonly kind: "found" };

interface Program {
  readonly steps: readonly Step[];
  readonly entry: number;
}

const MAX_STEPS = 2_000;

/** Each part is made with the step that follows it, so a program grows from its end. */
function compile(expression: Expression): Program | undefined {
  const steps: Step[] = [{ kind: "found" }];
  const add = (step: Step) => {
    if (steps.length >= MAX_STEPS) throw new RangeError("the pattern is too large");
    return steps.push(step) - 1;
  };
  const addPart = (part: Expression, next: number): number => {
    switch (part.kind) {
      case "byte":
        return add({ kind: "byte", set: part.set, next });
      case "line-start":
      case "line-end":
        return add({ kind: part.kind, next });
      case "sequence":
        return part.parts.reduceRight((following, each) => addPart(each, following), next);
      case "choice":
        return part.choices
          .map((each) => addPart(each, next))
          .reduce((one, other) => add({ kind: "fork", next: one, other }));
      case "repeat":
        return addRepeat(part, next);
    }
  };
  const addRepeat = ({ part, min, max }: Extract<Expression, { kind: "repeat" }>, next: number): number => {
    let entry = next;
    if (max === Number.POSITIVE_INFINITY) {
      entry = add({ kind: "fork", next, other: next });
      steps[entry] = { kind: "fork", next: addPart(part, entry), other: next };
    }
    for (let more = min; more < max && max !== Number.POSITIVE_INFINITY; more += 1)
      entry = add({ kind: "fork", next: addPart(part, entry), other: next });
    for (let must = 0; must < min; must += 1) entry = addPart(part, entry);
    return entry;
  };
  try {
    const entry = addPart(expression, 0);
    return { steps, entry };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The steps a search may be at, before what reads nothing is followed. */
interface Place {
  readonly steps: readonly number[];
  readonly isLineStart: boolean;
  /** By the byte that is read: another place, FOUND, or UNKNOWN yet. */
  readonly next: Int32Array;
}

const UNKNOWN = -1;
const FOUND = -2;
const LINE_FEED = 0x0a;

/** More places than these are forgotten, and found anew. */
const MAX_PLACES = 1_000;
const BYTES_A_LOOK_AT_THE_CLOCK = 2_048;

/** One search. */
class Automaton {
  readonly #program: Program;
  readonly #knowsLines: boolean;
  readonly #places: Place[] = [];
  readonly #indexes = new Map<string, number>();
  #place = 0;

  constructor(program: Program, { knowsLines }: EreRules) {
    this.#program = program;
    this.#knowsLines = knowsLines;
  }

  async finds(text: string, pace: Pace): Promise<boolean> {
    this.#place = this.#add([this.#program.entry], true);
    for (let at = 0; at < text.length; at = this.#read(text, at, pace)) {
      if (pace.isRestDue) await pace.rest();
    }
    return this.#place === FOUND || this.#follow(this.#places[this.#place], true).isFound;
  }

  /** Goes on from there for some bytes, as many as there is time for; returns where it is then. */
  #read(text: string, from: number, pace: Pace): number {
    const to = Math.min(from + BYTES_A_LOOK_AT_THE_CLOCK, text.length);
    for (let at = from; at < to; at += 1) {
      const byte = text.charCodeAt(at);
      const known = this.#places[this.#place]?.next[byte] ?? UNKNOWN;
      this.#place = known === UNKNOWN ? this.#goOn(this.#place, byte) : known;
      if (this.#place === FOUND) return text.length;
      if (known === UNKNOWN && pace.isRestDue) return at + 1;
    }
    return to;
  }

  #goOn(index: number, byte: number): number {
    const place = this.#places[index];
    const isLineFeed = this.#knowsLines && byte === LINE_FEED;
    const { isFound, sets } = this.#follow(place, isLineFeed);
    if (isFound) return FOUND;
    const steps = sets.filter(({ set }) => set[byte] === 1).map(({ next }) => next);
    const next = this.#add([...steps, this.#program.entry], isLineFeed);
    if (place !== undefined) place.next[byte] = next;
    return next;
  }

  #add(given: readonly number[], isLineStart: boolean): number {
    const steps = [...new Set(given)].sort((a, b) => a - b);
    const key = `${isLineStart ? "^" : ""}${steps}`;
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    if (this.#places.length >= MAX_PLACES) {
      this.#places.length = 0;
      this.#indexes.clear();
    }
    const index = this.#places.push({ steps, isLineStart, next: new Int32Array(256).fill(UNKNOWN) }) - 1;
    this.#indexes.set(key, index);
    return index;
  }

  /** All steps that can be reached without reading; is the end one of them? */
  #follow(place: Place | undefined, isLineEnd: boolean) {
    const { steps, isLineStart } = place ?? { steps: [], isLineStart: false };
    const waiting = [...steps];
    const seen = new Set(waiting);
    const sets: Extract<Step, { kind: "byte" }>[] = [];
    const go = (to: number) => {
      if (!seen.has(to)) waiting.push(to);
      seen.add(to);
    };
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const step = this.#program.steps[at];
      if (step === undefined) continue;
      if (step.kind === "found") return { isFound: true, sets };
      if (step.kind === "byte") sets.push(step);
      else if (step.kind === "fork") {
        go(step.next);
        go(step.other);
      } else if (step.kind === "line-start" ? isLineStart : isLineEnd) go(step.next);
    }
    return { isFound: false, sets };
  }
}
