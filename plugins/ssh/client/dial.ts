import { connect, type Socket } from "node:net";
import { whenAborted } from "../../../sdk/deadline.ts";
import { type Address, CheckDeclined, ResolveError, type Resolver } from "../../../sdk/index.ts";
import { errnoName, errnoText } from "../../libc/errno.ts";
import { whenConnected } from "../../transport/dial.ts";
import type { SshDestination } from "../openssh/destination.ts";
import { SshFailure, stderrLine } from "../openssh/failure.ts";

/** The part of a destination that decides how its socket is opened. */
type SocketDestination = Pick<SshDestination, "host" | "port" | "family" | "connectTimeout">;

/**
 * The server ended the connection before it had said more than its version. It may accept the next
 * connection.
 */
export class ServerDropped extends CheckDeclined {}

/** The error number ssh reports when ConnectTimeout is over. */
const TIMED_OUT = Object.assign(new Error("ConnectTimeout is over"), { code: "ETIMEDOUT" });

/**
 * Connects as ssh does: it tries one address after the other, and ConnectTimeout is one limit for all of
 * them. Throws an SshFailure with ssh's words, or a CheckDeclined for a failure that is left to ssh.
 */
export async function dial(
  destination: SocketDestination,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<Socket> {
  const { host, port, connectTimeout } = destination;
  // Once the socket is connected nothing aborts this controller: the socket outlives the check that opened
  // it.
  const attempt = new AbortController();
  using _cancelling = whenAborted(signal, () => attempt.abort(signal.reason));
  using _timing = after(connectTimeout, () => attempt.abort(TIMED_OUT));
  let failure: unknown;
  for (const { address, family } of await resolve(destination, resolver, signal)) {
    signal.throwIfAborted();
    try {
      return await open(address, { port, family, signal: attempt.signal });
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
    }
  }
  const text = `ssh: connect to host ${host} port ${port}: ${describe(failure)}`;
  throw new SshFailure([stderrLine("error", text)], { cause: failure });
}

function after(seconds: number | undefined, act: () => void): Disposable {
  const timer = seconds === undefined ? undefined : setTimeout(act, seconds * 1000);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** The usual failures, for which ssh's words are known. Any other failure is left to ssh. */
const UNRESOLVED: readonly string[] = ["EAI_AGAIN", "EAI_NODATA", "EAI_NONAME"];
const UNCONNECTED: readonly string[] = ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"];

async function resolve(
  { host, family }: SocketDestination,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<readonly Address[]> {
  try {
    return await resolver.resolve(host, family, signal, { anew: true });
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    const { code, message } = error;
    if (code === "EAI_ADDRFAMILY")
      throw new CheckDeclined("the address is of another family", { cause: error });
    if (!UNRESOLVED.includes(code))
      throw new CheckDeclined("the host's name cannot be resolved", { cause: error });
    const text = `ssh: Could not resolve hostname ${host}: ${message}`;
    throw new SshFailure([stderrLine("error", text)], { cause: error });
  }
}

async function open(
  host: string,
  { port, family, signal }: { port: number; family: number; signal: AbortSignal },
): Promise<Socket> {
  signal.throwIfAborted();
  return joinWrites(await whenConnected(connect({ host, port, family, noDelay: true }), signal));
}

/**
 * The driver writes each packet by itself. Here all packets of one turn of the event loop are sent together,
 * which saves an eighth of the CPU time of a command.
 */
function joinWrites(socket: Socket): Socket {
  const write = socket.write.bind(socket);
  const flush = () => socket.uncork();
  return Object.assign(socket, {
    write(packet: Uint8Array): boolean {
      if (socket.writableCorked === 0) {
        socket.cork();
        process.nextTick(flush);
      }
      return write(packet);
    },
  });
}

/** What strerror says of the failure. */
function describe(error: unknown): string {
  const code = errnoName(error);
  // For ssh the connection was open, if only for a moment.
  if (code === "ECONNRESET") throw new ServerDropped("the server resets connections", { cause: error });
  if (UNCONNECTED.includes(code)) return errnoText(code);
  throw new CheckDeclined("the connection failed in an unusual way", { cause: error });
}
