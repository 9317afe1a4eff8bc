import { readFile, rename, writeFile } from "node:fs/promises";

/** What a source remembers over restarts: a small file of JSON, which is replaced as a whole. */
export class StateFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Undefined: nothing is remembered, or nobody can read it. */
  async read(): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#path, "utf8"));
    } catch {
      return undefined;
    }
  }

  async write(state: unknown): Promise<void> {
    const unfinished = `${this.#path}.new`;
    await writeFile(unfinished, JSON.stringify(state), { mode: 0o600 });
    await rename(unfinished, this.#path);
  }
}
