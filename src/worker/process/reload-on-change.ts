import { dirname } from "node:path";
import type { Sources } from "../../config/read/sources.ts";
import { FolderWatch, type FolderWatchOptions } from "../../run/site/folder-watch.ts";

/** What the watch asks of the sources of the configuration. */
export type WatchedSources = Pick<Sources, "files" | "folders" | "look" | "read">;

export interface ReloadOnChangeOptions {
  readonly sources: WatchedSources;
  /** Reads the configuration again. */
  readonly reload: () => void;
  readonly watching?: Pick<FolderWatchOptions, "pollMs" | "settleMs">;
}

const SETTLE_MS = 250;

/**
 * Reloads when what a configuration was read from has changed. Folders are watched, not files: an editor
 * puts a new file in the place of the old one, and Kubernetes exchanges the folder behind the link `..data`.
 * Only a change of content counts, as the folder may hold other files, too, such as the log. It must be the
 * same at two looks, as a file may be half written at the first one. What could not be used is not tried
 * again until it changes.
 *
 * Life: made → follow after each reading → disposed of.
 */
export class ReloadOnChange implements Disposable {
  readonly #sources: WatchedSources;
  readonly #reload: () => void;
  readonly #watching: Pick<FolderWatchOptions, "pollMs"> & { readonly settleMs: number };
  #watch: FolderWatch | undefined;
  #again: NodeJS.Timeout | undefined;
  #seen = "";
  #pending: string | undefined;

  constructor({ sources, reload, watching = {} }: ReloadOnChangeOptions) {
    this.#sources = sources;
    this.#reload = reload;
    this.#watching = { settleMs: SETTLE_MS, ...watching };
  }

  /** To be called when the configuration was read. `isOn` is whether to watch what it was read from. */
  follow(isOn: boolean): void {
    this[Symbol.dispose]();
    this.#pending = undefined;
    if (!isOn) return;
    const { files, folders, read } = this.#sources;
    this.#seen = read;
    this.#watch = new FolderWatch({
      folders: [...new Set([...files.map((path) => dirname(path)), ...folders])],
      onChange: this.#look,
      ...this.#watching,
    });
    // What has changed since it was read made no event.
    this.#look();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#again);
    this.#watch?.[Symbol.dispose]();
    this.#watch = undefined;
  }

  readonly #look = (): void => {
    clearTimeout(this.#again);
    const now = this.#sources.look();
    if (now === this.#seen) {
      this.#pending = undefined;
    } else if (now === this.#pending) {
      this.#reload();
    } else {
      this.#pending = now;
      this.#again = setTimeout(this.#look, this.#watching.settleMs).unref();
    }
  };
}
