import { type FSWatcher, watch } from "node:fs";

export interface FolderWatchOptions {
  readonly folders: readonly string[];
  /** Called when something may have changed. */
  readonly onChange: () => void;
  readonly pollMs?: number;
  readonly settleMs?: number;
}

/** The kernel reports no changes on network file systems, or of a folder that is created later. */
const POLL_MS = 5000;
/** Waits this long after a change, because an editor writes a file in several steps. */
const SETTLE_MS = 100;

/** Reports changes in folders, at once or some seconds later. It keeps no process alive. */
export class FolderWatch implements Disposable {
  readonly #onChange: () => void;
  readonly #settleMs: number;
  readonly #watchers: readonly FSWatcher[];
  readonly #poll: NodeJS.Timeout;
  #settling: NodeJS.Timeout | undefined;

  constructor({ folders, onChange, pollMs = POLL_MS, settleMs = SETTLE_MS }: FolderWatchOptions) {
    this.#onChange = onChange;
    this.#settleMs = settleMs;
    this.#watchers = folders.flatMap((folder) => this.#watch(folder) ?? []);
    this.#poll = setInterval(onChange, pollMs).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#poll);
    clearTimeout(this.#settling);
    for (const watcher of this.#watchers) watcher.close();
  }

  #watch(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, { persistent: false }, this.#changed);
      return watcher.on("error", () => watcher.close());
    } catch {
      return undefined;
    }
  }

  readonly #changed = (): void => {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(this.#onChange, this.#settleMs).unref();
  };
}
