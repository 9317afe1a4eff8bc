import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Executor, type ExecutorOptions } from "../../src/executor/executor.ts";
import type { Outcome } from "../../src/outcome/outcome.ts";

const TIMEOUT = 20;
const PLUGINS = join(import.meta.dirname, "../fixtures/plugins");

export type Via = "plugin" | "shell";
export const VIAS: readonly Via[] = ["plugin", "shell"];

/** A started pool of one warm shell, or as the options say. `await using` ends it. */
export async function startShells(options: Partial<ExecutorOptions> = {}) {
  const warnings: { readonly fields: unknown; readonly message: unknown }[] = [];
  const note = (fields: unknown, message?: unknown) => void warnings.push({ fields, message });
  const ignore = () => {};
  const log = { trace: ignore, debug: ignore, info: ignore, warn: note, error: note };
  const shells = new Executor({ log, warm: 1, idleTimeout: 0, ...options });
  await shells.start();
  await shells.warmUp();
  const plugin = (argv: readonly string[], timeout = TIMEOUT) =>
    shells.run({ via: "plugin", argv, env: [] }, timeout);
  const line = (commandLine: string, timeout = TIMEOUT) =>
    shells.run({ via: "shell", commandLine, env: [] }, timeout);
  return {
    shells,
    /** How many shells there are, busy or idle. */
    countShells: () => shells.status.shells.busy + shells.status.shells.idle,
    warnings,
    plugin,
    line,
    /** Runs the same words as a line and as a plugin. */
    words: (via: Via, argv: readonly string[], timeout?: number): Promise<Outcome> =>
      via === "plugin" ? plugin(argv, timeout) : line(argv.map(quoted).join(" "), timeout),
    /** Runs the same script as a line and as a plugin, which gets its own shell. */
    script: (via: Via, script: string, timeout?: number): Promise<Outcome> =>
      via === "plugin" ? plugin(["/bin/sh", "-c", script], timeout) : line(script, timeout),
    [Symbol.asyncDispose]: () => shells.stop(),
  };
}

export function exited(returnCode: number, stdout = "", stderr = ""): Outcome {
  return { kind: "exited", returnCode, stdout, stderr };
}

/** The path of a plugin of the fixtures. */
export function fixture(name: string): string {
  return join(PLUGINS, name);
}

export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

export function stdoutOf(outcome: Outcome): string {
  if (!("stdout" in outcome)) throw new Error(`no output: ${JSON.stringify(outcome)}`);
  return outcome.stdout;
}

/** The processes of a process group, without zombies. */
export function membersOf(group: number): readonly number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && isMember(pid, group));
}

function isMember(pid: number, group: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, , processGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state !== "Z" && Number(processGroup) === group;
  } catch {
    return false; // it ended meanwhile
  }
}

/** Waits until the condition is true. vitest's time-out ends the wait otherwise. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(20);
}
