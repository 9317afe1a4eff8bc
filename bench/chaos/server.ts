import { freePort } from "../../test/support/free-port.ts";
import { type Gearmand, type GearmandOptions, startGearmand } from "../../test/support/gearman/gearmand.ts";
import { type Pki, tlsServerOptions } from "../../test/support/gearman/tls-gearmand.ts";
import { uptime } from "./ledger.ts";
import type { Span } from "./verdict.ts";

/** How the job server came back. */
export interface ServerStarts {
  readonly slowestMs: number;
  /** Starts that did not answer in time. Each was killed, and another one followed. */
  readonly failed: number;
}

const END_WITHIN_MS = 30_000;
/**
 * gearmand reads its queue before it answers: on a quiet machine 27,000 jobs take a second, 109,000 thirteen.
 * A busy machine takes many times that.
 */
const ANSWER_WITHIN_MS = 120_000;
/** What does not start so often will not start at all. */
const MOST_STARTS = 5;

/** A gearmand that keeps its jobs in a file, so that none is lost with it. */
export class ChaosServer implements AsyncDisposable {
  /** When connections were lost. */
  readonly lost: Span[] = [];
  /** When it took nothing: from its loss until it answered again, or while it was stopped. */
  readonly away: Span[] = [];
  readonly port: number;
  readonly #options: GearmandOptions;
  readonly #tell: (line: string) => void;
  #gearmand: Gearmand;
  #awayFrom = 0;
  #slowestMs = 0;
  #failed = 0;

  private constructor(gearmand: Gearmand, options: GearmandOptions, tell: (line: string) => void) {
    this.#gearmand = gearmand;
    this.#options = options;
    this.#tell = tell;
    this.port = gearmand.port;
  }

  static async start(file: string, tell: (line: string) => void, pki?: Pki): Promise<ChaosServer> {
    const args = ["--queue-type=libsqlite3", `--libsqlite3-db=${file}`];
    const port = await freePort();
    const options = { args, port, ...(pki && tlsServerOptions(pki, port, args)) };
    return new ChaosServer(await startGearmand(options), options, tell);
  }

  get starts(): ServerStarts {
    return { slowestMs: this.#slowestMs, failed: this.#failed };
  }

  /** One that does not answer is killed, told and started again. It keeps its jobs. */
  async start(): Promise<void> {
    for (;;) {
      const begin = performance.now();
      const from = uptime();
      try {
        this.#gearmand = await startGearmand({ ...this.#options, withinMs: ANSWER_WITHIN_MS });
        this.#slowestMs = Math.max(this.#slowestMs, performance.now() - begin);
        this.#isBack();
        return;
      } catch (error) {
        this.lost.push({ from, to: uptime() });
        this.#failed += 1;
        this.#tell(
          `gearmand did not answer ${((performance.now() - begin) / 1000).toFixed(1)} s after a start`,
        );
        if (this.#failed >= MOST_STARTS) throw error;
      }
    }
  }

  async kill(): Promise<void> {
    await this.#lose(() => this.#gearmand.kill9());
  }

  /** One that does not end is killed after a while, as a service manager does. */
  async end(): Promise<void> {
    const gearmand = this.#gearmand;
    const late = setTimeout(() => void gearmand.kill9(), END_WITHIN_MS);
    await this.#lose(() => gearmand.stop());
    clearTimeout(late);
  }

  async #lose(end: () => Promise<void>): Promise<void> {
    const from = uptime();
    this.#awayFrom = from;
    await end();
    this.lost.push({ from, to: uptime() });
  }

  stop(): void {
    this.#awayFrom = uptime();
    this.#gearmand.hang();
  }

  goOn(): void {
    this.#gearmand.goOn();
    this.#isBack();
  }

  #isBack(): void {
    this.away.push({ from: this.#awayFrom, to: uptime() });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#gearmand.kill9();
  }
}
