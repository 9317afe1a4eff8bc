import { readFile } from "node:fs/promises";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { CheckDeclined } from "../../sdk/index.ts";

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

/**
 * What a plugin in Go offers. Where it verifies, a certificate with SHA-1 or a short key is not taken: the
 * plugin may refuse it.
 */
export function goCiphers(verifies: boolean): string {
  return `${CIPHERS}@SECLEVEL=${verifies ? 2 : 0}`;
}

/** Where the authorities of the system are, as Go looks for them. */
const SYSTEM_AUTHORITIES = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/**
 * The authorities that a plugin in Go trusts, in PEM. SSL_CERT_FILE replaces the system's file for Go, too.
 * Throws a CheckDeclined.
 */
export async function readSystemAuthorities(): Promise<Buffer> {
  const { SSL_CERT_FILE: own, SSL_CERT_DIR: folder } = process.env;
  for (const file of folder === undefined ? (own === undefined ? SYSTEM_AUTHORITIES : [own]) : []) {
    const read = await readFile(file).catch(() => undefined);
    if (read !== undefined) return read;
  }
  throw new CheckDeclined("the system's authorities are not where they are looked for");
}

/** What is wrong with the name of a certificate. Node would look at its subject, and Go does not. */
export function checkIdentityAsGo(name: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname === undefined) return new Error("the certificate has no alternative names");
  const other = checkServerIdentity(name.replace(/\.$/, ""), certificate);
  return other && new Error("the certificate is for another name");
}
