import { chmodSync, chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, vi } from "vitest";
import { readStatus } from "../../src/gearman/admin.ts";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { Core } from "../../test/e2e/core.ts";
import { createFolder } from "../../test/support/folder.ts";
import { type Gearmand, startGearmand } from "../../test/support/gearman/gearmand.ts";
import { cpuOf } from "./cgroup.ts";
import { ageOf, type Container, type RunOptions } from "./container.ts";
import { jobFor, variablesOf } from "./queues.ts";

type Folder = ReturnType<typeof createFolder>;

const KEY = "a key of the acceptance test";
const USER = 10001;
const ASK_EVERY_MS = 5;
export const PATIENCE = { timeout: 60_000, interval: 50 };

/** A gearmand, its key in a file, and what pools need to take jobs from it. */
export class PoolSite implements AsyncDisposable {
  readonly #gearmand: Gearmand;
  readonly #folder: Folder;

  private constructor(gearmand: Gearmand, folder: Folder) {
    this.#gearmand = gearmand;
    this.#folder = folder;
    writeFileSync(this.keyFile, `${KEY}\n`, { mode: 0o440 });
    // For the user of the images, and for any user of the group 0.
    chownSync(this.keyFile, USER, 0);
    chmodSync(folder.path, 0o755);
  }

  static async start(): Promise<PoolSite> {
    return new PoolSite(await startGearmand(), createFolder());
  }

  get port(): number {
    return this.#gearmand.port;
  }

  get keyFile(): string {
    return join(this.#folder.path, "gearman.key");
  }

  openCore(): Core {
    const key = keyFromPassword(Buffer.from(KEY));
    return new Core({ port: this.port, envelope: createEnvelope({ encryption: true, key }) });
  }

  /** Of a worker that is configured by the environment alone. */
  options(queues: readonly string[], { env, flags = [], ...more }: RunOptions = {}): RunOptions {
    return {
      env: {
        OMD_WORKER_SERVER: `127.0.0.1:${this.port}`,
        OMD_WORKER_KEYFILE: "/run/secrets/gearman.key",
        ...variablesOf(queues),
        OMD_WORKER_DEBUG: "1",
        ...env,
      },
      flags: ["--network", "host", "--volume", `${this.keyFile}:/run/secrets/gearman.key:ro`, ...flags],
      ...more,
    };
  }

  /** What gearmand says of a queue: the number of its workers, and of jobs that they have. */
  async statusOf(queue: string): Promise<{ readonly workers: number; readonly running: number }> {
    const rows = await readStatus({ host: "127.0.0.1", port: this.port });
    return rows.find((row) => row.queue === queue) ?? { workers: 0, running: 0 };
  }

  async underWay(queue: string, jobs: number): Promise<void> {
    await vi.waitFor(async () => expect((await this.statusOf(queue)).running).toBe(jobs), PATIENCE);
  }

  /** Seconds from the start of its first process until it has registered, and of CPU meanwhile. */
  async registered(
    container: Container,
    queue: string,
  ): Promise<{ readonly seconds: number; readonly cpu: number }> {
    const pid = await container.pid();
    for (const end = performance.now() + PATIENCE.timeout; performance.now() < end; await pause(ASK_EVERY_MS))
      if ((await this.statusOf(queue)).workers > 0) return { seconds: ageOf(pid), cpu: cpuOf(pid) };
    throw new Error(`${queue} has not registered: ${await container.logs()}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gearmand.stop();
    this.#folder[Symbol.dispose]();
  }
}

/** Takes the answers of the core for these commands, by their numbers. */
export async function ask(
  core: Core,
  queue: string,
  commands: readonly string[],
): Promise<readonly string[]> {
  core.results.splice(0);
  await core.submit(queue, ...commands.map((command, at) => jobFor(queue, at, command)));
  await core.collected(commands.length, PATIENCE);
  const byNumber = core.results.map(
    ({ fields }) => [Number(fields.get("host_name")), fields.get("output") ?? ""] as const,
  );
  return byNumber.toSorted(([one], [other]) => one - other).map(([, output]) => output);
}
