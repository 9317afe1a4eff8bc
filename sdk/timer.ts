/** A timer whose time can stand still for a while. Without milliseconds it never acts. */
export class PausableTimer implements Disposable {
  readonly #act: () => void;
  #leftMs: number | undefined;
  #startedMs = 0;
  #holds = 0;
  #heldSinceMs = 0;
  #heldMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number | undefined, act: () => void) {
    this.#act = act;
    this.#leftMs = ms;
    this.#start();
  }

  /** Time stands still until `release` was called as often as this. */
  hold(): void {
    this.#holds += 1;
    if (this.#holds > 1) return;
    this.#heldSinceMs = performance.now();
    if (this.#leftMs === undefined) return;
    clearTimeout(this.#timer);
    this.#leftMs -= this.#heldSinceMs - this.#startedMs;
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds > 0) return;
    this.#heldMs += performance.now() - this.#heldSinceMs;
    this.#start();
  }

  /** Milliseconds in which time has stood still. */
  get heldMs(): number {
    return this.#heldMs + (this.#holds > 0 ? performance.now() - this.#heldSinceMs : 0);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#leftMs = undefined;
  }

  #start(): void {
    if (this.#leftMs === undefined) return;
    this.#startedMs = performance.now();
    this.#timer = setTimeout(this.#act, this.#leftMs);
  }
}
