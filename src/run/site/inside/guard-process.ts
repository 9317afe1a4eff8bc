import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import { readStack } from "../fault.ts";
import type { Ending } from "../threads/ending.ts";
import { describeThrown } from "../threads/thrown.ts";
import type { Turn } from "./turn.ts";
import type { WorkerSide } from "./worker-side.ts";

/** Longer than the worker takes to end a thread that has told its end. */
const WAIT_FOR_END_MS = 10_000;

/** What ends this thread is told to the worker first, and whose code it was. No check signals the worker. */
export function guardProcess(turn: Turn, worker: WorkerSide): void {
  let isTold = false;
  const tell = (ending: Ending) => {
    if (!isTold) worker.tell({ kind: "ending", ending, by: turn.owner });
    isTold = true;
  };
  process.on("exit", (code) => tell({ kind: "exit", code }));
  process.on("uncaughtException", (error) => {
    tell(describeUncaught(error));
    // Nothing more happens in this thread.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_FOR_END_MS);
  });
  markWaits(turn);
  const { kill, pid } = process;
  process.kill = (target, signal) => {
    if (target === pid || target <= 0) throw new Error("a check must not send a signal to the worker");
    return kill.call(process, target, signal);
  };
}

/** While the thread waits for a child in one of these, V8 cannot pause it to ask whose code it is. */
function markWaits(turn: Turn): void {
  for (const name of ["execSync", "execFileSync", "spawnSync"] as const) {
    const wait = childProcess[name] as (...words: unknown[]) => unknown;
    const marked = (...words: unknown[]) => {
      const { owner } = turn;
      return owner === undefined ? wait(...words) : turn.enter(owner, () => wait(...words));
    };
    Object.assign(childProcess, { [name]: marked });
  }
  syncBuiltinESMExports();
}

function describeUncaught(error: unknown): Ending {
  const thrown = describeThrown(error);
  const message = error instanceof Error ? error.message : thrown.kind === "error" ? thrown.message : "";
  const site = error instanceof Error ? readStack(error) : undefined;
  return { kind: "uncaught", message, at: site && `${site.path}:${site.line}` };
}
