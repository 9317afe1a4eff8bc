import { rename, rm, writeFile } from "node:fs/promises";
import type { Log } from "../log.ts";
import type { ShadowReport } from "../run/shadow.ts";

/** What is in the file. */
export interface WrittenReport extends ShadowReport {
  readonly written: string;
}

export interface ShadowFileOptions {
  readonly read: () => ShadowReport;
  readonly log: Pick<Log, "error">;
  readonly everyMs?: number;
}

/** Keeps the report of the shadow mode in a file. Life: made → configured* → stopped. */
export class ShadowFile {
  readonly #options: ShadowFileOptions;
  #path: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(options: ShadowFileOptions) {
    this.#options = options;
  }

  configure(path: string | undefined): void {
    this.#path = path;
    clearInterval(this.#timer);
    const { everyMs = 60_000 } = this.#options;
    this.#timer = path === undefined ? undefined : setInterval(this.#write, everyMs).unref();
  }

  /** Writes a last time. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#write();
  }

  /** One after the other. */
  readonly #write = (): Promise<void> => {
    this.#written = this.#written.then(() =>
      this.#path === undefined ? undefined : this.#writeTo(this.#path),
    );
    return this.#written;
  };

  /** A reader never sees half a file, nobody else sees what plugins said, and no link of others leads it elsewhere. */
  async #writeTo(path: string): Promise<void> {
    const report: WrittenReport = { written: new Date().toISOString(), ...this.#options.read() };
    try {
      await rm(`${path}.new`, { force: true });
      const text = `${JSON.stringify(report, undefined, 2)}\n`;
      await writeFile(`${path}.new`, text, { mode: 0o600, flag: "wx" });
      await rename(`${path}.new`, path);
    } catch (error) {
      this.#options.log.error({ err: error }, "cannot write shadow_file");
    }
  }
}
