import { Session } from "node:inspector";
import { fileURLToPath } from "node:url";
import { TURN } from "../inside/turn.ts";
import type { Owner } from "./messages.ts";

/** Whose code a thread is in, and the line of a site's file, if the thread could be asked. */
export interface OnTurn {
  readonly owner: Owner | undefined;
  readonly at: string | undefined;
}

const MARKED = /^(file:.*)\?omd-worker=[0-9]+$/;

interface CallFrame {
  readonly callFrameId: string;
  /** Lines count from 0. */
  readonly location: { readonly scriptId: string; readonly lineNumber: number };
}

/**
 * Asks a thread whose event loop does not turn what it is busy with. Only V8's debugger can: it pauses the
 * thread in the middle of its code, looks, and lets it go on. A thread that waits in a call of the system
 * cannot be paused yet: undefined then.
 *
 * A thread must not be terminated before `over` resolves: a pause that was asked for still comes, and a
 * thread that is paused then never ends.
 */
export function findOnTurn(threadId: number, withinMs: number): Inspection {
  const found = Promise.withResolvers<OnTurn | undefined>();
  const over = Promise.withResolvers<void>();
  const session = new Session();
  session.connect();
  let asked: string | undefined;
  const done = (onTurn?: OnTurn) => {
    found.resolve(onTurn);
    over.resolve();
    session.post("NodeWorker.disable");
    session.disconnect();
  };
  session.on("NodeWorker.attachedToWorker", ({ params: { sessionId, workerInfo } }) => {
    // `workerId` is a number of the inspector, not of the thread.
    if (!workerInfo.title.startsWith(`[worker ${threadId}]`)) return;
    asked = sessionId;
    new Pause(session, sessionId, done).start();
  });
  session.on("NodeWorker.detachedFromWorker", ({ params }) => params.sessionId === asked && done());
  session.post("NodeWorker.enable", { waitForDebuggerOnStart: false }, () => asked ?? done());
  const timer = setTimeout(() => found.resolve(undefined), withinMs);
  return { found: found.promise.finally(() => clearTimeout(timer)), over: over.promise };
}

export interface Inspection {
  /** Undefined: the thread could not be asked in time. */
  readonly found: Promise<OnTurn | undefined>;
  readonly over: Promise<void>;
}

/** One pause of one thread. */
class Pause {
  readonly #session: Session;
  readonly #sessionId: string;
  readonly #done: (found: OnTurn) => void;
  /** URLs by the number of the script. */
  readonly #scripts = new Map<string, string>();
  #at: string | undefined;
  #sent = 0;

  constructor(session: Session, sessionId: string, done: (found: OnTurn) => void) {
    this.#session = session;
    this.#sessionId = sessionId;
    this.#done = done;
  }

  start(): void {
    this.#session.on("NodeWorker.receivedMessageFromWorker", ({ params }) => {
      if (params.sessionId === this.#sessionId) this.#take(JSON.parse(params.message));
    });
    this.#send("Debugger.enable");
    this.#send("Debugger.pause");
  }

  #take(message: DebuggerMessage): void {
    const { method, params = {} } = message;
    if (method === "Debugger.scriptParsed") this.#scripts.set(params.scriptId ?? "", params.url ?? "");
    if (method === "Debugger.paused") this.#look(params.callFrames ?? []);
    const found = message.result?.result;
    if (found === undefined) return;
    this.#send("Debugger.resume");
    const owner: Owner | null = found.type === "string" ? JSON.parse(found.value ?? "null") : null;
    this.#done({ owner: owner ?? undefined, at: this.#at });
  }

  #look(frames: readonly CallFrame[]): void {
    const [{ callFrameId } = { callFrameId: "" }] = frames;
    this.#at = this.#findPlace(frames);
    this.#send("Debugger.evaluateOnCallFrame", {
      callFrameId,
      expression: `globalThis[Symbol.for("${TURN}")]()`,
    });
  }

  /** The innermost line in a file of the site. */
  #findPlace(frames: readonly CallFrame[]): string | undefined {
    for (const { scriptId, lineNumber } of frames.map(({ location }) => location)) {
      const [, file] = MARKED.exec(this.#scripts.get(scriptId) ?? "") ?? [];
      if (file !== undefined) return `${fileURLToPath(file)}:${lineNumber + 1}`;
    }
    return undefined;
  }

  #send(method: string, params: object = {}): void {
    this.#sent += 1;
    const message = JSON.stringify({ id: this.#sent, method, params });
    this.#session.post("NodeWorker.sendMessageToWorker", { sessionId: this.#sessionId, message });
  }
}

interface DebuggerMessage {
  readonly method?: string;
  readonly params?: {
    readonly callFrames?: readonly CallFrame[];
    readonly scriptId?: string;
    readonly url?: string;
  };
  readonly result?: { readonly result?: { readonly type: string; readonly value?: string } };
}
