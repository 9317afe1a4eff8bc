import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const START_WITHIN_MS = 10_000;
const ASK_EVERY_MS = 10;

export interface DaemonOptions extends Pick<SpawnOptions, "env" | "stdio" | "uid" | "gid"> {
  /** What ends the daemon when this process exits before it has stopped the daemon. */
  readonly atExit?: NodeJS.Signals;
}

/** The daemons of this process, and the signal that ends each of them with it. */
const running = new Map<ChildProcess, NodeJS.Signals>();
process.once("exit", () => {
  for (const [child, signal] of running) child.kill(signal);
});

/** Starts a server program of Debian. It ends with this process, even when a test does not stop it. */
export function spawnDaemon(
  program: string,
  args: readonly string[],
  { env = process.env, atExit = "SIGKILL", ...options }: DaemonOptions,
): ChildProcess {
  const { PATH = "" } = process.env;
  // Debian installs servers in /usr/sbin, which is not in the PATH of every user.
  const child = spawn(program, args, { ...options, env: { ...env, PATH: `${PATH}:/usr/sbin` } });
  running.set(child, atExit);
  child.once("exit", () => running.delete(child));
  return child;
}

/**
 * Asks until `ask` resolves. An error when the daemon ends before, or takes too long; its cause is the last
 * answer.
 */
export async function untilReady(
  child: ChildProcess,
  ask: () => Promise<unknown>,
  withinMs = START_WITHIN_MS,
): Promise<void> {
  const failed = once(child, "error").then(([error]) => Promise.reject(error));
  failed.catch(() => {});
  const end = performance.now() + withinMs;
  for (;;) {
    try {
      await Promise.race([ask(), failed]);
      return;
    } catch (error) {
      if (child.pid === undefined || hasEnded(child) || performance.now() > end) throw error;
      await pause(ASK_EVERY_MS);
    }
  }
}

/** Resolves when something accepts connections at this port of 127.0.0.1. */
export async function canConnect(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
  } finally {
    socket.destroy();
  }
}

/** Ends a daemon that runs, and waits for its exit; `close` also waits for the last of its output. */
export async function endDaemon(
  child: ChildProcess,
  signal: NodeJS.Signals,
  event: "exit" | "close" = "exit",
): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = once(child, event);
  child.kill(signal);
  await ended;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
