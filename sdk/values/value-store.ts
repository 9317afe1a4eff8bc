import { join } from "node:path";
import type { Shared, SharedContext } from "../check.ts";
import { NATIVE_VALUES_FOLDER } from "./settings.ts";
import { type Lines, type Remembered, readLines, writeLines } from "./value-file.ts";

interface ValueStoreOptions {
  /** Undefined: what is remembered ends with the worker. It may change while the worker runs. */
  readonly folder: () => string | undefined;
  /** Writes a line that an operator should see. */
  readonly warn: SharedContext["warn"];
  readonly writeAfterMs?: number;
}

/** More command lines of one check than any site has. The oldest one is forgotten. */
const MAX_LINES = 20_000;
/** A run changes a few values of many, and the file is written as a whole. */
const WRITE_AFTER_MS = 5000;

/**
 * What the checks of this process remember. With a folder each check has a file there, which is read when the
 * check asks first, and written some seconds after a change and at the end.
 */
export class ValueStore implements AsyncDisposable {
  readonly #options: ValueStoreOptions;
  readonly #checks = new Map<string, Lines>();
  readonly #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(options: ValueStoreOptions) {
    this.#options = options;
  }

  read(check: string, line: string): Remembered {
    return this.#linesOf(check).get(line) ?? {};
  }

  write(check: string, line: string, remembered: Remembered): void {
    const lines = this.#linesOf(check);
    lines.delete(line);
    lines.set(line, remembered);
    const [oldest] = lines.keys();
    if (lines.size > MAX_LINES && oldest !== undefined) lines.delete(oldest);
    if (this.#options.folder() === undefined) return;
    this.#changed.add(check);
    const { writeAfterMs = WRITE_AFTER_MS } = this.#options;
    this.#timer ??= setTimeout(() => this.#flush(), writeAfterMs).unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flush();
  }

  #linesOf(check: string): Lines {
    const known = this.#checks.get(check);
    if (known !== undefined) return known;
    const lines = this.#load(check);
    this.#checks.set(check, lines);
    return lines;
  }

  /** A file that cannot be read is written anew. */
  #load(check: string): Lines {
    const path = this.#pathOf(check);
    try {
      return path === undefined ? new Map() : readLines(path);
    } catch (error) {
      this.#options.warn(`what ${check} remembered is lost: ${describe(error)}`);
      return new Map();
    }
  }

  #pathOf(check: string): string | undefined {
    const folder = this.#options.folder();
    return folder === undefined ? undefined : join(folder, `${check}.json`);
  }

  /** One write after the other. Never rejects. */
  #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const check of changed) this.#written = this.#written.then(() => this.#save(check));
    return this.#written;
  }

  async #save(check: string): Promise<void> {
    const path = this.#pathOf(check);
    const lines = this.#checks.get(check);
    if (path === undefined || lines === undefined) return;
    await writeLines(path, lines).catch((error: unknown) => {
      this.#options.warn(`what ${check} remembers is not written: ${describe(error)}`);
    });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}

/** The one store of all checks of this process. It outlives an exchange of a site's file. */
export const VALUES: Shared<ValueStore> = {
  name: "values",
  create: ({ warn, setting }) => new ValueStore({ warn, folder: () => setting(NATIVE_VALUES_FOLDER) }),
};
