import { setTimeout as pause } from "node:timers/promises";
import { reasonOf } from "./reason.ts";
import { renderServerAddress, type ServerAddress } from "./server-address.ts";
import { openSocket } from "./socket.ts";
import { closedUnanswered, isClosing } from "./tls/tls-reason.ts";

/** One line of `status`. `total` counts waiting and running jobs. */
export interface QueueStatus {
  readonly queue: string;
  readonly total: number;
  readonly running: number;
  readonly workers: number;
}

/** One line of `workers`: a connection of a worker or of a client. */
export interface ConnectedWorker {
  readonly fileDescriptor: number;
  readonly host: string;
  readonly clientId: string;
  readonly queues: readonly string[];
}

export interface AdminOptions {
  readonly timeoutMs?: number;
}

/** The `cause` is the system's error, if there is one. */
export class AdminError extends Error {
  override readonly name = "AdminError";
}

type AdminCommand = "status" | "workers" | "version" | `drop function ${string}`;

const TIMEOUT_MS = 10_000;
const DROP_TIMEOUT_MS = 1_000;
const DROP_TRIES = 20;
const DROP_PAUSE_MS = 50;
/** What gearmand says of a queue that has a worker. */
const STILL_CONNECTED = "there are still connected workers or executing clients";
/** `status` and `workers` end with a line of one dot, `version` is one line. */
const LIST_END = /\n\.\r?\n$/;
const LINE_END = /\n$/;
/** Bytes. A hundred thousand queues need a tenth of it. */
const MAX_ANSWER = 64 * 1024 * 1024;
/** A queue's name may contain a carriage return, because any client may have submitted it. */
const STATUS_LINE = /^(.*)\t(\d+)\t(\d+)\t(\d+)$/s;
/** The descriptor is -1 while gearmand is about to close the connection. */
const WORKERS_LINE = /^(-?\d+) (\S+) (.*?) :(?: (.*))?$/s;
const VERSION_LINE = /^(?:OK )?(.+)$/;

export async function readStatus(
  server: ServerAddress,
  options?: AdminOptions,
): Promise<readonly QueueStatus[]> {
  const lines = await askList(server, "status", options);
  return lines.map((line) => {
    const [, queue = "", total, running, workers] = match(STATUS_LINE, line, server, "status");
    return { queue, total: Number(total), running: Number(running), workers: Number(workers) };
  });
}

export async function readWorkers(
  server: ServerAddress,
  options?: AdminOptions,
): Promise<readonly ConnectedWorker[]> {
  const lines = await askList(server, "workers", options);
  return lines.map((line) => {
    const [, fileDescriptor, host = "", clientId = "", queues = ""] = match(
      WORKERS_LINE,
      line,
      server,
      "workers",
    );
    const names = queues.split(" ").filter((name) => name !== "");
    return { fileDescriptor: Number(fileDescriptor), host, clientId, queues: names };
  });
}

/** `1.1.20`, which newer servers send as `OK 1.1.20`. */
export async function readVersion(server: ServerAddress, options?: AdminOptions): Promise<string> {
  const [line = ""] = linesOf(await ask(server, "version", options));
  const [, version = ""] = match(VERSION_LINE, line, server, "version");
  return version;
}

/** Removes a queue that has no worker. Its name must have no white space. */
async function dropQueue(server: ServerAddress, queue: string, options?: AdminOptions): Promise<void> {
  await ask(server, `drop function ${queue}`, options);
}

/**
 * Removes the queue of a worker whose connection was just closed, which gearmand may see a moment later: it
 * refuses until then. A queue that stays does no harm but to people who look for queues without a worker.
 */
export async function dropLeftQueue(server: ServerAddress, queue: string): Promise<void> {
  for (let tries = 0; tries < DROP_TRIES; tries += 1) {
    try {
      await dropQueue(server, queue, { timeoutMs: DROP_TIMEOUT_MS });
      return;
    } catch (error) {
      if (!(error instanceof AdminError) || !error.message.includes(STILL_CONNECTED)) return;
      await pause(DROP_PAUSE_MS);
    }
  }
}

async function askList(
  server: ServerAddress,
  command: AdminCommand,
  options?: AdminOptions,
): Promise<readonly string[]> {
  return linesOf(await ask(server, command, options)).slice(0, -1);
}

/** Resolves with the whole answer, which may come in any number of chunks. */
function ask(
  server: ServerAddress,
  command: AdminCommand,
  { timeoutMs = TIMEOUT_MS }: AdminOptions = {},
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const fail = (what: string, cause?: Error) =>
    reject(new AdminError(`${renderServerAddress(server)}: ${what}`, { cause }));
  const end = command === "status" || command === "workers" ? LIST_END : LINE_END;
  const answer = new Answer(end);

  const read = (chunk: Buffer) => {
    answer.add(chunk);
    if (answer.length > MAX_ANSWER) fail(`the answer to '${command}' has more than ${MAX_ANSWER} bytes`);
    else if (answer.isComplete && answer.isError)
      fail(`refused '${command}': ${answer.text.slice(4).trimEnd()}`);
    else if (answer.isComplete) resolve(answer.text);
  };
  const timer = setTimeout(() => fail(`no answer to '${command}' within ${timeoutMs} ms`), timeoutMs);
  let isOpen = false;
  const closed = (error?: Error) => {
    const isUnanswered = isOpen && answer.length === 0 && isClosing(error);
    if (isUnanswered) fail(`closed the connection ${closedUnanswered(server.tls !== undefined)}`, error);
    else fail(error ? reasonOf(error) : `closed the connection in its answer to '${command}'`, error);
  };
  const opened = () => {
    isOpen = true;
    socket.write(`${command}\n`);
  };
  const socket = openSocket(server, { onOpen: opened, onChunk: read })
    .on("error", closed)
    .on("close", () => closed());

  return promise.finally(() => {
    clearTimeout(timer);
    socket.destroy();
  });
}

/** Bytes at the beginning and at the end of an answer that say what it is. */
const SHOWN = 4;

/** What has come of an answer. To look at all of it for each new chunk would take quadratic time. */
class Answer {
  readonly #end: RegExp;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #begin = "";
  #last = "\n";

  constructor(end: RegExp) {
    this.#end = end;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(Buffer.from(chunk));
    this.#length += chunk.length;
    this.#begin += chunk.toString("latin1", 0, SHOWN - this.#begin.length);
    this.#last = (this.#last + chunk.subarray(-SHOWN).toString("latin1")).slice(-SHOWN);
  }

  get length(): number {
    return this.#length;
  }

  get isError(): boolean {
    return this.#begin === "ERR ";
  }

  get isComplete(): boolean {
    return (this.isError ? LINE_END : this.#end).test(this.#last);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString("latin1");
  }
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/).slice(0, -1);
}

function match(pattern: RegExp, line: string, server: ServerAddress, command: AdminCommand): RegExpExecArray {
  const found = pattern.exec(line);
  if (found !== null) return found;
  throw new AdminError(`${renderServerAddress(server)}: a line of '${command}' cannot be read: '${line}'`);
}
