import { isIP, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { CheckDeclined, CheckFailure, CRITICAL } from "../../sdk/index.ts";
import { errnoName } from "../libc/errno.ts";
import { destroyOnAbort } from "./dial.ts";
import { type ContextSettings, createContext, type TlsContexts } from "./tls-contexts.ts";

/** How to make a TLS connection. */
export interface TlsSettings extends ContextSettings {
  /** The name for SNI, which may be an address. Without it, and if it is empty, no name is sent. */
  readonly servername?: string | undefined;
  /** What to offer as the protocols that are spoken over TLS (ALPN). Without it none is named. */
  readonly protocols?: readonly string[] | undefined;
  /** Contexts of OpenSSL to share with other connections. Without it a new one is made. */
  readonly contexts?: TlsContexts | undefined;
  /** The connection is destroyed when this is aborted. */
  readonly signal: AbortSignal;
}

/**
 * The handshake failed. The message is like the plugins' one: their line, then OpenSSL's own unless the
 * connection broke. It cannot be the same: OpenSSL's line names functions and lines of its version.
 */
export class TlsError extends Error {
  override readonly name = "TlsError";

  /**
   * Leaves the answer to the plugin. If there is none, the answer is this message.
   *
   * @param printed what stands before it
   */
  decline(printed: readonly string[] = []): CheckDeclined {
    const otherwise = new CheckFailure(`${printed.join("")}${this.message}\n`, CRITICAL);
    return new CheckDeclined("the TLS handshake failed", { cause: this, otherwise });
  }
}

const FAILED = "CRITICAL - Cannot make SSL connection.";

/**
 * Node warns of an address for SNI, and says that it will ignore one. The plugins send it, and so does
 * OpenSSL here, which reads the name up to a NUL.
 */
function toServername(name: string): string {
  return isIP(name) === 0 ? name : `${name}\0`;
}

/** Bits of a Diffie-Hellman key; OpenSSL's security level 2 accepts no fewer. */
const MIN_DH_BITS = 2048;

/**
 * Starts TLS on a connected socket. As in the plugins, the certificate is not verified. The returned socket
 * owns the given one; the caller destroys it.
 *
 * Rejects with a TlsError, or with the signal's reason.
 */
export async function upgrade(socket: Socket, settings: TlsSettings): Promise<TLSSocket> {
  const { servername, protocols, signal, contexts } = settings;
  signal.throwIfAborted();
  if (socket.destroyed) throw new TlsError(FAILED);
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const secure = connect({
    socket,
    secureContext: contexts?.get(settings) ?? createContext(settings),
    rejectUnauthorized: false,
    minDHSize: MIN_DH_BITS,
    ...(servername !== undefined && { servername: toServername(servername) }),
    ...(protocols !== undefined && { ALPNProtocols: [...protocols] }),
  });
  destroyOnAbort(secure, signal, reject);
  const fail = (lines: readonly string[], cause?: Error) => {
    secure.destroy();
    reject(new TlsError([FAILED, ...lines].join("\n"), { cause }));
  };
  secure.once("secureConnect", () => (isLegacySigned(secure) ? fail([LEGACY_SIGNED]) : resolve(secure)));
  secure.on("error", (error) => fail(opensslLines(error), error));
  return promise;
}

/**
 * Whether the key exchange is signed with SHA-1, as before TLS 1.2. OpenSSL's security level 2 refuses that;
 * it accepts a key exchange without a signature.
 */
function isLegacySigned(secure: TLSSocket): boolean {
  const protocol = secure.getProtocol();
  return (protocol === "TLSv1" || protocol === "TLSv1.1") && /^(?:EC)?DHE-/.test(secure.getCipher().name);
}

const THREAD = "0".repeat(16);
const LEGACY_SIGNED = `${THREAD}:error:0A00014D:SSL routines:tls_process_key_exchange:legacy sigalg disallowed or unsupported:../ssl/statem/statem_clnt.c:2254:`;
const UNEXPECTED_END = `${THREAD}:error:0A000126:SSL routines:ssl3_read_n:unexpected eof while reading:../ssl/record/rec_layer_s3.c:318:`;

/** Reasons that OpenSSL has renamed since the version that the plugins are built with. */
const FORMER_REASONS: readonly (readonly [now: string, then: string])[] = [["ssl/tls alert", "sslv3 alert"]];

/**
 * OpenSSL's own line, such as
 * `40B7F8EDFF7E0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/record/s.c:350:`.
 * The number and the reason are the same as the plugin's. The thread in front differs each time; function,
 * file and line differ with OpenSSL's version.
 */
function opensslLines(error: Error): readonly string[] {
  if (/:error:[0-9A-F]{8}:/.test(error.message)) {
    const line = error.message.trimEnd().replace("../deps/openssl/openssl/", "../");
    return [FORMER_REASONS.reduce((known, [now, then]) => known.replace(now, then), line)];
  }
  const isReset = "syscall" in error;
  return errnoName(error) === "ECONNRESET" && !isReset ? [UNEXPECTED_END] : [];
}
