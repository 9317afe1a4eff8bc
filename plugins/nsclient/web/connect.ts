import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Resolver } from "../../../sdk/index.ts";
import { dial } from "../../transport/dial.ts";
import { checkIdentityAsGo, goCiphers, readSystemAuthorities } from "../../transport/go-tls.ts";
import { readOptionalPem, readPem } from "../../transport/pem-file.ts";
import { upgrade } from "../../transport/tls.ts";
import type { ContextSettings, TlsContexts } from "../../transport/tls-contexts.ts";
import type { WebRequest, WebTls } from "./request.ts";

/** A request with the files that its TLS needs. */
export interface PreparedRequest extends WebRequest {
  readonly settings: ContextSettings;
}

export interface ConnectContext {
  readonly resolver: Resolver;
  readonly contexts: TlsContexts;
  readonly signal: AbortSignal;
}

/** The certificate of the agent is not of a known authority, or not for this name. */
export class Unverified extends Error {
  override readonly name = "Unverified";
}

/** Reads the files of the request. Throws a CheckDeclined if one cannot be read. */
export async function prepare(request: WebRequest): Promise<PreparedRequest> {
  const { tls } = request;
  return { ...request, settings: tls === undefined ? {} : await readSettings(tls) };
}

async function readSettings(tls: WebTls): Promise<ContextSettings> {
  const { minVersion, maxVersion, verifies, certificate } = tls;
  const ciphers = goCiphers(verifies);
  const ours =
    certificate === undefined ? {} : { cert: await readPem(certificate), key: await readPem(tls.key ?? "") };
  const authorities = await readOptionalPem(tls.authorities);
  const ca = verifies ? (authorities ?? (await readSystemAuthorities())) : undefined;
  return { minVersion, maxVersion, ciphers, ...ours, ca };
}

/**
 * Connects, with TLS if the URL is https. Throws a DialError, a TlsError, an Unverified, or the signal's
 * reason.
 */
export async function connect(request: PreparedRequest, context: ConnectContext): Promise<Socket> {
  const { tls, host, port } = request;
  const { contexts, signal } = context;
  using _place = tls === undefined ? undefined : await contexts.handshakes.enter(signal);
  const socket = await dial({ host, port }, context);
  socket.allowHalfOpen = false;
  if (tls === undefined) return socket;
  try {
    return verify(
      await upgrade(socket, { ...request.settings, contexts, servername: nameOf(tls, host), signal }),
      {
        ...tls,
        name: tls.serverName ?? host,
      },
    );
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Go names no address in the handshake. */
function nameOf({ serverName }: WebTls, host: string): string | undefined {
  const name = serverName ?? host;
  return /^[0-9.]+$|:/.test(name) ? undefined : name.replace(/\.$/, "");
}

function verify(secure: TLSSocket, { verifies, name }: WebTls & { readonly name: string }): TLSSocket {
  if (!verifies) return secure;
  const certificate = secure.getPeerCertificate();
  const { authorizationError } = secure;
  // Node looks at the name only if the authority is known.
  const isKnown = secure.authorized || `${authorizationError}` === "ERR_TLS_CERT_ALTNAME_INVALID";
  if (!isKnown) throw new Unverified(`${authorizationError}`);
  const wrong = checkIdentityAsGo(name, certificate);
  if (wrong !== undefined) throw new Unverified(wrong.message);
  return secure;
}
