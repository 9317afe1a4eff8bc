import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { ByteString } from "../../byte-string.ts";
import { endGroup, signalGroup } from "../../executor/process-group.ts";
import { HeadOfOutput } from "./head-of-output.ts";
import type { HeldSignals } from "./held-signals.ts";

export interface RunOptions {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** 0: no limit. */
  readonly timeoutMs: number;
  /** Bytes that are kept of each of the two outputs. */
  readonly maxOutput: number;
  readonly signals: HeldSignals;
  /** Is given all that the command writes, as it comes. */
  readonly onOutput: (to: "stdout" | "stderr", chunk: Uint8Array) => void;
}

/** How a command ended. */
export type End =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: number; readonly name: string }
  | { readonly kind: "timed out" }
  | { readonly kind: "not started"; readonly code: 126 | 127; readonly reason: string };

export interface Ran {
  readonly end: End;
  readonly stdout: ByteString;
  readonly stderr: ByteString;
  /** The signal that this program was asked to end with, and passed on. */
  readonly passedOn: NodeJS.Signals | undefined;
  /** Seconds since the epoch. */
  readonly startTime: number;
  readonly finishTime: number;
}

/** After a signal the command has so long to end: of the 30 seconds of a pod the result needs some. */
const GRACE_MS = 20_000;
/** A process that the command left behind may hold its outputs open. */
const DRAIN_MS = 2_000;

/** Runs a command in a process group of its own. Signals that would end this program go to the group. */
export async function runCommand(options: RunOptions): Promise<Ran> {
  const { command, env, timeoutMs, maxOutput } = options;
  const startTime = Date.now() / 1000;
  const [file = "", ...argv] = command;
  const child = spawn(file, argv, { detached: true, env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const kept = { stdout: new HeadOfOutput(maxOutput), stderr: new HeadOfOutput(maxOutput) };
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk: Buffer) => {
      kept[name].push(chunk);
      options.onOutput(name, chunk);
    });
  using _passing = passSignalsOn(child, options.signals);
  const end = await untilEnd(child, timeoutMs);
  return {
    end,
    stdout: kept.stdout.text,
    stderr: kept.stderr.text,
    passedOn: options.signals.first,
    startTime,
    finishTime: Date.now() / 1000,
  };
}

async function untilEnd(child: ChildProcess, timeoutMs: number): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End>();
  let isLate = false;
  const timer = timeoutMs === 0 ? undefined : setTimeout(() => endLate(), Math.min(timeoutMs, 2 ** 31 - 1));
  const endLate = () => {
    isLate = true;
    void endGroup((name) => signalGroup(child.pid ?? 0, name));
  };
  child
    .once("error", (error) => resolve(notStarted(error)))
    .once("exit", (code, name) => {
      const end: End = name === null ? { kind: "exited", code: code ?? 0 } : signalled(name);
      const done = () => resolve(isLate ? { kind: "timed out" } : end);
      const drain = setTimeout(done, DRAIN_MS);
      child.once("close", () => {
        clearTimeout(drain);
        done();
      });
    });
  const end = await promise;
  clearTimeout(timer);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return end;
}

function signalled(name: NodeJS.Signals): End {
  return { kind: "signalled", name, signal: constants.signals[name] };
}

function notStarted(error: Error): End {
  const isMissing = "code" in error && error.code === "ENOENT";
  return { kind: "not started", code: isMissing ? 127 : 126, reason: error.message };
}

/** The second signal, or the end of the grace, kills the group. */
function passSignalsOn(child: ChildProcess, signals: HeldSignals): Disposable {
  let grace: NodeJS.Timeout | undefined;
  const kill = () => signalGroup(child.pid ?? 0, "SIGKILL");
  signals.giveTo((name) => {
    if (signals.first !== undefined) kill();
    else signalGroup(child.pid ?? 0, name);
    grace ??= setTimeout(kill, GRACE_MS);
  });
  return {
    [Symbol.dispose]: () => {
      clearTimeout(grace);
      signals.giveTo(undefined);
    },
  };
}
