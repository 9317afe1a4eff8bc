import type { Log } from "../../../src/log.ts";
import { DealtEntries } from "../../spool/dealt-entries.ts";
import { isShortage, type SpoolEntry, SpoolFolder } from "../../spool/spool-folder.ts";
import type { Batch } from "./batch.ts";

/** A batch of the spool. */
export interface KeptBatch extends Batch {
  readonly entry: SpoolEntry;
}

const MAX_ENTRIES = 100_000;
const GZIP = Buffer.from([0x1f, 0x8b]);
/** How many lines the batch has, before its packed bytes. */
const HEAD = /^[0-9]{1,9}\n/;

/**
 * The batches that a target has not taken, in a folder of its own. A file is there whole and on the disk
 * before the jobs of its lines are completed. It is removed when the target has the lines, so after a crash
 * they may be written twice, which changes nothing.
 */
export class Backlog {
  readonly #spool: SpoolFolder;
  readonly #dealt: DealtEntries;
  readonly #log: Log;
  /** The oldest first. */
  readonly #entries: SpoolEntry[];
  #bytes: number;

  private constructor(spool: SpoolFolder, entries: readonly SpoolEntry[], log: Log) {
    this.#spool = spool;
    this.#log = log;
    const { folder } = spool;
    this.#dealt = new DealtEntries({
      spool,
      onStuck: (err) => log.error({ err, folder }, "batches that were dealt with stay in the spool"),
      onFreed: () => log.info({ folder }, "batches are taken out of the spool again"),
    });
    this.#entries = [...entries];
    this.#bytes = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Throws a `SpoolFolderError`. */
  static async open(folder: string, maxBytes: number, log: Log): Promise<Backlog> {
    const spool = await SpoolFolder.open(folder, { entries: MAX_ENTRIES, bytes: maxBytes, isOwn: true });
    await spool.clean();
    return new Backlog(spool, await spool.list(), log);
  }

  /** Batches that wait, those under way included. */
  get entries(): number {
    return this.#entries.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** When the oldest was kept, in milliseconds since the epoch. */
  get oldest(): number | undefined {
    return this.#entries[0]?.time;
  }

  /** False: there is no room, or it cannot be written, which the log says. */
  async keep({ lines, body }: Batch): Promise<boolean> {
    try {
      const entry = await this.#spool.put(Buffer.concat([Buffer.from(`${lines}\n`), body]));
      if (entry === undefined) return false;
      this.#entries.push(entry);
      this.#bytes += entry.bytes;
      return true;
    } catch (error) {
      this.#log.error({ err: error, folder: this.#spool.folder }, "cannot write to the spool");
      return false;
    }
  }

  /** The oldest of which `isUnderWay` is false. Throws a `SpoolFolderError` where waiting may help. */
  async next(isUnderWay: (entry: SpoolEntry) => boolean): Promise<KeptBatch | undefined> {
    for (;;) {
      const entry = this.#entries.find((each) => !isUnderWay(each));
      if (entry === undefined) return undefined;
      const content = await this.#read(entry);
      const [head] = HEAD.exec(content?.toString("latin1", 0, 16) ?? "") ?? [];
      const body = content?.subarray(head?.length ?? 0);
      if (head !== undefined && body?.subarray(0, GZIP.length).equals(GZIP))
        return { entry, lines: Number.parseInt(head, 10), body };
      if (content === undefined) this.#forget(entry);
      else await this.setAside(entry);
    }
  }

  async remove(entry: SpoolEntry): Promise<void> {
    this.#forget(entry);
    await this.#dealt.retry();
    await this.#dealt.remove(entry);
  }

  /** It is no batch. */
  async setAside(entry: SpoolEntry): Promise<void> {
    this.#forget(entry);
    const path = await this.#dealt.setAside(entry);
    this.#log.warn({ path }, "a file of the spool is no batch, and is set aside");
    await this.#spool.clean().catch((err: unknown) => this.#log.warn({ err }, "the spool is not tidied"));
  }

  /** Undefined: it is not there any more. Empty: the disk does not give it. */
  async #read(entry: SpoolEntry): Promise<Buffer | undefined> {
    try {
      return await this.#spool.read(entry);
    } catch (error) {
      if (isShortage(error)) throw error;
      this.#log.error({ err: error, entry: entry.name }, "cannot read the spool");
      return Buffer.alloc(0);
    }
  }

  #forget(entry: SpoolEntry): void {
    const at = this.#entries.indexOf(entry);
    if (at === -1) return;
    this.#entries.splice(at, 1);
    this.#bytes -= entry.bytes;
  }
}
