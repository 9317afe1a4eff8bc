import { collectGarbage } from "../collect-garbage.ts";

const MIB = 2 ** 20;
const MOST = 64 * MIB;
const LEAST = 8 * MIB;
/** Of the memory that the process may use. Each byte takes about five while its result is on the way. */
const SHARE = 1 / 16;

/** Bytes of each output that take no room: nearly all outputs are smaller. It is what a pipe holds. */
export const FREE_BYTES = 65_536;

/**
 * How much of long outputs is in memory: those of plugins that run, and the results that no job server has
 * taken yet. Each of some hundred plugins may print megabytes at once. Those that find no room wait: their
 * pipes are not read, so they stop printing.
 *
 * One plugin may always go on unless results alone fill the room, or plugins that have each printed a part
 * would wait for one another.
 */
export class OutputRoom {
  readonly #bytes: number;
  #ofRuns = 0;
  #ofResults = 0;
  #first: object | undefined;
  readonly #collect: () => void;
  /** Bytes of results that have left since the last collection. Each has left several copies behind. */
  #garbage = 0;

  constructor(bytes: number = roomOf(process.constrainedMemory()), collect: () => void = collectGarbage) {
    this.#bytes = bytes;
    this.#collect = collect;
  }

  /** Whether the pipes of this run may be read. */
  admits(run: object): boolean {
    if (this.#ofRuns + this.#ofResults < this.#bytes) return true;
    if (this.#ofResults >= this.#bytes) return false;
    this.#first ??= run;
    return this.#first === run;
  }

  /** A run has read so many bytes beyond the free ones. */
  read(bytes: number): void {
    this.#ofRuns += bytes;
  }

  /** A run has ended that has read so many bytes. Its result takes their room in this turn. */
  ended(run: object, bytes: number): void {
    if (this.#first === run) this.#first = undefined;
    if (bytes > 0)
      setImmediate(() => {
        this.#ofRuns -= bytes;
      });
  }

  /** Keeps room for a result until `left` has settled. */
  async hold(bytes: number, left: Promise<void>): Promise<void> {
    this.#ofResults += bytes;
    try {
      await left;
    } finally {
      this.#ofResults -= bytes;
      this.#garbage += bytes;
      if (this.#garbage >= this.#bytes) {
        this.#garbage = 0;
        this.#collect();
      }
    }
  }
}

/** `memory` is in bytes; 0: unknown. */
export function roomOf(memory: number): number {
  return memory === 0 ? MOST : Math.min(MOST, Math.max(LEAST, memory * SHARE));
}
