import { randomBytes } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import type { Log } from "../log.ts";
import { controlAddress, controlName } from "./address.ts";
import { type ControlTarget, findControlCommand, needsProof, renderResult } from "./commands.ts";
import { ControlError } from "./control-error.ts";
import { type Hello, isProof, MAX_REQUEST, PROTOCOL, prove, type Reply, type Request } from "./protocol.ts";
import { createToken, type Token } from "./token.ts";

export interface ControlOptions {
  readonly target: ControlTarget;
  readonly version: string;
  readonly log: Pick<Log, "info" | "warn" | "debug">;
}

/** Nobody needs more: each stays for one request. */
const MAX_CONNECTIONS = 32;
const REQUEST_WITHIN_MS = 5_000;

/**
 * Answers those who ask the worker what it does, or tell it what to do. Any user of this network namespace
 * may ask; who tells must prove to be the worker's user or root. A worker that cannot listen works all the
 * same. Life: made → listening, under one name after the other → disposed of.
 */
export class ControlServer implements Disposable {
  readonly #options: ControlOptions;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #identifier: string | undefined;
  #token: Token | undefined;

  constructor(options: ControlOptions) {
    this.#options = options;
  }

  /**
   * Listens under the name of this identifier, a byte string, and no longer under the one before. Resolves
   * when it listens, or when it is sure that it cannot.
   */
  listen(identifier: string): Promise<void> {
    if (identifier === this.#identifier) return Promise.resolve();
    this.#leave();
    this.#identifier = identifier;
    const server = createServer((socket) => this.#accept(socket));
    server.maxConnections = MAX_CONNECTIONS;
    this.#server = server;
    const { promise, resolve } = Promise.withResolvers<void>();
    server.once("error", (error: NodeJS.ErrnoException) => {
      this.#options.log.info(`no control socket @${controlName(identifier)}: ${describe(error)}`);
      resolve();
    });
    server.listen(controlAddress(identifier), () => {
      this.#token = this.#createToken(identifier);
      resolve();
    });
    return promise;
  }

  [Symbol.dispose](): void {
    this.#leave();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Connections that are open stay until they are answered. */
  #leave(): void {
    this.#token?.[Symbol.dispose]();
    this.#token = undefined;
    if (this.#server?.listening) this.#server.close();
    this.#server = undefined;
  }

  #createToken(identifier: string): Token | undefined {
    const token = createToken(identifier);
    if (token === undefined)
      this.#options.log.warn("no folder takes the token of the control socket: it can be read only");
    return token;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    const nonce = randomBytes(32).toString("hex");
    let text = "";
    socket.setEncoding("utf8");
    socket.setTimeout(REQUEST_WITHIN_MS, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end < 0 && text.length <= MAX_REQUEST) return;
      socket.removeAllListeners("data");
      socket.resume();
      const reply = end < 0 ? refusal("the request is too long") : this.#answer(text.slice(0, end), nonce);
      socket.end(`${reply}\n`);
    });
    socket.write(`${JSON.stringify(this.#hello(nonce))}\n`);
  }

  #hello(nonce: string): Hello {
    const { version } = this.#options;
    const { pid } = process;
    return {
      protocol: PROTOCOL,
      version,
      pid,
      uid: process.geteuid?.() ?? 0,
      nonce,
      tokenFile: this.#token?.file,
    };
  }

  #answer(line: string, nonce: string): string {
    const request = readRequest(line);
    if (request === undefined) return refusal("the request is not understood");
    const command = findControlCommand(request.command);
    if (command === undefined)
      return refusal(`this worker knows no command ${JSON.stringify(request.command)}`);
    if (needsProof(command) && !this.#isProven(request, nonce))
      return refusal("only the worker's user and root may do that");
    try {
      if (command.changes) this.#options.log.info(`control: ${[request.command, ...request.args].join(" ")}`);
      return renderReply({ ok: true, result: command.run(this.#options.target, request.args) });
    } catch (error) {
      if (error instanceof ControlError) return refusal(error.message);
      this.#options.log.warn({ err: error }, `control: ${request.command} has failed`);
      return refusal("the worker has a fault, its log says more");
    }
  }

  #isProven({ command, args, proof }: Request, nonce: string): boolean {
    if (this.#token === undefined || this.#identifier === undefined) return false;
    const name = controlName(this.#identifier);
    return isProof(proof, prove(this.#token.value, { nonce, name }, { command, args }));
  }
}

function describe(error: NodeJS.ErrnoException): string {
  if (error.code === "EADDRINUSE")
    return "another worker has it; with an identifier of its own this one would have one, too";
  return error.message;
}

function readRequest(line: string): Request | undefined {
  try {
    const { command, args = [], proof }: Partial<Request> = JSON.parse(line);
    const isRequest =
      typeof command === "string" &&
      Array.isArray(args) &&
      args.every((word) => typeof word === "string") &&
      (proof === undefined || typeof proof === "string");
    return isRequest ? { command, args, proof } : undefined;
  } catch {
    return undefined;
  }
}

function refusal(error: string): string {
  return renderReply({ ok: false, error });
}

function renderReply(reply: Reply): string {
  return renderResult(reply);
}
