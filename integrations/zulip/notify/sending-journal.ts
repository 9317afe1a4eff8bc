import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isShortage, SpoolFolderError } from "../../spool/spool-folder.ts";
import type { Batch } from "./plan.ts";

/** What was about to be sent when the file was written. */
interface Begun {
  /** Messages up to this id were there before. */
  readonly after: number;
  readonly batch: Batch;
}

const NAME = "sending.json";

/**
 * Remembers in a file what is being sent, so that a notifier that was killed looks whether the message has
 * arrived. There is no file while nothing is sent: texts of messages are not kept. Its name is none of an
 * entry.
 */
export class SendingJournal {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, NAME);
  }

  /** A text says why that cannot be written. Then a notifier that is killed may send a message twice. */
  async begin(batch: Batch, after: number): Promise<string | undefined> {
    const begun: Begun = { after, batch };
    const unfinished = `${this.#path}.new`;
    try {
      await writeFile(unfinished, JSON.stringify(begun), { mode: 0o600 });
      await rename(unfinished, this.#path);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** It has ended, and its entries are gone. */
  async end(): Promise<void> {
    // Where it cannot be removed it cannot be written either, and `begin` says why.
    for (const path of [this.#path, `${this.#path}.new`]) await rm(path, { force: true }).catch(() => {});
  }

  /** What the notifier before began last, if it was ended before it had ended that. */
  async read(): Promise<Begun | undefined> {
    try {
      const value: unknown = JSON.parse(await readFile(this.#path, "utf8"));
      return isBegun(value) ? value : undefined;
    } catch (error) {
      if (isShortage(error)) throw new SpoolFolderError("cannot read what was being sent", { cause: error });
      return undefined;
    }
  }
}

function isBegun(value: unknown): value is Begun {
  const { after, batch } = Object(value) as Partial<Begun>;
  const { entries, stream, topic, content } = Object(batch) as Partial<Batch>;
  const areTexts = [stream, topic, content].every((text) => typeof text === "string");
  return typeof after === "number" && areTexts && Array.isArray(entries);
}
