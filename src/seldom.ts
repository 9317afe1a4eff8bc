const QUIET_MS = 60_000;

/** Keeps the log readable: of each kind of message one a minute, with how many more there were. */
export class Seldom {
  readonly #kinds = new Map<string, { saidMs: number; unsaid: number }>();

  /** `say` is given what to add to the message. Kinds are words of the program, so there are few. */
  say(kind: string, say: (more: string) => void): void {
    const now = performance.now();
    const known = this.#kinds.get(kind);
    if (known !== undefined && now - known.saidMs < QUIET_MS) {
      known.unsaid += 1;
      return;
    }
    this.#kinds.set(kind, { saidMs: now, unsaid: 0 });
    say(known === undefined || known.unsaid === 0 ? "" : `; ${known.unsaid} more like it since`);
  }
}
