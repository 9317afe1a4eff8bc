import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { readVersion } from "../../../src/gearman/admin.ts";
import { freePort } from "../free-port.ts";

export interface GearmandOptions {
  readonly port?: number;
  readonly args?: readonly string[];
}

export interface Gearmand {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
  /** As a crash does: no connection is closed in order, no job is kept. */
  kill9(): Promise<void>;
}

const HOST = "127.0.0.1";
const START_WITHIN_MS = 10_000;
const ASK_EVERY_MS = 10;

/** A gearmand of its own for a test, Debian's. Ready when it resolves. */
export async function startGearmand(options: GearmandOptions = {}): Promise<Gearmand> {
  const { port = await freePort(), args = [] } = options;
  // No --job-retries: 0 means "no limit" to 1.1.20 and "no second try" to 2.0. Without it, both have no limit.
  const { PATH = "" } = process.env;
  const child = spawn("gearmand", ["-p", `${port}`, "-L", HOST, "--log-file=stderr", ...args], {
    // Debian installs it in /usr/sbin, which is not in everybody's PATH.
    env: { ...process.env, PATH: `${PATH}:/usr/sbin` },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const log: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => log.push(chunk));
  const killWithUs = () => child.kill("SIGKILL");
  process.once("exit", killWithUs);
  child.once("exit", () => process.off("exit", killWithUs));

  await ready(child, port).catch(async (error: unknown) => {
    await end(child, "SIGKILL");
    throw new Error(`gearmand does not start: ${Buffer.concat(log)}`, { cause: error });
  });
  return {
    port,
    pid: child.pid ?? 0,
    stop: () => end(child, "SIGTERM"),
    kill9: () => end(child, "SIGKILL"),
  };
}

async function ready(child: ChildProcess, port: number): Promise<void> {
  const failed = once(child, "error").then(([error]) => Promise.reject(error));
  failed.catch(() => {});
  const end = performance.now() + START_WITHIN_MS;
  for (;;) {
    try {
      await Promise.race([readVersion({ host: HOST, port }), failed]);
      return;
    } catch (error) {
      if (child.pid === undefined || child.exitCode !== null || performance.now() > end) throw error;
      await pause(ASK_EVERY_MS);
    }
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}
