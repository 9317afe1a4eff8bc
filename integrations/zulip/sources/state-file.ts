import { open, readFile, rename } from "node:fs/promises";
import { errorCode } from "../../../src/error-text.ts";

/** What a source remembers over restarts: a small file of JSON, which is replaced as a whole. */
export class StateFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Undefined: nothing is remembered, or it is no JSON. Throws the system's error: what the disk does not
   * give now must not be taken for forgotten.
   */
  async read(): Promise<unknown> {
    const text = await readFile(this.#path, "utf8").catch((error: unknown) => {
      if (errorCode(error) === "ENOENT") return "";
      throw error;
    });
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  async write(state: unknown): Promise<void> {
    const unfinished = `${this.#path}.new`;
    const file = await open(unfinished, "w", 0o600);
    try {
      await file.writeFile(JSON.stringify(state));
      await file.datasync(); // or the new name may be on the disk before what is in it
    } finally {
      await file.close();
    }
    await rename(unfinished, this.#path);
  }
}
