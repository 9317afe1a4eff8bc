import { isIP, type NetConnectOpts, type Socket } from "node:net";
import { constants } from "node:os";
import { CheckDeclined, CheckFailure, type Resolver, WARNING, withinSeconds } from "../../../sdk/index.ts";
import { errnoName } from "../../libc/errno.ts";
import { resolveServer } from "../../transport/databases/server-addresses.ts";
import { isReadReset, ServerGone } from "../../transport/databases/server-stream.ts";
import { openSocket } from "../../transport/dial.ts";
import { declineIfShort } from "../../transport/shortage.ts";
import type { TargetClock } from "../../transport/timing.ts";
import { TlsError, upgrade } from "../../transport/tls.ts";
import type { TlsContexts } from "../../transport/tls-contexts.ts";
import {
  CANNOT_CONNECT,
  CANNOT_CONNECT_SOCKET,
  ConnectionFailure,
  type Failure,
  lostAt,
  readFailure,
  unverified,
} from "../libmariadb/failure.ts";
import type { Target } from "../libmariadb/target.ts";
import { ForeignLogin, type ForeignLogins } from "./foreign-logins.ts";
import { readFirstPacket, readGreeting, renderTlsRequest } from "./greeting.ts";
import { LoginRefused } from "./login-answer.ts";
import { type GreetedSocket, Session } from "./session.ts";

export interface ConnectContext {
  readonly resolver: Resolver;
  readonly contexts: TlsContexts;
  readonly foreign: ForeignLogins;
  readonly clock: TargetClock;
  readonly signal: AbortSignal;
}

/**
 * Connects and logs in as `mysql_real_connect` does: to one address after the other until one takes the
 * connection. Each step has `stepSeconds`. Throws a ConnectionFailure in libmariadb's words.
 */
export async function connect(target: Target, context: ConnectContext): Promise<Session> {
  context.foreign.throwIfKnown(target);
  const socket = await openFirst(target, context);
  context.clock.tick();
  try {
    const greeted = await greet(socket, target, context);
    const session = await step(target, context, { lost: AUTHORIZATION }, () => Session.open(greeted, target));
    context.clock.tick();
    return session;
  } catch (error) {
    socket.destroy();
    context.signal.throwIfAborted();
    if (error instanceof ForeignLogin) context.foreign.remember(target);
    throw error instanceof LoginRefused ? new ConnectionFailure(error.failure) : error;
  }
}

const GREETING = "handshake: reading initial communication packet";
const AUTHORIZATION = "reading authorization packet";
const { EAGAIN, ECONNRESET, EINPROGRESS, ETIMEDOUT } = constants.errno;

/** What libmariadb says when a step takes too long, or the server hangs up in it. */
type StepWords = { readonly lost: string } | { readonly timedOut: Failure };

/** Does a step of the login in the time that it may take. */
async function step<Value>(
  { stepSeconds: seconds }: Target,
  { signal }: Pick<ConnectContext, "signal">,
  words: StepWords,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const onTimeout = () =>
    new ConnectionFailure("lost" in words ? lostAt(words.lost, ETIMEDOUT) : words.timedOut);
  try {
    return await withinSeconds({ seconds, signal, onTimeout }, work);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ServerGone) || !("lost" in words)) throw error;
    throw readEnd(error, words.lost);
  }
}

/**
 * The number of the error is that of the last call that failed: mostly that there was nothing to read yet. If
 * the server was quicker, the plugin shows the number of an older call.
 */
function readEnd(gone: ServerGone, name: string): Error {
  const failure = new ConnectionFailure(lostAt(name, isReadReset(gone.cause) ? ECONNRESET : EAGAIN));
  if (gone.how === "closed") return failure;
  const otherwise = new CheckFailure(failure.message, failure.state);
  return new CheckDeclined("a connection that broke at the login", { cause: gone, otherwise });
}

/** One address to connect to. */
interface Address {
  readonly options: NetConnectOpts;
  readonly fail: (errno: number) => Failure;
}

async function openFirst(target: Target, context: ConnectContext): Promise<Socket> {
  let failure: unknown;
  for (const address of await listAddresses(target, context)) {
    const words = { timedOut: address.fail(ETIMEDOUT) };
    try {
      return await step(target, context, words, (signal) => openAt(address, signal));
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof ConnectionFailure)) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function listAddresses({ place }: Target, context: ConnectContext): Promise<readonly Address[]> {
  if ("socket" in place) return [socketAddress(place.socket)];
  const { host, port } = place;
  const found = await resolveServer(
    host,
    context,
    (cause) => new CheckDeclined("a name without an address", { cause }),
  );
  return found.map(({ address, family }) => ({
    options: { host: address, port, family, autoSelectFamily: false, noDelay: true, keepAlive: true },
    fail: (errno) => ({
      code: CANNOT_CONNECT,
      message: `Can't connect to server on '${host.slice(0, MAX_SHOWN)}' (${errno})`,
    }),
  }));
}

/** Bytes of a host or a path that are shown. */
const MAX_SHOWN = 64;

function socketAddress(path: string): Address {
  return {
    options: { path },
    fail: (errno) => ({
      code: CANNOT_CONNECT_SOCKET,
      message: `Can't connect to local server through socket '${path.slice(0, MAX_SHOWN)}' (${errno})`,
    }),
  };
}

/** libmariadb does not wait in connect, so it shows that the connection was under way. */
const FOUND_LATER = ["ECONNREFUSED", "ETIMEDOUT"];
/** Errors of the path of a socket. */
const OF_PATHS = ["ENOENT", "ENOTDIR", "EACCES", "ECONNREFUSED", "ELOOP", "EPROTOTYPE"] as const;

async function openAt({ options, fail }: Address, signal: AbortSignal): Promise<Socket> {
  try {
    return await openSocket(options, signal);
  } catch (error) {
    signal.throwIfAborted();
    declineIfShort(error);
    const code = errnoName(error);
    const ofPath = OF_PATHS.find((each) => each === code);
    if ("path" in options && ofPath !== undefined) throw new ConnectionFailure(fail(constants.errno[ofPath]));
    if (!("path" in options) && FOUND_LATER.includes(code)) throw new ConnectionFailure(fail(EINPROGRESS));
    throw new CheckDeclined("a socket that only libmariadb can make", { cause: error });
  }
}

/** Reads the greeting, and begins TLS where it is wanted and the server has it. */
async function greet(socket: Socket, target: Target, context: ConnectContext): Promise<GreetedSocket> {
  const bytes = await step(target, context, { lost: GREETING }, () => readFirstPacket(socket));
  context.clock.tick();
  if (bytes[HEADER] === ERROR) throw refusal(bytes.subarray(HEADER), target);
  const greeting = readGreeting(bytes);
  if (greeting.protocol < PROTOCOL) throw mismatch(greeting.protocol);
  const { isMariadb } = greeting;
  if (!target.tls || !greeting.hasTls) return { socket, greeting: bytes, isSecure: false, isMariadb };
  socket.write(renderTlsRequest(greeting, target.database !== undefined));
  return { socket: await secure(socket, target, context), greeting: bytes, isSecure: true, isMariadb };
}

const HEADER = 4;
const ERROR = 0xff;
const PROTOCOL = 10;
const VERSION_ERROR = 2007;

function refusal(packet: Buffer, { tls }: Target): Error {
  const failure = readFailure(packet);
  if (failure === undefined) return new CheckDeclined("an error that only libmariadb knows");
  return new ConnectionFailure(tls ? unverified(failure) : failure);
}

function mismatch(protocol: number): ConnectionFailure {
  const message = `Protocol mismatch. Server Version = ${protocol} Client Version = ${PROTOCOL}`;
  return new ConnectionFailure({ code: VERSION_ERROR, message }, WARNING);
}

/** Makes the handshake. Declines if it fails, as the words of OpenSSL depend on its version. */
async function secure(socket: Socket, target: Target, context: ConnectContext): Promise<Socket> {
  const { place } = target;
  const { contexts } = context;
  const servername = "host" in place && isIP(place.host) === 0 ? { servername: place.host } : {};
  try {
    return await step(target, context, { lost: AUTHORIZATION }, (signal) =>
      upgrade(socket, { minVersion: "TLSv1.2", contexts, signal, ...servername }),
    );
  } catch (error) {
    if (!(error instanceof TlsError || error instanceof ConnectionFailure)) throw error;
    throw new CheckDeclined("the TLS handshake failed", { cause: error });
  }
}
