import { Pace } from "../pace.ts";
import { type CompiledPattern, compile, type Step } from "./compile.ts";
import type { EreRules } from "./expression.ts";
import { readEre } from "./syntax.ts";

/**
 * Searches byte strings for a POSIX extended regular expression.
 *
 * The search is a finite automaton that makes its states when the text needs them. It looks at each byte
 * once, so no pattern and no page can block the event loop; RegExp could, as it backtracks. It tells whether
 * there is a match, not which one is the longest.
 */
export interface EreSearch {
  /**
   * Lets other checks go on every few milliseconds. Rejects with the signal's reason when the signal is
   * aborted.
   */
  readonly finds: (text: string, signal: AbortSignal) => Promise<boolean>;
}

/** Makes a search. Undefined: the pattern has to be left to the plugin. */
export function createEreSearch(pattern: string, rules: EreRules): EreSearch | undefined {
  const expression = readEre(pattern, rules);
  const compiled = expression && compile(expression);
  if (compiled === undefined) return undefined;
  return { finds: (text, signal) => new Automaton(compiled, rules).finds(text, new Pace(signal)) };
}

/** The steps that a search has reached. Steps that read nothing are not followed yet. */
interface AutomatonState {
  readonly steps: readonly number[];
  readonly isLineStart: boolean;
  /** The next state by the byte that is read: its index, FOUND, or NOT_MADE. */
  readonly next: Int32Array;
}

const NOT_MADE = -1;
const FOUND = -2;
const LINE_FEED = 0x0a;

/** When there are so many states, all are dropped and made anew. */
const MAX_STATES = 1_000;
const BYTES_BETWEEN_CLOCK_READS = 2_048;

/** One search of one text. */
class Automaton {
  readonly #compiled: CompiledPattern;
  readonly #knowsLines: boolean;
  readonly #states: AutomatonState[] = [];
  readonly #indexes = new Map<string, number>();
  #state = 0;

  constructor(compiled: CompiledPattern, { knowsLines }: EreRules) {
    this.#compiled = compiled;
    this.#knowsLines = knowsLines;
  }

  async finds(text: string, pace: Pace): Promise<boolean> {
    this.#state = this.#add([this.#compiled.entry], true);
    for (let at = 0; at < text.length; at = this.#read(text, at, pace)) {
      if (pace.isRestDue) await pace.rest();
    }
    return this.#state === FOUND || this.#follow(this.#states[this.#state], true).isFound;
  }

  /** Reads some bytes from there on, as many as there is time for. Returns the place of the next one. */
  #read(text: string, from: number, pace: Pace): number {
    const to = Math.min(from + BYTES_BETWEEN_CLOCK_READS, text.length);
    for (let at = from; at < to; at += 1) {
      const byte = text.charCodeAt(at);
      const known = this.#states[this.#state]?.next[byte] ?? NOT_MADE;
      this.#state = known === NOT_MADE ? this.#makeNext(this.#state, byte) : known;
      if (this.#state === FOUND) return text.length;
      if (known === NOT_MADE && pace.isRestDue) return at + 1;
    }
    return to;
  }

  #makeNext(index: number, byte: number): number {
    const state = this.#states[index];
    const isLineFeed = this.#knowsLines && byte === LINE_FEED;
    const { isFound, sets } = this.#follow(state, isLineFeed);
    if (isFound) return FOUND;
    const steps = sets.filter(({ set }) => set[byte] === 1).map(({ next }) => next);
    const next = this.#add([...steps, this.#compiled.entry], isLineFeed);
    if (state !== undefined) state.next[byte] = next;
    return next;
  }

  #add(given: readonly number[], isLineStart: boolean): number {
    const steps = [...new Set(given)].sort((a, b) => a - b);
    const key = `${isLineStart ? "^" : ""}${steps}`;
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    if (this.#states.length >= MAX_STATES) {
      this.#states.length = 0;
      this.#indexes.clear();
    }
    const index = this.#states.push({ steps, isLineStart, next: new Int32Array(256).fill(NOT_MADE) }) - 1;
    this.#indexes.set(key, index);
    return index;
  }

  /** Gives all steps that read a byte and can be reached without reading, and whether the end is reached. */
  #follow(state: AutomatonState | undefined, isLineEnd: boolean) {
    const { steps, isLineStart } = state ?? { steps: [], isLineStart: false };
    const waiting = [...steps];
    const seen = new Set(waiting);
    const sets: Extract<Step, { kind: "byte" }>[] = [];
    const go = (to: number) => {
      if (!seen.has(to)) waiting.push(to);
      seen.add(to);
    };
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const step = this.#compiled.steps[at];
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
