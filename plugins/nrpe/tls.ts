import { X509Certificate } from "node:crypto";
import { connect, type TLSSocket } from "node:tls";
import { CheckDeclined, OK } from "../../sdk/index.ts";
import { errnoName, errnoText } from "../libc/errno.ts";
import { destroyOnAbort } from "../transport/dial.ts";
import { readOptionalPem } from "../transport/pem-file.ts";
import type { ContextSettings, TlsContexts } from "../transport/tls-contexts.ts";
import type { Connected } from "./connect.ts";
import { Ended, type Printed } from "./printed.ts";
import type { NrpeRequest, TlsRequest } from "./request.ts";

export interface TlsContext {
  readonly contexts: TlsContexts;
  readonly printed: Printed;
  readonly signal: AbortSignal;
}

/** Reads the files of `-C`, `-K` and `-A`. Declines if one cannot be read. */
export async function readTlsSettings(
  tls: TlsRequest & Pick<ContextSettings, "hasTickets">,
  contexts: TlsContexts,
): Promise<ContextSettings> {
  const { versions, ciphers, hasTickets } = tls;
  const [cert, key, ca] = await Promise.all([tls.certificate, tls.key, tls.authority].map(readOptionalPem));
  const settings = { ...versions, ciphers, cert, key, ca, hasTickets };
  requireUsable(settings, contexts);
  return settings;
}

/** Where OpenSSL does not take the settings, the plugin prints OpenSSL's own reasons. */
function requireUsable(settings: ContextSettings, contexts: TlsContexts): void {
  if (contexts.has(settings)) return;
  try {
    // OpenSSL here takes a file without a certificate for an empty list.
    if (settings.ca !== undefined) new X509Certificate(settings.ca);
    contexts.get(settings);
  } catch (cause) {
    throw new CheckDeclined("OpenSSL does not take the ciphers, the certificate or its key", { cause });
  }
}

/** On security level 0 a Diffie-Hellman key may have any size. The name in a certificate does not matter. */
const AS_THE_PLUGIN = {
  rejectUnauthorized: false,
  minDHSize: 1,
  checkServerIdentity: () => undefined,
} as const;

/** The daemon has ended a handshake that would have resumed a session. Nothing was printed. */
export class NotResumed extends Error {
  override readonly name = "NotResumed";
}

interface HandshakeContext extends Pick<NrpeRequest, "failed"> {
  readonly context: TlsContext;
  /** The session to resume. */
  readonly resumed?: Buffer | undefined;
}

/**
 * Starts TLS on a connected socket. The returned socket owns it; the caller destroys it. Throws an `Ended` if
 * the handshake fails, or if `-A` is given and the certificate is not good; and a `NotResumed`.
 */
export async function shakeHands(
  { socket, address }: Connected,
  settings: ContextSettings,
  { failed, context, resumed }: HandshakeContext,
): Promise<TLSSocket> {
  const { contexts, printed, signal } = context;
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const secureContext = contexts.get(settings);
  const secure = connect({ socket, secureContext, ...AS_THE_PLUGIN, ...(resumed && { session: resumed }) });
  destroyOnAbort(secure, signal, reject);
  const fail = (error?: Error) => {
    secure.destroy();
    reject(resumed ? new NotResumed() : endOf(error, { failed, address, printed }));
  };
  const onError = (error: Error) => fail(error);
  secure.once("error", onError).once("secureConnect", () => {
    secure.off("error", onError).on("error", () => {});
    if (settings.ca !== undefined && !isGood(secure)) fail();
    else resolve(secure);
  });
  return promise;
}

function isGood(secure: TLSSocket): boolean {
  return secure.authorized || isAnonymous(secure);
}

/** With anonymous Diffie-Hellman there is no certificate, and nothing to verify. */
function isAnonymous(secure: TLSSocket): boolean {
  return secure.getPeerX509Certificate() === undefined;
}

/** The session of a connection without a certificate: to resume it proves no less than to make it. */
export function anonymousSession(secure: TLSSocket): Buffer | undefined {
  return isAnonymous(secure) ? secure.getSession() : undefined;
}

interface Failure extends Pick<NrpeRequest, "failed"> {
  readonly address: string;
  readonly printed: Printed;
}

/** If a failure is OK (`-t 10:OK`), the plugin goes on. It cannot send its question then, and ends so. */
const NOT_SENT = 3;

/** Errors of the socket are told from those of the protocol. The end of the stream is one of the protocol. */
function endOf(error: Error | undefined, { failed, address, printed }: Failure): Error {
  const isOfSocket = error !== undefined && "syscall" in error;
  if (isOfSocket && failed === OK) return new CheckDeclined("the TLS handshake failed", { cause: error });
  const text = isOfSocket
    ? `Error - Could not connect to ${address}: ${errnoText(errnoName(error))}`
    : `(ssl_err != 5) Error - Could not complete SSL handshake with ${address}: 1`;
  printed.line(`CHECK_NRPE: ${text}`);
  if (failed !== OK) return new Ended(failed);
  printed.line("CHECK_NRPE: Error sending query to host.");
  return new Ended(NOT_SENT);
}
