import { constants, hash } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureVersion } from "node:tls";
import type { Shared } from "../../sdk/index.ts";

/** What makes a context of OpenSSL. */
export interface ContextSettings {
  /** TLSv1 by default. */
  readonly minVersion?: SecureVersion | undefined;
  readonly maxVersion?: SecureVersion | undefined;
  /** A certificate of ours, PEM, and its key. */
  readonly cert?: Buffer | string | undefined;
  readonly key?: Buffer | string | undefined;
}

/** Settings are few, but for those who have a certificate of their own for each host. */
const MOST_CONTEXTS = 16;

/** Contexts of OpenSSL, one for the same settings: to make one takes a tenth of a handshake's time. */
export class TlsContexts implements Disposable {
  readonly #contexts = new Map<string, SecureContext>();

  /** Whether one with these settings could be made. */
  has(settings: ContextSettings): boolean {
    return this.#contexts.has(contextName(settings));
  }

  get(settings: ContextSettings): SecureContext {
    const name = contextName(settings);
    const context = this.#contexts.get(name) ?? createContext(settings);
    // Behind all others: the map's first is the one longest out of use.
    this.#contexts.delete(name);
    this.#contexts.set(name, context);
    if (this.#contexts.size > MOST_CONTEXTS) this.#contexts.delete(this.#contexts.keys().next().value ?? "");
    return context;
  }

  [Symbol.dispose](): void {
    this.#contexts.clear();
  }
}

/** One for all checks of this worker. */
export const TLS_CONTEXTS: Shared<TlsContexts> = { name: "TLS contexts", create: () => new TlsContexts() };

/** Tells settings apart, certificates and keys by what is in them, and gives none of it away. */
export function contextName({ minVersion, maxVersion, cert, key }: ContextSettings): string {
  const digest = (pem: Buffer | string | undefined) => (pem === undefined ? "" : hash("sha256", pem));
  return [minVersion, maxVersion, digest(cert), digest(key)].join(" ");
}

/** What the handshakes of many checks may share: no session is in it, each is asked for anew. */
export function createContext({
  minVersion = "TLSv1",
  maxVersion = "TLSv1.3",
  cert,
  key,
}: ContextSettings): SecureContext {
  const ours = { ...(cert && { cert }), ...(key && { key }) };
  return createSecureContext({ ...OFFER, ca: NO_AUTHORITIES, minVersion, maxVersion, ...ours });
}

/** Else Node loads all of Mozilla's, which takes some ten milliseconds the first time. */
const NO_AUTHORITIES: string[] = [];

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
