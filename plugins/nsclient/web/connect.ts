import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { checkServerIdentity, type TLSSocket } from "node:tls";
import { CheckDeclined, type Resolver } from "../../../sdk/index.ts";
import { dial } from "../../transport/dial.ts";
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

/** The ciphers that both Go and OpenSSL have. Go has no Diffie-Hellman in finite fields. */
const SIGNED = ["ECDHE-ECDSA", "ECDHE-RSA"];
const BULK = [
  "AES128-GCM-SHA256",
  "AES256-GCM-SHA384",
  "CHACHA20-POLY1305",
  "AES128-SHA256",
  "AES128-SHA",
  "AES256-SHA",
];
const RSA = ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA256", "AES128-SHA", "AES256-SHA"];
const CIPHERS = [
  ...["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"],
  ...BULK.flatMap((bulk) => SIGNED.map((signed) => `${signed}-${bulk}`)),
  ...RSA,
].join(":");

/** Where the authorities of the system are, as Go looks for them. */
const SYSTEM_AUTHORITIES = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/** Reads the files of the request. Throws a CheckDeclined if one cannot be read. */
export async function prepare(request: WebRequest): Promise<PreparedRequest> {
  const { tls } = request;
  return { ...request, settings: tls === undefined ? {} : await readSettings(tls) };
}

async function readSettings(tls: WebTls): Promise<ContextSettings> {
  const { minVersion, maxVersion, verifies, certificate } = tls;
  // What is signed with SHA-1 or has a short key is left to the plugin, which may refuse it.
  const ciphers = `${CIPHERS}@SECLEVEL=${verifies ? 2 : 0}`;
  const ours =
    certificate === undefined ? {} : { cert: await readPem(certificate), key: await readPem(tls.key ?? "") };
  const authorities = await readOptionalPem(tls.authorities);
  const ca = verifies ? (authorities ?? (await readSystemAuthorities())) : undefined;
  return { minVersion, maxVersion, ciphers, ...ours, ca };
}

/** SSL_CERT_FILE replaces the system's file for Go, too. */
async function readSystemAuthorities(): Promise<Buffer> {
  const { SSL_CERT_FILE: own, SSL_CERT_DIR: folder } = process.env;
  for (const file of folder === undefined ? (own === undefined ? SYSTEM_AUTHORITIES : [own]) : []) {
    const read = await readFile(file).catch(() => undefined);
    if (read !== undefined) return read;
  }
  throw new CheckDeclined("the system's authorities are not where they are looked for");
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
  // Without this list Node looks at the subject, and Go does not.
  if (certificate.subjectaltname === undefined)
    throw new Unverified("the certificate has no alternative names");
  const other = checkServerIdentity(name.replace(/\.$/, ""), certificate);
  if (other !== undefined) throw new Unverified("the certificate is for another name");
  return secure;
}
