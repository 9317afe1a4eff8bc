import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createFolder } from "../folder.ts";
import { freePort } from "../free-port.ts";
import { endDaemon, spawnDaemon } from "./daemon.ts";

const READY_MS = 30_000;
const STEP_MS = 100;

export interface PrometheusOptions {
  /** `host:port` of what is scraped besides Prometheus itself and a target that is down. */
  readonly targets?: readonly string[];
  /** A file of rules, by its absolute path. */
  readonly rules?: string;
}

/** A series that was found, or a number without labels. */
interface Found {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus that has scraped itself, and a target that is down. */
export class Prometheus implements AsyncDisposable {
  readonly port: number;
  /** The port of the target that is down. */
  readonly downPort: number;
  readonly #process: ChildProcess;
  readonly #folder: Disposable;

  private constructor(
    { port, down }: { readonly port: number; readonly down: number },
    process: ChildProcess,
    folder: Disposable,
  ) {
    this.port = port;
    this.downPort = down;
    this.#process = process;
    this.#folder = folder;
  }

  static async start({ targets = [], rules }: PrometheusOptions = {}): Promise<Prometheus> {
    const [port, down] = [await freePort(), await freePort()];
    const folder = createFolder();
    const all = [`127.0.0.1:${port}`, `127.0.0.1:${down}`, ...targets];
    const file = join(folder.path, "prometheus.yml");
    const job = { job_name: "prometheus", static_configs: [{ targets: all }] };
    const times = { scrape_interval: "1s", evaluation_interval: "1s" };
    // JSON is YAML, too.
    writeFileSync(
      file,
      JSON.stringify({ global: times, scrape_configs: [job], rule_files: rules ? [rules] : [] }),
    );
    const data = `--storage.tsdb.path=${folder.path}/data`;
    const words = [`--config.file=${file}`, data, `--web.listen-address=127.0.0.1:${port}`];
    const child = spawnDaemon("prometheus", words, { stdio: "ignore" });
    const started = new Prometheus({ port, down }, child, folder);
    try {
      await started.#whenScraped(all.length);
      return started;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Rejects with Prometheus' own words if the query is wrong. */
  async query(expr: string): Promise<readonly Found[]> {
    const { resultType, result } = (await this.get(`query?query=${encodeURIComponent(expr)}`)) as {
      resultType: string;
      result: { metric: Record<string, string>; value: [number, string] }[];
    };
    if (resultType !== "vector") return [{ labels: {}, value: Number(result[1]) }];
    return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** What the HTTP API tells at `/api/v1/PATH`. */
  async get(path: string): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/api/v1/${path}`);
    const { status, error, data } = (await answer.json()) as {
      status: string;
      error?: string;
      data: unknown;
    };
    if (status !== "success") throw new Error(error);
    return data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endDaemon(this.#process, "SIGTERM");
    this.#folder[Symbol.dispose]();
  }

  /** All targets have a value then. */
  async #whenScraped(targets: number): Promise<void> {
    for (let left = READY_MS; left > 0; left -= STEP_MS) {
      const [found] = await this.query("count(up)").catch(() => []);
      if (found?.value === targets) return;
      await pause(STEP_MS);
    }
    throw new Error("Prometheus has not scraped its targets");
  }
}
