import type { Socket } from "node:net";
import { hostname } from "node:os";
import type { TLSSocket } from "node:tls";
import { CheckDeclined, CheckFailure, type State, UNKNOWN, WARNING } from "../../sdk/index.ts";
import { trimEnd } from "../libc/trim-end.ts";
import { judgeCertificate, readCertificate } from "../transport/certificate.ts";
import { TlsError, upgrade } from "../transport/tls.ts";
import type { TlsContexts } from "../transport/tls-contexts.ts";
import { ReplyBuffer } from "./reply-buffer.ts";
import type { SmtpCommand, SmtpRequest } from "./request.ts";

/** What a conversation needs. */
export interface SmtpContext {
  readonly request: SmtpRequest;
  /** Lines that come before every answer, also before a time-out's: the plugin has printed them already. */
  readonly printed: string[];
  readonly contexts: TlsContexts;
  readonly signal: AbortSignal;
  /** Is called when something has come. */
  readonly onReceived: () => void;
  /** Is called when the handshake is through. */
  readonly onHandshake: () => void;
}

/** What the plugin goes on with after it has said QUIT. Without `time` that was all. */
export interface SmtpResult {
  readonly state: State;
  readonly isTimed: boolean;
}

/**
 * Talks to a server as the plugin does. Rejects with a CheckFailure, which is the whole answer, with a
 * CheckDeclined, or with the signal's reason.
 */
export async function converse(socket: Socket, context: SmtpContext): Promise<SmtpResult> {
  const { request, signal, onReceived } = context;
  const buffer = new ReplyBuffer(signal, onReceived);
  const greeting = `${greetingOf(request)} ${request.ownName ?? hostname()}\r\n`;
  const banner = await expectReply(socket, buffer);
  send(socket, greeting);
  await expectReply(socket, buffer);
  if (!request.usesTls) return talk(socket, buffer, { ...context, banner });
  const secure = await startTls(socket, buffer, context);
  try {
    return await greetAgain(secure, buffer, { ...context, banner, greeting });
  } finally {
    secure.destroy();
  }
}

function greetingOf({ lmtp, usesTls }: SmtpRequest): string {
  if (lmtp) return "LHLO";
  return usesTls ? "EHLO" : "HELO";
}

/** Without the banner or the answer to the greeting the plugin ends at once. */
async function expectReply(socket: Socket, buffer: ReplyBuffer): Promise<string> {
  if ((await buffer.receiveLines(socket)) !== "lines") throw new CheckFailure("recv() failed\n", WARNING);
  return buffer.text;
}

async function startTls(
  socket: Socket,
  buffer: ReplyBuffer,
  { printed, signal, contexts, onHandshake }: SmtpContext,
): Promise<TLSSocket> {
  if (!/250[ -]STARTTLS/.test(buffer.text)) {
    printed.push("WARNING - TLS not supported by server\n");
    await quit(socket, buffer);
    throw new CheckFailure("", WARNING);
  }
  send(socket, "STARTTLS\r\n");
  await receive(socket, buffer);
  if (!buffer.text.includes("220")) {
    printed.push("Server does not support STARTTLS\n");
    await quit(socket, buffer);
    throw new CheckFailure("", UNKNOWN);
  }
  if (buffer.hasMore) throw new CheckDeclined("words that came before TLS began");
  try {
    const secure = await upgrade(socket, { signal, contexts });
    onHandshake();
    return secure;
  } catch (error) {
    throw error instanceof TlsError ? error.decline(printed) : error;
  }
}

interface Begun extends SmtpContext {
  readonly banner: string;
}

/** Over TLS the plugin greets again, and forgets what the first greeting was answered. */
async function greetAgain(
  secure: TLSSocket,
  buffer: ReplyBuffer,
  context: Begun & { readonly greeting: string },
): Promise<SmtpResult> {
  const { request, printed, greeting } = context;
  send(secure, greeting);
  const end = await buffer.receiveLines(secure);
  if (end !== "lines") throw new CheckFailure("SMTP UNKNOWN - Cannot read EHLO response via TLS.\n", UNKNOWN);
  if (request.expiry === undefined) return talk(secure, buffer, context);
  const { state, text } = judgeCertificate(readCertificate(secure), request.expiry);
  printed.push(text);
  await quit(secure, buffer);
  return { state, isTimed: false };
}

async function talk(socket: Socket, buffer: ReplyBuffer, context: Begun): Promise<SmtpResult> {
  const { request, banner } = context;
  const said = strip(banner + buffer.text);
  if (!said.includes(request.expect)) throw new CheckFailure(`${invalid(request.port)}: ${said}\n`, WARNING);
  if (request.from !== undefined) {
    send(socket, `MAIL FROM:<${request.from}>\r\n`);
    await receive(socket, buffer);
  }
  let state: State = 0;
  for (const command of request.commands) {
    send(socket, `${command.text}\r\n`);
    await receive(socket, buffer);
    state = (await judge(strip(buffer.text), command, context)) ?? state;
  }
  await quit(socket, buffer);
  return { state, isTimed: true };
}

const SMTP_PORT = 25;

function invalid(port: number): string {
  const place = port === SMTP_PORT ? "" : ` on port ${port}`;
  return `Invalid SMTP response received from host${place}`;
}

/** The last answer that is judged decides, whatever the others were. */
async function judge(
  said: string,
  { text, response }: SmtpCommand,
  { printed, signal }: SmtpContext,
): Promise<State | undefined> {
  if (response === undefined) return undefined;
  if (await response.finds(said, signal)) return 0;
  printed.push(`SMTP WARNING - Invalid response '${said}' to command '${text}'\n`);
  return WARNING;
}

/**
 * Reads an answer that the plugin goes on without. If the server has hung up, it depends on the time
 * whether the plugin can still send.
 */
async function receive(socket: Socket, buffer: ReplyBuffer): Promise<void> {
  if ((await buffer.receiveLines(socket)) === "ended") throw new CheckDeclined("the server hung up early");
}

/** The plugin waits for an answer to QUIT, and does not look at it. */
async function quit(socket: Socket, buffer: ReplyBuffer): Promise<void> {
  if (!socket.writable) throw new CheckDeclined("the server hung up early");
  send(socket, "QUIT\r\n");
  await buffer.receiveLines(socket);
}

function send(socket: Socket, text: string): void {
  if (socket.writable) socket.write(text, "latin1");
}

/** Without white space at the end. */
function strip(text: string): string {
  return trimEnd(text, " \r\n\t");
}
