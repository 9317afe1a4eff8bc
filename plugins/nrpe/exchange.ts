import type { Socket } from "node:net";
import { whenAborted } from "../../sdk/deadline.ts";
import { type Resolver, STATE_NAMES, withinSeconds } from "../../sdk/index.ts";
import { type ContextSettings, contextName, type TlsContexts } from "../transport/tls-contexts.ts";
import { connect } from "./connect.ts";
import { buildQuery, type PacketVersion } from "./packet.ts";
import { Ended, type Printed } from "./printed.ts";
import { createSource, printPacket, readPacket } from "./reply.ts";
import type { NrpeRequest } from "./request.ts";
import type { TlsSessions } from "./sessions.ts";
import { anonymousSession, NotResumed, readTlsSettings, shakeHands } from "./tls.ts";

export interface ExchangeContext {
  readonly resolver: Resolver;
  readonly contexts: TlsContexts;
  readonly sessions: TlsSessions;
  readonly printed: Printed;
  readonly signal: AbortSignal;
}

/** The return code if there is no answer at all. */
const NO_ANSWER = 3;
/** The plugin's -1, as a process gives it. */
const MINUS_ONE = 255;

/**
 * Asks the daemon, and once more with version 2 if it gives no answer. Gives the return code. Throws an
 * `Ended` where the plugin ends at once.
 */
export async function exchange(request: NrpeRequest, context: ExchangeContext): Promise<number> {
  const first = await attempt(request, request.version, context);
  if (first !== "no answer" && first !== "other version") return first;
  // Without an answer to version 2 the plugin does not ask again.
  if (first === "no answer" && request.version === 2) return NO_ANSWER;
  const second = await attempt(request, 2, context);
  if (second === "no answer") return NO_ANSWER;
  return second === "other version" ? MINUS_ONE : second;
}

type Attempt = number | "no answer" | "other version";

/** One connection. The seconds begin anew when the question was sent. */
async function attempt(
  request: NrpeRequest,
  version: PacketVersion,
  context: ExchangeContext,
): Promise<Attempt> {
  const { timeout: seconds, tls } = request;
  const { printed, signal } = context;
  const limit = { seconds, signal, onTimeout: () => timedOut(request) };
  const usesTls = tls !== undefined;
  const socket = await withinSeconds(limit, (deadline) =>
    ask(request, version, { ...context, signal: deadline }),
  );
  try {
    const source = createSource(socket, { usesTls, version, printed });
    const packet = await withinSeconds(limit, async (deadline) => {
      using _closing = whenAborted(deadline, () => socket.destroy());
      return await readPacket(source);
    });
    await closeGently(socket, signal);
    if (packet === undefined) return "no answer";
    return printPacket(packet, printed) ?? "other version";
  } finally {
    socket.destroy();
  }
}

function timedOut({ timeout, failed }: NrpeRequest): Ended {
  return new Ended(
    failed,
    `CHECK_NRPE STATE ${STATE_NAMES[failed]}: Socket timeout after ${timeout} seconds.\n`,
  );
}

/** Connects and sends the question. */
async function ask(request: NrpeRequest, version: PacketVersion, context: ExchangeContext): Promise<Socket> {
  const { tls } = request;
  const hasTickets = context.sessions.isOn;
  const settings = tls && (await readTlsSettings({ ...tls, hasTickets }, context.contexts));
  const socket = settings
    ? await openTls(request, settings, context)
    : (await connect(request, context)).socket;
  socket.write(buildQuery(request.query, version));
  return socket;
}

async function openTls(
  request: NrpeRequest,
  settings: ContextSettings,
  context: ExchangeContext,
): Promise<Socket> {
  const { contexts, sessions, signal } = context;
  using _place = await contexts.handshakes.enter(signal);
  const daemon = `${request.host} ${request.port} ${request.family} ${contextName(settings)}`;
  const session = settings.hasTickets ? sessions.find(daemon) : undefined;
  try {
    return await openOnce(session);
  } catch (error) {
    if (!(error instanceof NotResumed)) throw error;
    sessions.refuse(daemon);
    return await openOnce();
  }

  async function openOnce(resumed?: Buffer): Promise<Socket> {
    const connected = await connect(request, context);
    const secure = await shakeHands(connected, settings, { failed: request.failed, context, resumed });
    if (!settings.hasTickets || secure.isSessionReused()) return secure;
    // A daemon that was started anew does not know the session any more.
    if (resumed !== undefined) sessions.forget(daemon);
    const made = anonymousSession(secure);
    if (made !== undefined) sessions.keep(daemon, made);
    return secure;
  }
}

/** The plugin waits for so long until the daemon closes the connection as well. */
const CLOSES_WITHIN_MS = 1000;

async function closeGently(socket: Socket, signal: AbortSignal): Promise<void> {
  if (socket.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  using _stopping = whenAborted(signal, resolve);
  const timer = setTimeout(resolve, CLOSES_WITHIN_MS);
  socket.once("close", resolve).end().resume();
  await promise;
  clearTimeout(timer);
}
