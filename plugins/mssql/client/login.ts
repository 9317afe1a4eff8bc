/** Everything that decides a login. Two checks with the same login may have the same connection. */
export interface Login {
  /** As the operator wrote it: name or address. */
  readonly host: string;
  readonly port: number;
  /** A named instance. SQL Server Browser says its port. */
  readonly instance?: string | undefined;
  readonly user: string;
  readonly password: string;
  /** Of a user of Windows, who logs in with NTLM. */
  readonly domain?: string | undefined;
  readonly database?: string | undefined;
  /** `strict` is TDS 8.0. */
  readonly encrypt: boolean | "strict";
  /** Whether any certificate is accepted. */
  readonly isTrusting: boolean;
  /** The oldest version of TLS, where it is older than the usual one. */
  readonly minVersion?: "TLSv1" | "TLSv1.1" | undefined;
}

/** `DOMAIN\name` is a user of Windows. */
export function readUser(text: string): Pick<Login, "user" | "domain"> {
  const [, domain, user = ""] = /^([^\\]+)\\(.+)$/.exec(text) ?? [];
  return domain === undefined ? { user: text } : { user, domain };
}
