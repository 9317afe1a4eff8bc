import { isIP, type Socket, type TcpNetConnectOpts } from "node:net";
import type { SecureContext } from "node:tls";
import type { ValidityOfCertificate } from "./validity.ts";

export interface ClientCertificate {
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** If it is known. */
  readonly validity?: ValidityOfCertificate | undefined;
}

export interface ServerTlsOptions {
  /** Authorities that a server's certificate may be of, in PEM. No other authority is trusted. */
  readonly ca: Buffer;
  /** Of the authority that counts longest, if it is known. */
  readonly caValidity?: ValidityOfCertificate | undefined;
  /** What we show to a server that asks for a client certificate, in PEM. */
  readonly client?: ClientCertificate | undefined;
  /** The name that must be in the certificate. Undefined: the host of the address. */
  readonly serverName?: string | undefined;
}

const OLDEST_VERSION = "TLSv1.2";

/**
 * How connections to job servers are encrypted. A server must show a certificate of one of the authorities,
 * and for its name: there is no way to connect without that. The object holds a private key, so nothing of it
 * can be printed, and two objects look alike to `isDeepStrictEqual`.
 */
export class ServerTls {
  readonly #options: ServerTlsOptions;
  #context: SecureContext | undefined;

  constructor(options: ServerTlsOptions) {
    this.#options = options;
  }

  /** Of the client certificate and the authority. Undefined: there is none, or it is not known. */
  get validities(): Readonly<Record<"client" | "ca", ValidityOfCertificate | undefined>> {
    return { client: this.#options.client?.validity, ca: this.#options.caValidity };
  }

  /** Whether connections would be the same. */
  equals(other: ServerTls | undefined): boolean {
    if (other === undefined) return false;
    const [one, two] = [this.#options, other.#options];
    return (
      one.serverName === two.serverName &&
      one.ca.equals(two.ca) &&
      isSame(one.client?.certificate, two.client?.certificate) &&
      isSame(one.client?.key, two.client?.key)
    );
  }

  /** Begins to connect. The socket can be used from its event `secureConnect` on. */
  connect(where: TcpNetConnectOpts & { readonly host: string }): Socket {
    // Not imported: to load OpenSSL takes a program as long as half of its start, and not every one needs it.
    const { connect, checkServerIdentity } = process.getBuiltinModule("node:tls");
    const { serverName: name = where.host } = this.#options;
    return connect({
      ...where,
      secureContext: this.#secureContext(),
      // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
      rejectUnauthorized: true,
      servername: isIP(name) === 0 ? name : "",
      checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
    });
  }

  #secureContext(): SecureContext {
    const { createSecureContext } = process.getBuiltinModule("node:tls");
    const { ca, client } = this.#options;
    const ours = client && { cert: client.certificate, key: client.key };
    this.#context ??= createSecureContext({ ca, ...ours, minVersion: OLDEST_VERSION });
    return this.#context;
  }
}

function isSame(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}
