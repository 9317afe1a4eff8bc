import type { Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { errnoName } from "../libc/errno.ts";
import { destroyOnAbort } from "./dial.ts";
import { type ContextSettings, createContext, type TlsContexts } from "./tls-contexts.ts";

export interface TlsSettings extends ContextSettings {
  /** The name for SNI; none is sent without. */
  readonly servername?: string | undefined;
  /** Where one of these settings may be had. */
  readonly contexts?: TlsContexts | undefined;
  readonly signal: AbortSignal;
}

/** The handshake failed. The message is the plugins': below the first line OpenSSL's own, unless the connection broke. */
export class TlsError extends Error {
  override readonly name = "TlsError";
}

const FAILED = "CRITICAL - Cannot make SSL connection.";

/** Bits; the least on that level. */
const LEAST_DH = 2048;

/**
 * TLS over a connected socket, as the plugins have it: certificates are not verified. The socket given belongs to the one returned;
 * that one is destroyed when the signal is aborted, and by whoever has it.
 *
 * Rejects with a TlsError, or with the signal's reason.
 */
export async function upgrade(socket: Socket, settings: TlsSettings): Promise<TLSSocket> {
  const { servername, signal, contexts } = settings;
  signal.throwIfAborted();
  if (socket.destroyed) throw new TlsError(FAILED);
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const secure = connect({
    socket,
    secureContext: contexts?.get(settings) ?? createContext(settings),
    rejectUnauthorized: false,
    minDHSize: LEAST_DH,
    ...(servername !== undefined && { servername }),
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

/** Before TLS 1.2 a key exchange is signed with SHA-1, which is below that level. Only one that is not signed gets through. */
function isLegacySigned(secure: TLSSocket): boolean {
  const protocol = secure.getProtocol();
  return (protocol === "TLSv1" || protocol === "TLSv1.1") && /^(?:EC)?DHE-/.test(secure.getCipher().name);
}

const THREAD = "0".repeat(16);
const LEGACY_SIGNED = `${THREAD}:error:0A00014D:SSL routines:tls_process_key_exchange:legacy sigalg disallowed or unsupported:../ssl/statem/statem_clnt.c:2254:`;
const UNEXPECTED_END = `${THREAD}:error:0A000126:SSL routines:ssl3_read_n:unexpected eof while reading:../ssl/record/rec_layer_s3.c:318:`;

/** Reasons OpenSSL has renamed since the version the plugins are built with. */
const FORMER_REASONS: readonly (readonly [now: string, then: string])[] = [["ssl/tls alert", "sslv3 alert"]];

/**
 * `40B7F8EDFF7E0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/record/ssl3_record.c:350:`. Number and
 * reason are the plugin's; the thread in front differs each time, function, file and line with OpenSSL's version.
 */
function opensslLines(error: Error): readonly string[] {
  if (/:error:[0-9A-F]{8}:/.test(error.message)) {
    const line = error.message.trimEnd().replace("../deps/openssl/openssl/", "../");
    return [FORMER_REASONS.reduce((known, [now, then]) => known.replace(now, then), line)];
  }
  const isReset = "syscall" in error;
  return errnoName(error) === "ECONNRESET" && !isReset ? [UNEXPECTED_END] : [];
}
