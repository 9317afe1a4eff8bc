import { readlinkSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { SESSIONS, type SessionSource } from "../../../../sdk/context/sessions.ts";
import { RESOLVER, Resolver } from "../../../../sdk/resolve.ts";
import { SharedValues } from "../../../../sdk/shared.ts";
import { NATIVE_VALUES_FOLDER } from "../../../../sdk/values/settings.ts";
import { provideSdk } from "../resolve-sdk.ts";
import type { ThreadStart, ToThread } from "../threads/messages.ts";
import { Ring } from "../threads/ring.ts";
import { guardProcess } from "./guard-process.ts";
import { LoadedChecks } from "./loaded-checks.ts";
import { Questions } from "./questions.ts";
import { RunQueue } from "./run-queue.ts";
import { Turn } from "./turn.ts";
import { WorkerSide } from "./worker-side.ts";

/** The program of a thread that runs a site's checks. */

// A report of the process has one of each thread in it.
process.report.excludeEnv = true;

const { port, turn: sharedTurn, runs, outputs, resolves, valuesFolder, sessions } = workerData as ThreadStart;
const worker = new WorkerSide(port, new Ring(outputs));
const turn = new Turn(sharedTurn);
// The worker decides how many it asks for at a time.
const slots = Number.POSITIVE_INFINITY;
const resolver = new Resolver((host, family) => worker.resolve(host, family), { slots });
const shared = new SharedValues({
  log: (text) => worker.tell({ kind: "log", id: undefined, text }),
  warn: (text) => worker.tell({ kind: "warning", text }),
  settings: () => new Map([[NATIVE_VALUES_FOLDER, valuesFolder]]),
  given: new Map<{ readonly name: string }, Disposable>([
    ...(resolves ? ([[RESOLVER, resolver]] as const) : []),
    ...(sessions === undefined ? [] : ([[SESSIONS, openSource(sessions)]] as const)),
  ]),
});
const checks = new LoadedChecks();
const questions = new Questions({ checks, turn, shared, worker, load: (url) => import(url) });
const queue = new RunQueue(new Ring(runs), ({ id, value }) => questions.again(id, value));

provideSdk();
guardProcess(turn, worker);
port.on("message", (order: ToThread) => follow(order));
worker.tell({ kind: "ready", tid: readThreadId() });

function follow(order: ToThread): void {
  switch (order.kind) {
    case "ask":
      void questions.answer(order.id, order.question);
      break;
    case "look":
      queue.look();
      break;
    case "abort":
      queue.beginAll();
      questions.abort(order.id, order.reason);
      break;
    case "give":
      worker.take(order.id, order.given);
      break;
    case "ping":
      worker.tell({ kind: "pong" });
      break;
    case "stop":
      void stop();
      break;
  }
}

function openSource(url: string): SessionSource {
  const load = () => turn.leave(() => import(url));
  return { load, apart: (code) => turn.leave(code), [Symbol.dispose]() {} };
}

function readThreadId(): string | undefined {
  try {
    return readlinkSync("/proc/thread-self").split("/").at(-1);
  } catch {
    return undefined;
  }
}

/** The worker waits for a moment, and ends the thread then. */
async function stop(): Promise<void> {
  await shared[Symbol.asyncDispose]().catch(() => {});
  worker.tell({ kind: "stopped" });
}
