import type { State } from "../state.ts";

/** Who asks: a user with a password (Basic), or a token (Bearer). A redirect to another server gets none. */
export type HttpLogin = { readonly user: string; readonly password: string } | { readonly token: string };

/** What TLS needs besides the certificates of the system. */
export interface HttpTls {
  /** Certificates that are trusted in place of the usual ones, as PEM. */
  readonly ca?: string;
  /** The certificate of this client, as PEM, and its key. */
  readonly cert?: string;
  readonly key?: string;
  /** The name that the server's certificate has to be made for. The host of the URL by default. */
  readonly serverName?: string;
  /** False: any certificate will do. Anyone on the way can read the login then. */
  readonly verify?: boolean;
}

/** How `context.http` asks. */
export interface HttpOptions {
  /** `GET` by default, `POST` with a body. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, in UTF-8; any other value as JSON. */
  readonly body?: unknown;
  readonly login?: HttpLogin;
  readonly tls?: HttpTls;
  /** Seconds for all of it, with redirects; 10 by default. The time of the check is a limit in any case. */
  readonly timeout?: number;
  /** How many bytes the body may have; a mebibyte by default. */
  readonly maxBytes?: number;
  /** How many redirects of a GET or HEAD are followed; 5 by default. */
  readonly maxRedirects?: number;
  /** Whether a status is what the check expects; 200 to 299 by default. */
  readonly accept?: (status: number) => boolean;
  /** The state of the answer when something fails; CRITICAL by default. */
  readonly failure?: State;
}

/** What a server has answered. */
export interface HttpResponse {
  readonly status: number;
  /** By names in small letters. Several headers of one name are joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The body, read as its `charset` says, UTF-8 by default. */
  readonly text: string;
  /** The address that has answered, after redirects, without a login. */
  readonly url: string;
  /** How long all of it took. */
  readonly seconds: number;
}

/**
 * Asks web servers: `context.http`. Each call has a new connection, and ends with the check. What fails is a
 * `CheckFailure` that names the URL without its login and query, and says why: `CRITICAL -
 * http://web/door: connection refused`. So it needs no `catch`.
 */
export interface Http {
  readonly get: (url: string | URL, options?: HttpOptions) => Promise<HttpResponse>;
  /** The body as text. */
  readonly text: (url: string | URL, options?: HttpOptions) => Promise<string>;
  /** The body as JSON. Its shape is not looked at: `http.json<{ minutes: number }>(url)` only names it. */
  readonly json: <Value = unknown>(url: string | URL, options?: HttpOptions) => Promise<Value>;
}
