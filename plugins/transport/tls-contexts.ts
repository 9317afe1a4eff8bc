import { constants, hash } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureVersion } from "node:tls";
import { Admission } from "../../sdk/admission.ts";
import type { Shared } from "../../sdk/index.ts";

/** What an OpenSSL context depends on. */
export interface ContextSettings {
  /** The default is TLSv1. */
  readonly minVersion?: SecureVersion | undefined;
  readonly maxVersion?: SecureVersion | undefined;
  /** The client certificate and its key, in PEM. */
  readonly cert?: Buffer | string | undefined;
  readonly key?: Buffer | string | undefined;
  /** Authorities, in PEM. Without them no certificate is verified. */
  readonly ca?: Buffer | string | undefined;
  /** The ciphers to offer, in OpenSSL's words. The signature algorithms are OpenSSL's own then. */
  readonly ciphers?: string | undefined;
  /** True: servers may give session tickets, so that a later connection can resume the session. */
  readonly hasTickets?: boolean | undefined;
}

/** Most sites have few different settings; a site may have a client certificate for each host. */
const MAX_CONTEXTS = 16;

/** A handshake takes a millisecond of the event loop. */
const HANDSHAKES = { name: "TLS handshakes", most: 32, countsForMs: 100 } as const;

/**
 * Keeps one OpenSSL context for each set of settings. To make one takes a tenth of the time of a handshake.
 */
export class TlsContexts implements Disposable {
  /** Limits the handshakes that are under way. */
  readonly handshakes: Pick<Admission, "enter">;
  readonly #contexts = new Map<string, SecureContext>();

  constructor(handshakes: Pick<Admission, "enter"> = new Admission(HANDSHAKES)) {
    this.handshakes = handshakes;
  }

  /** Whether there is a context with these settings, so that they are known to be valid. */
  has(settings: ContextSettings): boolean {
    return this.#contexts.has(contextName(settings));
  }

  get(settings: ContextSettings): SecureContext {
    const name = contextName(settings);
    const context = this.#contexts.get(name) ?? createContext(settings);
    // Move it to the end: the first context of the map is the one that was not used for the longest time.
    this.#contexts.delete(name);
    this.#contexts.set(name, context);
    if (this.#contexts.size > MAX_CONTEXTS) this.#contexts.delete(this.#contexts.keys().next().value ?? "");
    return context;
  }

  [Symbol.dispose](): void {
    this.#contexts.clear();
  }
}

const TLS_HANDSHAKES: Shared<Admission> = {
  name: HANDSHAKES.name,
  create: () => new Admission(HANDSHAKES),
};

/** The TLS contexts that all checks of this worker share. */
export const TLS_CONTEXTS: Shared<TlsContexts> = {
  name: "TLS contexts",
  create: ({ shared }) => new TlsContexts(shared(TLS_HANDSHAKES)),
};

/** A key that is different for different settings. Certificates and keys are only in it as digests. */
export function contextName(settings: ContextSettings): string {
  const { minVersion, maxVersion, cert, key, ca, ciphers, hasTickets } = settings;
  const digest = (pem: Buffer | string | undefined) => (pem === undefined ? "" : hash("sha256", pem));
  return [minVersion, maxVersion, digest(cert), digest(key), digest(ca), ciphers, hasTickets].join(" ");
}

/**
 * Makes a context. Many connections can share it: it keeps no session, so each connection makes a full
 * handshake unless it is given a session.
 */
export function createContext({
  minVersion = "TLSv1",
  maxVersion = "TLSv1.3",
  cert,
  key,
  ca,
  ciphers,
  hasTickets = false,
}: ContextSettings): SecureContext {
  const ours = { ...(cert && { cert }), ...(key && { key }) };
  const offer = ciphers === undefined ? OFFER : { ...OFFER, ciphers, sigalgs: undefined };
  const secureOptions = hasTickets ? 0 : constants.SSL_OP_NO_TICKET;
  return createSecureContext({
    ...offer,
    ...ours,
    ca: ca ?? NO_AUTHORITIES,
    minVersion,
    maxVersion,
    secureOptions,
  });
}

/** Without this list Node loads Mozilla's authorities, which takes some ten milliseconds the first time. */
const NO_AUTHORITIES: string[] = [];

const ALGORITHMS = [
  ...["ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384", "ecdsa_secp521r1_sha512", "ed25519", "ed448"],
  ...["rsa_pss_pss_sha256", "rsa_pss_pss_sha384", "rsa_pss_pss_sha512"],
  ...["rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512"],
  ...["rsa_pkcs1_sha256", "rsa_pkcs1_sha384", "rsa_pkcs1_sha512", "ECDSA+SHA224", "RSA+SHA224"],
];

/**
 * What Debian's OpenSSL offers to a server on security level 2. The level itself cannot be set: Node's
 * OpenSSL does not speak TLS 1.0 and 1.1 on it. ML-KEM is left out of the groups: it would cost a second key
 * exchange in every first message.
 */
const OFFER = {
  ciphers: "DEFAULT@SECLEVEL=0",
  ecdhCurve: "X25519:P-256:X448:P-521:P-384:ffdhe2048:ffdhe3072:ffdhe4096:ffdhe6144:ffdhe8192",
  sigalgs: ALGORITHMS.join(":"),
} as const;
