import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createFolder } from "../folder.ts";
import { freePort } from "../free-port.ts";
import { endDaemon, spawnDaemon } from "./daemon.ts";

const READY_MS = 30_000;
const STEP_MS = 100;

/** A Prometheus that has scraped itself, and a target that is down. */
export class Prometheus implements AsyncDisposable {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #folder: Disposable;

  private constructor(port: number, process: ChildProcess, folder: Disposable) {
    this.port = port;
    this.#process = process;
    this.#folder = folder;
  }

  static async start(): Promise<Prometheus> {
    const [port, down] = [await freePort(), await freePort()];
    const folder = createFolder();
    const targets = `['127.0.0.1:${port}', '127.0.0.1:${down}']`;
    const file = join(folder.path, "prometheus.yml");
    const job = `{job_name: prometheus, static_configs: [{targets: ${targets}}]}`;
    writeFileSync(file, `global: {scrape_interval: 1s}\nscrape_configs: [${job}]\n`);
    const data = `--storage.tsdb.path=${folder.path}/data`;
    const words = [`--config.file=${file}`, data, `--web.listen-address=127.0.0.1:${port}`];
    const started = new Prometheus(port, spawnDaemon("prometheus", words, { stdio: "ignore" }), folder);
    try {
      await started.#whenScraped();
      return started;
    } catch (error) {
      await started[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endDaemon(this.#process, "SIGTERM");
    this.#folder[Symbol.dispose]();
  }

  /** Both targets have a value then. */
  async #whenScraped(): Promise<void> {
    const url = `http://127.0.0.1:${this.port}/api/v1/query?query=${encodeURIComponent("count(up)")}`;
    for (let left = READY_MS; left > 0; left -= STEP_MS) {
      const text = await fetch(url).then(
        (answer) => answer.text(),
        () => "",
      );
      if (text.includes('"2"')) return;
      await pause(STEP_MS);
    }
    throw new Error("Prometheus has not scraped its targets");
  }
}
