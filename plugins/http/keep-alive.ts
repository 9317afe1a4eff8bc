import { whenAborted } from "../../sdk/deadline.ts";
import { OK } from "../../sdk/index.ts";
import { type Asked, ask, type MetPage, readAnswer } from "./ask.ts";
import type { HttpCommand } from "./command.ts";
import { type ConnectContext, connect, type Door, findAddress, tlsName } from "./connect.ts";
import { HttpConnection } from "./connection.ts";
import type { HttpConnections } from "./connections.ts";
import { AnswerEnd } from "./framing.ts";
import { Reception } from "./reception.ts";
import { renderRequest } from "./request.ts";

export interface KeepAliveContext extends ConnectContext {
  readonly connections: HttpConnections;
}

/** Asked twice they do no harm: where a server closes a connection nobody knows whether it has read the request. */
const HARMLESS: readonly string[] = ["GET", "HEAD", "OPTIONS"];
/** One word of printable characters, of the server itself: no proxy's. */
const PATH = /^\/[!-~\x80-\xff]*$/;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[^\r\n]*$/;
/** These say something of the connection, or of where the request ends. */
const UNUSUAL =
  /^(?:connection|content-length|expect|http2-settings|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;

/** Whether the request is one of many that may follow one another on a connection. */
export function isPersistent({ target, command }: Door): boolean {
  const { method, body, agent, headers, proxyAuthorization } = command.request;
  return (
    HARMLESS.includes(method) &&
    body === undefined &&
    PATH.test(target.url) &&
    !/[\r\n]/.test(agent) &&
    headers.every(isUsual) &&
    proxyAuthorization === "" &&
    command.tls.expiry === undefined &&
    !looksClosely(command)
  );
}

/** A header that speaks of a kept connection is another one, and longer. */
function looksClosely({ expectations }: HttpCommand): boolean {
  const { headerText, pageSize, stopsAtHeader } = expectations;
  return headerText !== "" || pageSize.min > 0 || pageSize.max > 0 || stopsAtHeader;
}

function isUsual(header: string): boolean {
  const [, name] = HEADER.exec(header) ?? [];
  return name !== undefined && !UNUSUAL.test(name);
}

/** Where a connection leads. */
interface Place {
  readonly address: string;
  readonly name: string;
}

/**
 * Asks on a connection another check has left, or on a new one that is left to others. Undefined: what came was no answer that could be
 * told from what may come after it, so the page is asked for as the plugin does.
 */
export async function askPersistently(door: Door, context: KeepAliveContext): Promise<MetPage | undefined> {
  const { connections, signal } = context;
  const place = await findPlace(door, context);
  const page = `${door.command.request.method} ${door.target.hostName} ${door.target.url} ${place.name}`;
  if (connections.isOdd(page)) return undefined;
  const left = connections.take(place.name);
  const met = left && (await askAgain(left, place, door, context));
  if (met !== undefined) return met;
  signal.throwIfAborted();
  const fresh = await askFirst(place, door, context);
  if (fresh === undefined) connections.setOdd(page);
  return fresh;
}

/** Some servers tie a login to the connection: who says who he is has connections of his own. */
async function findPlace(door: Door, context: KeepAliveContext): Promise<Place> {
  const { target, command } = door;
  const { headers, authorization } = command.request;
  const address = await findAddress(door, context);
  return { address, name: JSON.stringify([address, target.port, tlsName(door), authorization, headers]) };
}

/** What a server says to whom it has waited for, on a connection that was silent for too long. */
const REQUEST_TIMEOUT = 408;

/** On a connection that was left. Undefined: the server closed it at that very moment, or spoke of something else. */
async function askAgain(
  connection: HttpConnection,
  { name }: Place,
  door: Door,
  { connections, signal }: KeepAliveContext,
): Promise<MetPage | undefined> {
  const reception = createReception(door);
  // Where a connection is dead without a word the others of that place are, too: the next check begins anew.
  using _closing = whenAborted(signal, () => {
    connection[Symbol.dispose]();
    connections.closeAll(name);
  });
  const asked = await ask(connection, render(door), reception);
  const isAnswer = reception.isBegun && reception.head?.status !== REQUEST_TIMEOUT;
  const isSure = isAnswer && asked.ending !== "unclear";
  connections.keep(name, connection, isSure ? idleMs(asked, reception) : 0);
  return isSure ? readAnswer(reception, asked, { times: NO_TIMES, state: OK }) : undefined;
}

const NO_TIMES = { connect: 0, tls: 0 };

async function askFirst(
  { address, name }: Place,
  door: Door,
  context: KeepAliveContext,
): Promise<MetPage | undefined> {
  // The check's own signal would be with the connection as long as that lives.
  const closer = new AbortController();
  using _closing = whenAborted(context.signal, () => closer.abort(context.signal.reason));
  const { tcp, tls, times } = await connect(door, { ...context, signal: closer.signal });
  // A later address of the name is not what the next check would connect to.
  const isFirstAddress = tcp.remoteAddress === address;
  const connection = new HttpConnection(tls ?? tcp, tcp);
  const reception = createReception(door);
  const asked = await ask(connection, render(door), reception);
  context.connections.keep(name, connection, isFirstAddress ? idleMs(asked, reception) : 0);
  return asked.ending === "unclear" ? undefined : readAnswer(reception, asked, { times, state: OK });
}

function createReception({ command }: Door): Reception {
  return new Reception({ stopsAtHeader: false, end: new AnswerEnd(command.request.method) });
}

function render({ target, command }: Door): string {
  return renderRequest(target, command.request, "keep-alive");
}

/** How long the connection may be left. */
function idleMs({ ending }: Asked, { head }: Reception): number {
  return ending === "complete" && head !== undefined ? head.idleMs : 0;
}
