import type { Target } from "../backend.ts";
import type { ChangeReader, Standing } from "./change-reader.ts";
import { keyOfTarget } from "./marks.ts";

/** In one look. What is left is asked for in the next ones. */
const ASKED_AT_MOST = 100;
/** So many targets in a row that are not there: a core behind Thruk is away, and all that it has. */
const HIDDEN_AT_MOST = 3;

/** Asks how targets stand, each once, and not for all of a large site at once. */
export class Standings {
  readonly #reader: ChangeReader;
  readonly #signal: AbortSignal;
  readonly #known = new Map<string, Standing | undefined>();
  #hidden = 0;

  constructor(reader: ChangeReader, signal: AbortSignal) {
    this.#reader = reader;
    this.#signal = signal;
  }

  /** Undefined: the monitoring does not show it. Throws ChannelError. */
  async of(target: Target): Promise<Standing | "later" | undefined> {
    const key = keyOfTarget(target);
    if (this.#known.has(key)) return this.#known.get(key);
    if (this.#known.size >= ASKED_AT_MOST || this.#hidden >= HIDDEN_AT_MOST) return "later";
    const standing = await this.#reader.standing(target, this.#signal);
    this.#hidden = standing === undefined ? this.#hidden + 1 : 0;
    this.#known.set(key, standing);
    return standing;
  }
}
