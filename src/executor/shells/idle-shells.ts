import type { Shell } from "./shell.ts";

interface IdleShell {
  readonly shell: Shell;
  readonly sinceMs: number;
  /** Whose commands it has run, as a number; undefined: none of another user. */
  readonly user: number | undefined;
}

/**
 * The shells that wait for a command. A shell serves one user only. A process that a plugin leaves behind can
 * keep a name of its pipes that does not count as open (O_PATH), and open them again while the next plugin
 * runs.
 */
export class IdleShells {
  readonly #all: IdleShell[] = [];

  get size(): number {
    return this.#all.length;
  }

  /** Since when the first one waits, in `performance.now()`. Undefined: there is none. */
  get oldestMs(): number | undefined {
    return this.#all[0]?.sinceMs;
  }

  add(shell: Shell, user: number | undefined): void {
    this.#all.push({ shell, sinceMs: performance.now(), user });
  }

  /** The one of this user that was used last. */
  take(user: number | undefined): Shell | undefined {
    const at = this.#all.findLastIndex((entry) => entry.user === user);
    return at < 0 ? undefined : this.#all.splice(at, 1)[0]?.shell;
  }

  takeOldest(): Shell | undefined {
    return this.#all.shift()?.shell;
  }

  takeAll(): readonly Shell[] {
    return this.#all.splice(0).map(({ shell }) => shell);
  }

  remove(shell: Shell): void {
    const at = this.#all.findIndex((entry) => entry.shell === shell);
    if (at >= 0) this.#all.splice(at, 1);
  }

  signal(name: NodeJS.Signals): void {
    for (const { shell } of this.#all) shell.signal(name);
  }
}
