import { spawn } from "node:child_process";
import type { Io } from "../io.ts";

/** Not of the form of an option in the environment. */
const MARK = "OMDWORKER_IN_BACKGROUND";

/** The message from the process in the background to the one that started it. */
type LaunchMessage = { readonly ready: true } | { readonly failed: string };

/** Whether this process is the one in the background. */
export function isDaemon(env: Io["env"]): boolean {
  return env[MARK] !== undefined;
}

/** Plugins must not inherit the mark: a worker that one of them starts would stay in its foreground. */
export function forgetMark(): void {
  delete process.env[MARK];
}

/**
 * Starts this program again in the background and waits until it is up: a pid file is there, and errors were
 * shown, when the launching command returns.
 */
export function startDaemon(io: Io): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: { ...io.env, [MARK]: "1" },
  });
  return new Promise((resolve) => {
    const done = (exitCode: number, text = "") => {
      if (text !== "") io.stderr(`${text}\n`);
      if (child.connected) child.disconnect();
      child.unref();
      resolve(exitCode);
    };
    child.once("message", (message: LaunchMessage) =>
      "ready" in message ? done(0) : done(1, message.failed),
    );
    child.once("exit", (code) => done(code ?? 1, "the worker ended while it was starting"));
    child.once("error", (error) => done(1, `cannot start in the background: ${error.message}`));
  });
}

/** Tells the launching process that the worker is up, or why it could not start. */
export function tellLauncher(message: LaunchMessage): void {
  if (process.send === undefined) return;
  process.send(message, () => process.connected && process.disconnect());
}
