import { connect } from "node:net";
import { errorCode } from "../error-text.ts";
import { CONTROL_COMMANDS, type ControlCommandName, needsProof } from "./commands.ts";
import { type Hello, MAX_REPLY, PROTOCOL, prove, type Reply } from "./protocol.ts";
import { readToken } from "./token.ts";

/** The worker could not be asked, or has refused. The message is for the person who asks. */
export class ControlFailure extends Error {
  override readonly name = "ControlFailure";
  /** No worker listens there. */
  readonly isAbsent: boolean;

  constructor(message: string, { isAbsent = false } = {}) {
    super(message);
    this.isAbsent = isAbsent;
  }
}

export interface ControlQuestion {
  /** As `controlName` makes it. */
  readonly name: string;
  readonly command: ControlCommandName;
  readonly args?: readonly string[];
}

const PATIENCE_MS = 10_000;

/** Asks a worker. Resolves to what it answers; rejects with a ControlFailure. */
export async function askWorker(question: ControlQuestion): Promise<unknown> {
  const reply = await exchange(question);
  if (!reply.ok) throw new ControlFailure(reply.error);
  return reply.result;
}

function exchange({ name, command, args = [] }: ControlQuestion): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const socket = connect({ path: `\0${name}` });
  const fail = (error: unknown) => reject(error instanceof ControlFailure ? error : readError(name, error));
  const lines = new Lines();
  socket.setEncoding("utf8");
  socket.setTimeout(PATIENCE_MS, () =>
    fail(new ControlFailure(`the worker at @${name} does not answer within ${PATIENCE_MS / 1000} seconds`)),
  );
  socket.on("error", fail);
  socket.on("close", () => fail(new ControlFailure(`the worker at @${name} has closed the connection`)));
  socket.on("data", (chunk: string) => {
    try {
      for (const line of lines.add(chunk)) {
        if (lines.count === 1)
          socket.write(`${renderRequest(readObject<Hello>(line), { name, command, args })}\n`);
        else resolve(readObject<Reply>(line));
      }
    } catch (error) {
      fail(
        error instanceof SyntaxError ? new ControlFailure(`what listens at @${name} is no worker`) : error,
      );
    }
  });
  return promise.finally(() => socket.destroy());
}

/** Throws a SyntaxError: another program may have taken the name of the socket. */
function readObject<Told extends object>(line: string): Told {
  const read: unknown = JSON.parse(line);
  if (typeof read !== "object" || read === null) throw new SyntaxError("no object");
  return read as Told;
}

/** Takes text apart at line breaks. */
class Lines {
  #rest = "";
  #count = 0;

  /** How many lines there were so far. */
  get count(): number {
    return this.#count;
  }

  *add(chunk: string): Iterable<string> {
    this.#rest += chunk;
    if (this.#rest.length > MAX_REPLY) throw new ControlFailure("the answer is too long");
    for (let end = this.#rest.indexOf("\n"); end >= 0; end = this.#rest.indexOf("\n")) {
      const line = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 1);
      this.#count += 1;
      yield line;
    }
  }
}

function renderRequest(hello: Hello, { name, command, args = [] }: ControlQuestion): string {
  if (hello.protocol !== PROTOCOL)
    throw new ControlFailure(`the worker is of another version (${hello.version}): use its own omd-worker`);
  const request = { command, args };
  if (!needsProof(CONTROL_COMMANDS[command])) return JSON.stringify(request);
  return JSON.stringify({ ...request, proof: prove(tokenOf(hello), { nonce: hello.nonce, name }, request) });
}

function tokenOf({ tokenFile, uid }: Hello): string {
  if (typeof tokenFile !== "string")
    throw new ControlFailure("this worker can be read only: it found no folder for its token");
  try {
    return readToken(tokenFile);
  } catch {
    const who = `the worker runs as user ${uid}, this is user ${process.geteuid?.()}`;
    throw new ControlFailure(`only the worker's user and root may do that: ${who}`);
  }
}

function readError(name: string, error: unknown): ControlFailure {
  const code = errorCode(error);
  if (code === "ECONNREFUSED" || code === "ENOENT")
    return new ControlFailure(`no worker listens at @${name}`, { isAbsent: true });
  return new ControlFailure(
    `cannot ask the worker at @${name}: ${error instanceof Error ? error.message : error}`,
  );
}
