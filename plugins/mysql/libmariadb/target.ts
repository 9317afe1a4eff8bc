import { CheckDeclined } from "../../../sdk/index.ts";
import { isPlainHost } from "../../transport/host.ts";
import type { ClientOptions } from "./client-options.ts";

/** The server of a check, its database and the login. */
export interface Target {
  readonly place: Place;
  readonly user: string;
  readonly password: string;
  readonly database: string | undefined;
  /** Whether TLS is used if the server has it. A certificate is not verified. */
  readonly tls: boolean;
  /** Seconds for each step of the login: the connection, the server's greeting, its answer to the login. */
  readonly stepSeconds: number;
}

export type Place = { readonly host: string; readonly port: number } | { readonly socket: string };

/** What a command line says of a connection. */
export interface Login {
  readonly host: string | undefined;
  readonly port: number;
  readonly socket: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly tls: boolean;
}

const LOCAL_HOST = "localhost";
/** Debian's own. */
const DEFAULT_SOCKET = "/run/mysqld/mysqld.sock";
/** Bytes of a socket's path, of a user and of a database. */
const MAX_PATH = 107;
const MAX_USER = 128;
const MAX_NAME = 64;
/**
 * Seconds for a step of the login, where no option file says `connect-timeout`. The plugins would wait for
 * ever.
 */
const STEP_SECONDS = 30;

/** The machine's part: what libmariadb takes where nothing else is said. */
export interface Surroundings {
  readonly user: string;
  readonly password: string | undefined;
}

/** Says what to connect to, as `mysql_real_connect` does. Declines what only libmariadb knows. */
export function readTarget(login: Login, options: ClientOptions, surroundings: Surroundings): Target {
  const user = login.user || options.user || surroundings.user;
  const database = login.database || options.database;
  const password = login.password ?? options.password ?? surroundings.password ?? "";
  const names = `${user}${database ?? ""}`;
  if (/[^\x20-\x7e]/.test(names) || user.length > MAX_USER || (database ?? "").length > MAX_NAME)
    throw new CheckDeclined("a user or a database that only libmariadb knows");
  const stepSeconds = options.connectTimeout || STEP_SECONDS;
  return { place: readPlace(login, options), user, password, database, tls: login.tls, stepSeconds };
}

function readPlace({ host: given, port, socket: path }: Login, options: ClientOptions): Place {
  const host = given || options.host || LOCAL_HOST;
  if (host !== LOCAL_HOST) {
    if (!isPlainHost(host) || host.includes("%"))
      throw new CheckDeclined("a host that only libmariadb knows");
    return { host, port };
  }
  const socket = path ?? options.socket ?? process.env["MYSQL_UNIX_PORT"] ?? DEFAULT_SOCKET;
  if (!socket.startsWith("/") || socket.length > MAX_PATH || /[^\x20-\x7e]/.test(socket))
    throw new CheckDeclined("a path of a socket that only libmariadb knows");
  return { socket };
}
