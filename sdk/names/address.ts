import { errnoText } from "../../plugins/libc/errno.ts";

/** The kind of address to ask for: 4 for IPv4, 6 for IPv6, 0 for both, as AF_UNSPEC. */
export type Family = 0 | 4 | 6;

/** One address of a host, as `Resolver` gives it. */
export interface Address {
  /** `192.0.2.1`, `2001:db8::1`. A link-local address keeps the zone it was asked with: `fe80::1%eth0`. */
  readonly address: string;
  /** 4 or 6. */
  readonly family: number;
}

/**
 * There is no address, or the name server has not answered. The message is the text of `gai_strerror`, such
 * as `Name or service not known`.
 */
export class ResolveError extends Error {
  override readonly name = "ResolveError";
  /** The error of getaddrinfo: `EAI_NONAME`, `EAI_NODATA`, `EAI_AGAIN`, `EAI_ADDRFAMILY` … */
  readonly code: string;

  constructor(code: string) {
    super(errnoText(code));
    this.code = code;
  }
}
