import type { NetConnectOpts, Socket } from "node:net";
import { CheckDeclined, CheckFailure, CRITICAL, type Resolver } from "../../../sdk/index.ts";
import { errnoName, errnoText } from "../../libc/errno.ts";
import { resolveServer } from "../../transport/databases/server-addresses.ts";
import { ServerGone } from "../../transport/databases/server-stream.ts";
import { openSocket } from "../../transport/dial.ts";
import { declineIfShort } from "../../transport/shortage.ts";
import type { TargetClock } from "../../transport/timing.ts";
import type { TlsContexts } from "../../transport/tls-contexts.ts";
import { ConnectionFailure } from "../libpq/failure.ts";
import type { Machine } from "../libpq/machine.ts";
import { renderError, type ServerMessage } from "../libpq/server-error.ts";
import type { Target } from "../libpq/target.ts";
import { LoginRefused, Session } from "./session.ts";
import { askForTls, startTls } from "./start-tls.ts";

export interface ConnectContext {
  readonly resolver: Resolver;
  readonly contexts: TlsContexts;
  readonly machine: Pick<Machine, "requireNoCertificates" | "requireNoKerberos">;
  readonly clock: TargetClock;
  readonly signal: AbortSignal;
  /** Is given each login when it begins. */
  readonly onBegun?: ((session: Session) => void) | undefined;
}

/** What libpq prints where a server closes the connection without a word. */
export const CLOSED_UNEXPECTEDLY =
  "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.\n";

/** One address to connect to. */
interface Address {
  readonly options: NetConnectOpts;
  /** `connection to server at "db1" (10.0.0.1), port 5432 failed: ` */
  readonly title: string;
  readonly question: string;
}

/**
 * Connects and logs in as `PQconnectdb` does: to one address after the other until one takes the connection,
 * with TLS and without. Throws a ConnectionFailure in libpq's words.
 */
export async function connect(target: Target, context: ConnectContext): Promise<Session> {
  const { machine, signal } = context;
  const isTcp = "host" in target.place;
  if (isTcp && target.tls !== "disable") await machine.requireNoCertificates();
  if (isTcp && target.triesKerberos) await machine.requireNoKerberos();
  let said = "";
  for (const address of await listAddresses(target, context)) {
    try {
      return await logInAt(address, target, { ...context, said });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof NotConnected)) throw error;
      said += error.message;
    }
  }
  throw new ConnectionFailure(said);
}

/** This address takes no connection, so the next one is tried. */
class NotConnected extends Error {}

async function listAddresses({ place }: Target, context: ConnectContext) {
  if ("socket" in place) return [socketAddress(place.socket)];
  const { host, port } = place;
  const found = await resolveServer(
    host,
    context,
    ({ message }) =>
      new ConnectionFailure(`could not translate host name "${host}" to address: ${message}\n`),
  );
  return found.map(({ address, family }): Address => {
    const shown = address === host ? "" : ` (${address})`;
    return {
      options: { host: address, port: Number(port), family, autoSelectFamily: false, noDelay: true },
      title: `connection to server at "${host}"${shown}, port ${port} failed: `,
      question: "\tIs the server running on that host and accepting TCP/IP connections?\n",
    };
  });
}

function socketAddress(path: string): Address {
  return {
    options: { path },
    title: `connection to server on socket "${path}" failed: `,
    question: "\tIs the server running locally and accepting connections on that socket?\n",
  };
}

type LoginContext = ConnectContext & {
  /** What libpq has said so far. */
  readonly said: string;
};

/** Logs in with TLS, and again without it where libpq does so. */
async function logInAt(address: Address, target: Target, context: LoginContext): Promise<Session> {
  const wish = "path" in address.options ? "disable" : target.tls;
  try {
    return await logInOnce(address, { ...target, tls: wish }, context);
  } catch (error) {
    if (!(error instanceof RefusedOverTls) || wish !== "prefer") throw error;
    const said = error.message;
    return await logInOnce(address, { ...target, tls: "disable" }, { ...context, said }).catch(
      declineUnconnected,
    );
  }
}

function declineUnconnected(error: unknown): never {
  if (!(error instanceof NotConnected)) throw error;
  throw new CheckDeclined("a server that took only the first of two connections", { cause: error });
}

/** A login that failed over TLS. Over an unencrypted connection it may be accepted. */
class RefusedOverTls extends ConnectionFailure {}

async function logInOnce(address: Address, target: Target, context: LoginContext): Promise<Session> {
  const { signal, clock, onBegun } = context;
  const said = `${context.said}${address.title}`;
  const socket = await openAt(address, signal);
  clock.tick();
  let isSecure = false;
  try {
    const secure =
      target.tls === "disable" ? undefined : await negotiate(socket, target, { ...context, said });
    isSecure = secure !== undefined;
    const session = await Session.open(secure ?? socket, target, onBegun);
    clock.tick();
    return session;
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    throw readFailure(error, { said, target, isSecure });
  }
}

async function openAt({ options, title, question }: Address, signal: AbortSignal): Promise<Socket> {
  try {
    return await openSocket(options, signal);
  } catch (error) {
    signal.throwIfAborted();
    declineIfShort(error);
    const code = errnoName(error);
    if (code === "EAFNOSUPPORT" || code === "EAGAIN") {
      throw new CheckDeclined("a socket that only libpq can make", { cause: error });
    }
    throw new NotConnected(`${title}${errnoText(code)}\n${question}`);
  }
}

/** Gives the encrypted connection, or undefined if the server wants none. */
async function negotiate(
  socket: Socket,
  { place, tls }: Target,
  { signal, contexts, clock, said }: LoginContext,
): Promise<Socket | undefined> {
  const reply = await askForTls(socket, signal);
  clock.tick();
  switch (reply.kind) {
    case "agreed":
      return await startTls(socket, { host: "host" in place ? place.host : "", contexts, signal });
    case "refused":
      if (tls === "prefer") return undefined;
      throw new ConnectionFailure(`${said}server does not support SSL, but SSL was required\n`);
    case "error":
      throw new ConnectionFailure(`${said}server sent an error response during SSL exchange\n`);
    case "other":
      throw new ConnectionFailure(`${said}${invalidReply(reply.character)}`);
  }
}

/** A text of C ends with a NUL. */
function invalidReply(character: string): string {
  const text = "received invalid response to SSL negotiation: ";
  return character === "\0" ? text : `${text}${character}\n`;
}

/** The server is not ready, and libpq makes no second try. */
const CANNOT_CONNECT_NOW = "57P03";
const INVALID_PASSWORD = "28P01";

interface Attempt {
  readonly said: string;
  readonly target: Target;
  readonly isSecure: boolean;
}

function readFailure(error: unknown, { said, target, isSecure }: Attempt): unknown {
  if (error instanceof LoginRefused) return readRefusal(error, { said, target, isSecure });
  if (!(error instanceof ServerGone)) return error;
  const failure = new ConnectionFailure(`${said}${CLOSED_UNEXPECTEDLY}`);
  if (error.how === "closed" && !isSecure) return failure;
  const text = `CRITICAL - no connection to '${target.database}' (${failure.message}).`;
  const otherwise = new CheckFailure(text, CRITICAL);
  return new CheckDeclined("a connection that broke at the login", { cause: error, otherwise });
}

function readRefusal({ error, isAuthenticated }: LoginRefused, { said, target, isSecure }: Attempt): Error {
  if (error === undefined) return new ConnectionFailure(`${said}fe_sendauth: no password supplied\n`);
  const hint = isAuthenticated ? "" : passwordHint(error, target);
  const text = `${said}${renderError(error)}${hint}`;
  const isRepeated = isSecure && !isAuthenticated && error.code !== CANNOT_CONNECT_NOW;
  return isRepeated ? new RefusedOverTls(text) : new ConnectionFailure(text);
}

function passwordHint({ code }: ServerMessage, { password }: Target): string {
  const isOfFile = code === INVALID_PASSWORD && password?.file !== undefined;
  return isOfFile ? `password retrieved from file "${password.file}"\n` : "";
}
