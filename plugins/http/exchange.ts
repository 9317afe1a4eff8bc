import { OK, type State } from "../../sdk/index.ts";
import { judgeCertificate, readCertificate } from "../transport/certificate.ts";
import { declineUnread } from "../transport/unread.ts";
import { ask, type ReceivedPage, readAnswer } from "./ask.ts";
import type { HttpCommand } from "./command.ts";
import { connect, type PageRequest, readClientCertificate } from "./connect.ts";
import { HttpConnection } from "./connection.ts";
import { usesBody } from "./judge.ts";
import { askPersistently, isPersistent, type KeepAliveContext } from "./keep-alive.ts";
import { Reception } from "./reception.ts";
import { type HttpTarget, renderRequest } from "./request.ts";

/** A page, or the state of the server's certificate if the page is not asked for. */
export type Exchange = ReceivedPage | { readonly kind: "certificate"; readonly state: State };

export interface ExchangeContext extends KeepAliveContext {
  /** Adds a text before the answer, whatever that is: the plugin prints it before it goes on. */
  readonly print: (text: string) => void;
}

/**
 * Asks for a page, on a kept connection or a new one. If there is no page in the end, it throws a
 * CheckFailure, or a TlsError.
 */
export async function exchange(
  target: HttpTarget,
  command: HttpCommand,
  context: ExchangeContext,
): Promise<Exchange> {
  const page = { target, command, clientCertificate: await readClientCertificate(command.tls) };
  const isKept = context.connections.isOn && isPersistent(page);
  return (isKept && (await askPersistently(page, context))) || exchangeOnce(page, context);
}

/** Asks as the plugin does: on a new connection, which it reads until the server closes it. */
async function exchangeOnce(page: PageRequest, context: ExchangeContext): Promise<Exchange> {
  const { target, command } = page;
  const { expiry, continues } = command.tls;
  const { tcp, tls, times } = await connect(page, context);
  using connection = new HttpConnection(tls ?? tcp, tcp);
  const certificate = tls && expiry && judgeCertificate(readCertificate(tls), expiry);
  if (certificate !== undefined) context.print(certificate.text);
  const state = certificate?.state ?? OK;
  if (certificate !== undefined && !continues) return { kind: "certificate", state };
  const { clock } = context;
  const { expectations } = command;
  const { stopsAtHeader } = expectations;
  const reception = new Reception({ stopsAtHeader, usesBody: usesBody(expectations), clock });
  const request = renderRequest(target, command.request, "close");
  const asked = await ask(connection, { request, reception }, context);
  declineUnread(tls ?? tcp);
  return readAnswer(reception, asked, { times, state });
}
