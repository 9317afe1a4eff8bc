const DISCONNECTED = "Client network socket disconnected before secure TLS connection was established";

/**
 * What an error of TLS most likely means, by its code: a verification's (`CERT_HAS_EXPIRED`), Node's own
 * (`ERR_TLS_…`) or OpenSSL's (`ERR_SSL_…`, with `ALERT` in it where the server has sent it).
 */
const REASONS: readonly (readonly [code: RegExp, reason: string])[] = [
  [
    /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_(?:SIGNATURE_FAILURE|UNTRUSTED|REJECTED)|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_EXCEEDED)/,
    "its certificate is of no authority in tls_ca_file",
  ],
  [/^CERT_HAS_EXPIRED$/, "its certificate has expired, or this machine's clock is wrong"],
  [/^CERT_NOT_YET_VALID$/, "its certificate is not valid yet, or this machine's clock is wrong"],
  [
    /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|BAD_RECORD_TYPE|RECORD_TOO_SMALL)$/,
    "it does not speak TLS on this port",
  ],
  [/ALERT_CERTIFICATE_REQUIRED/, "it wants a client certificate: set tls_certificate and tls_key"],
  [
    /ALERT_HANDSHAKE_FAILURE/,
    "it refuses the handshake: it may want a client certificate (tls_certificate and tls_key)",
  ],
  [
    /ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|ACCESS_DENIED|DECRYPT_ERROR)/,
    "it refuses the certificate in tls_certificate",
  ],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/, "it speaks no TLS from version 1.2 on"],
];

/** Why TLS with a server has failed, in words. Undefined: the error is none of TLS. */
export function tlsReasonOf(error: Error): string | undefined {
  const code = "code" in error ? String(error.code) : "";
  if (error.message === DISCONNECTED)
    return "it closed the connection in the TLS handshake: does it speak TLS? (a gearmand that was built without TLS ignores --ssl)";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return `its certificate is for another name, write that name or set tls_server_name (${detailOf(error)})`;
  const reason = REASONS.find(([pattern]) => pattern.test(code))?.[1];
  if (reason !== undefined) return `${reason} (${code})`;
  return /^ERR_(?:SSL|TLS|OSSL)_/.test(code) ? `TLS failed: ${detailOf(error)} (${code})` : undefined;
}

/** The server has ended the connection, in order or not. */
export function isClosing(error: Error | undefined): boolean {
  if (error === undefined) return true;
  return "syscall" in error && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

/** The likely cause if a server closes a connection and has said nothing on it. */
export function closedUnanswered(isTls: boolean): string {
  return isTls
    ? "without an answer: it may refuse our certificate, or want one (tls_certificate and tls_key)"
    : "without an answer: does it want TLS (tls=yes)?";
}

/** Node and OpenSSL give it without the names of functions and files. */
function detailOf(error: Error): string {
  return "reason" in error && typeof error.reason === "string" ? error.reason : error.message;
}
