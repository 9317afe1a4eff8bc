import { constants } from "node:crypto";
import type { Socket } from "node:net";
import { connect, createSecureContext, type SecureVersion, type TLSSocket } from "node:tls";
import { getSystemErrorName } from "node:util";
import { destroyOnAbort } from "./dial.ts";
import { errnoName } from "./errno.ts";

export interface TlsSettings {
  /** The name for SNI; none is sent without. */
  readonly servername?: string | undefined;
  /** TLSv1 by default. */
  readonly minVersion?: SecureVersion | undefined;
  readonly maxVersion?: SecureVersion | undefined;
  /** A certificate of ours, PEM, and its key. */
  readonly cert?: Buffer | string | undefined;
  readonly key?: Buffer | string | undefined;
  readonly signal: AbortSignal;
}

/** The handshake failed. The message is the plugins': below the first line OpenSSL's own, unless the connection broke. */
export class TlsError extends Error {
  override readonly name = "TlsError";
}

const FAILED = "CRITICAL - Cannot make SSL connection.";

const ALGORITHMS = [
  ...["ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384", "ecdsa_secp521r1_sha512", "ed25519", "ed448"],
  ...["rsa_pss_pss_sha256", "rsa_pss_pss_sha384", "rsa_pss_pss_sha512"],
  ...["rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512"],
  ...["rsa_pkcs1_sha256", "rsa_pkcs1_sha384", "rsa_pkcs1_sha512", "ECDSA+SHA224", "RSA+SHA224"],
];

/**
 * What Debian's OpenSSL offers a server, on security level 2: the level itself means something else to Node's OpenSSL, which would
 * not speak TLS 1.0 and 1.1 on it. Of the groups none costs a key exchange of its own in every first message, as ML-KEM would.
 */
const OFFER = {
  ciphers: "DEFAULT@SECLEVEL=0",
  ecdhCurve: "X25519:P-256:X448:P-521:P-384:ffdhe2048:ffdhe3072:ffdhe4096:ffdhe6144:ffdhe8192",
  sigalgs: ALGORITHMS.join(":"),
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const;

/** Bits; the least on that level. */
const LEAST_DH = 2048;

/**
 * TLS over a connected socket, as the plugins have it: certificates are not verified. The socket given belongs to the one returned;
 * that one is destroyed when the signal is aborted, and by whoever has it.
 *
 * Rejects with a TlsError, or with the signal's reason.
 */
export async function upgrade(socket: Socket, settings: TlsSettings): Promise<TLSSocket> {
  const { servername, signal, minVersion = "TLSv1", maxVersion = "TLSv1.3", cert, key } = settings;
  signal.throwIfAborted();
  if (socket.destroyed) throw new TlsError(FAILED);
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const context = {
    ...OFFER,
    ca: NO_AUTHORITIES,
    minVersion,
    maxVersion,
    ...(cert && { cert }),
    ...(key && { key }),
  };
  const secure = connect({
    socket,
    secureContext: createSecureContext(context),
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

/** Else Node loads all of Mozilla's, which takes some ten milliseconds the first time. */
const NO_AUTHORITIES: string[] = [];

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
  return errnoName(error, getSystemErrorName) === "ECONNRESET" && !isReset ? [UNEXPECTED_END] : [];
}
