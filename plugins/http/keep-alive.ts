import { setDeadline, whenAborted } from "../../sdk/deadline.ts";
import { OK } from "../../sdk/index.ts";
import type { TargetClock } from "../transport/timing.ts";
import { declineUnread } from "../transport/unread.ts";
import { type AskContext, ask, type ReceivedPage, type RequestOutcome, readAnswer } from "./ask.ts";
import type { HttpCommand } from "./command.ts";
import { type ConnectContext, connect, findAddress, type PageRequest, tlsKey } from "./connect.ts";
import { HttpConnection } from "./connection.ts";
import type { HttpConnections } from "./connections.ts";
import { AnswerEnd } from "./framing.ts";
import { usesBody } from "./judge.ts";
import { Reception } from "./reception.ts";
import { renderRequest } from "./request.ts";

/** What a request on a kept connection needs. */
export interface KeepAliveContext extends ConnectContext, AskContext {
  readonly connections: HttpConnections;
}

/**
 * Methods that may be sent twice. If a server closes a connection, it is not known whether the server has
 * read the request.
 */
const REPEATABLE: readonly string[] = ["GET", "HEAD", "OPTIONS"];
/** A path on the server itself, in one word of printable characters. A full URL would be for a proxy. */
const PATH = /^\/[!-~\x80-\xff]*$/;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[^\r\n]*$/;
/** Headers that say something about the connection, or about where the request ends. */
const FRAMING_HEADER =
  /^(?:connection|content-length|expect|http2-settings|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;

/** Whether the page may be asked for on a kept connection. */
export function isPersistent({ target, command }: PageRequest): boolean {
  const { method, body, agent, headers, proxyAuthorization } = command.request;
  return (
    REPEATABLE.includes(method) &&
    body === undefined &&
    PATH.test(target.url) &&
    !/[\r\n]/.test(agent) &&
    headers.every(isUsual) &&
    proxyAuthorization === "" &&
    command.tls.expiry === undefined &&
    !dependsOnHeader(command)
  );
}

/** Whether the check looks at the header or the size: the header differs on a kept connection. */
function dependsOnHeader({ expectations }: HttpCommand): boolean {
  const { headerText, pageSize, stopsAtHeader } = expectations;
  return headerText !== "" || pageSize.min > 0 || pageSize.max > 0 || stopsAtHeader;
}

function isUsual(header: string): boolean {
  const [, name] = HEADER.exec(header) ?? [];
  return name !== undefined && !FRAMING_HEADER.test(name);
}

/** Where a connection leads to. */
interface Origin {
  readonly address: string;
  /** The key of its connections in `HttpConnections`. */
  readonly key: string;
}

/**
 * Asks for a page on a connection that another check has left, or on a new one that is kept afterwards.
 * Undefined: the end of the answer was not certain, so the page must be asked for as the plugin does.
 */
export async function askPersistently(
  page: PageRequest,
  context: KeepAliveContext,
): Promise<ReceivedPage | undefined> {
  const { connections, signal } = context;
  const origin = await findOrigin(page, context);
  const pageKey = `${page.command.request.method} ${page.target.hostName} ${page.target.url} ${origin.key}`;
  if (connections.isUnclear(pageKey)) return undefined;
  const left = connections.take(origin.key);
  const met = left && (await askAgain(left, origin, page, context));
  if (met !== undefined) return met;
  signal.throwIfAborted();
  const fresh = await askFirst(origin, page, context);
  if (fresh === undefined) connections.setUnclear(pageKey);
  return fresh;
}

/**
 * Some servers tie a login to the connection, so checks with other credentials or headers have other
 * connections.
 */
async function findOrigin(page: PageRequest, context: KeepAliveContext): Promise<Origin> {
  const { target, command } = page;
  const { headers, authorization } = command.request;
  const address = await findAddress(page, context);
  return { address, key: JSON.stringify([address, target.port, tlsKey(page), authorization, headers]) };
}

/** A server may send this on a connection that was silent for too long. It is no answer to the request. */
const REQUEST_TIMEOUT = 408;

/**
 * Asks on a kept connection. Undefined: the server has closed it at the same moment, or the answer is
 * unclear.
 */
async function askAgain(
  connection: HttpConnection,
  { key }: Origin,
  page: PageRequest,
  context: KeepAliveContext,
): Promise<ReceivedPage | undefined> {
  const { connections, signal, clock } = context;
  const reception = createReception(page, clock);
  // If this connection is dead without a notice, the others with its key are too. The next check makes a new
  // one.
  using _closing = whenAborted(signal, () => {
    connection[Symbol.dispose]();
    connections.closeAll(key);
  });
  const asked = await ask(connection, { request: render(page), reception }, context);
  const isAnswer = reception.isBegun && reception.head?.status !== REQUEST_TIMEOUT;
  const isSure = isAnswer && asked.ending !== "unclear";
  connections.keep(key, connection, isSure ? idleMs(asked, reception) : 0);
  return isSure ? readAnswer(reception, asked, { times: NO_TIMES, state: OK }) : undefined;
}

const NO_TIMES = { connect: 0, tls: 0 };

/** Asks on a new connection. Undefined: the answer is unclear. */
async function askFirst(
  { address, key }: Origin,
  page: PageRequest,
  context: KeepAliveContext,
): Promise<ReceivedPage | undefined> {
  // With the check's own signal, the connection would keep the signal as long as it is open.
  const closer = new AbortController();
  setDeadline(closer.signal, { outer: context.signal });
  using _closing = whenAborted(context.signal, () => closer.abort(context.signal.reason));
  const { tcp, tls, times } = await connect(page, { ...context, signal: closer.signal });
  // If the first address did not answer, the connection is not kept: it may answer the next check.
  const isFirstAddress = tcp.remoteAddress === address;
  const connection = new HttpConnection(tls ?? tcp, tcp);
  const reception = createReception(page, context.clock);
  const asked = await ask(connection, { request: render(page), reception }, context);
  context.connections.keep(key, connection, isFirstAddress ? idleMs(asked, reception) : 0);
  declineUnread(tls ?? tcp);
  return asked.ending === "unclear" ? undefined : readAnswer(reception, asked, { times, state: OK });
}

function createReception({ command }: PageRequest, clock: TargetClock): Reception {
  const end = new AnswerEnd(command.request.method);
  return new Reception({ stopsAtHeader: false, usesBody: usesBody(command.expectations), end, clock });
}

function render({ target, command }: PageRequest): string {
  return renderRequest(target, command.request, "keep-alive");
}

/** How long the connection may be kept. */
function idleMs({ ending }: RequestOutcome, { head }: Reception): number {
  return ending === "complete" && head !== undefined ? head.idleMs : 0;
}
