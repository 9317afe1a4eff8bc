import { rename, rm, writeFile } from "node:fs/promises";
import type { Log } from "../../log.ts";
import type { ShadowReport } from "../../run/shadow.ts";

/** The content of the file. */
export interface WrittenReport extends ShadowReport {
  readonly written: string;
}

export interface ShadowFileOptions {
  readonly read: () => ShadowReport;
  readonly log: Pick<Log, "error">;
  readonly everyMs?: number;
}

/** Writes the report of the shadow mode to a file every minute. Life: made → (configured)* → stopped. */
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

  /** Writes the report a last time. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#write();
  }

  /** Writes happen one after the other. */
  readonly #write = (): Promise<void> => {
    this.#written = this.#written.then(() =>
      this.#path === undefined ? undefined : this.#writeTo(this.#path),
    );
    return this.#written;
  };

  /**
   * Readers never see half a file, other users cannot read what plugins printed, and a symbolic link made by
   * another user is not followed.
   */
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
