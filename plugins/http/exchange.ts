import { OK, type State } from "../../sdk/index.ts";
import { judgeCertificate, readCertificate } from "../transport/certificate.ts";
import { ask, type MetPage, readAnswer } from "./ask.ts";
import type { HttpCommand } from "./command.ts";
import { connect, type Door, readIdentity } from "./connect.ts";
import { HttpConnection } from "./connection.ts";
import { askPersistently, isPersistent, type KeepAliveContext } from "./keep-alive.ts";
import { Reception } from "./reception.ts";
import { type HttpTarget, renderRequest } from "./request.ts";

/** A page, or where nobody asked for it, what the certificate is worth. */
export type Exchange = MetPage | { readonly kind: "certificate"; readonly state: State };

export interface ExchangeContext extends KeepAliveContext {
  /** What the plugin prints on its way stands before whatever it says in the end. */
  readonly print: (text: string) => void;
}

/** Connects and asks, or asks where a connection is left. Throws a CheckFailure where that ends before there is a page. */
export async function exchange(
  target: HttpTarget,
  command: HttpCommand,
  context: ExchangeContext,
): Promise<Exchange> {
  const door = { target, command, identity: await readIdentity(command.tls) };
  const isKept = context.connections.isOn && isPersistent(door);
  return (isKept && (await askPersistently(door, context))) || exchangeOnce(door, context);
}

/** As the plugin does it: reads until the server closes the connection. */
async function exchangeOnce(door: Door, context: ExchangeContext): Promise<Exchange> {
  const { target, command } = door;
  const { expiry, continues } = command.tls;
  const { tcp, tls, times } = await connect(door, context);
  using connection = new HttpConnection(tls ?? tcp, tcp);
  const certificate = tls && expiry && judgeCertificate(readCertificate(tls), expiry);
  if (certificate !== undefined) context.print(certificate.text);
  const state = certificate?.state ?? OK;
  if (certificate !== undefined && !continues) return { kind: "certificate", state };
  const reception = new Reception({ stopsAtHeader: command.expectations.stopsAtHeader });
  const asked = await ask(connection, renderRequest(target, command.request, "close"), reception);
  return readAnswer(reception, asked, { times, state });
}
