import { readVersion } from "../../../src/gearman/admin.ts";
import { freePort } from "../free-port.ts";
import { endDaemon, spawnDaemon, untilReady } from "../servers/daemon.ts";

export interface GearmandOptions {
  readonly port?: number;
  readonly args?: readonly string[];
  /** How long it may take until it answers. With a queue of its own it reads that first. */
  readonly withinMs?: number;
  /** Another one than Debian's. */
  readonly program?: string | undefined;
  /** Resolves when it is ready. Absent: when it answers without TLS. */
  readonly ask?: () => Promise<unknown>;
}

export interface Gearmand {
  readonly port: number;
  readonly pid: number;
  /** It accepts connections from now on, and says nothing. */
  hang(): void;
  /** It works again, and has all that came meanwhile. */
  goOn(): void;
  stop(): Promise<void>;
  /** Ends it as a crash does: no connection is closed in order, no job is kept. */
  kill9(): Promise<void>;
}

const HOST = "127.0.0.1";

/** Starts a gearmand for one test, Debian's if no other is named. Resolves when it is ready. */
export async function startGearmand(options: GearmandOptions = {}): Promise<Gearmand> {
  const { port = await freePort(), args = [], withinMs, program = "gearmand" } = options;
  // No --job-retries: 0 means "no limit" to 1.1.20 and "no second try" to 2.0. Without it, both have no
  // limit.
  const child = spawnDaemon(program, ["-p", `${port}`, "-L", HOST, "--log-file=stderr", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const log: Buffer[] = [];
  child.stderr?.on("data", (chunk: Buffer) => log.push(chunk));

  const { ask = () => readVersion({ host: HOST, port }) } = options;
  await untilReady(child, ask, withinMs).catch(async (error: unknown) => {
    await endDaemon(child, "SIGKILL");
    throw new Error(`gearmand does not start: ${Buffer.concat(log)}`, { cause: error });
  });
  return {
    port,
    pid: child.pid ?? 0,
    hang: () => child.kill("SIGSTOP"),
    goOn: () => child.kill("SIGCONT"),
    stop: () => endDaemon(child, "SIGTERM"),
    kill9: () => endDaemon(child, "SIGKILL"),
  };
}
