import { CheckDeclined } from "../../../sdk/index.ts";
import { isPlainHost } from "../../transport/host.ts";
import type { Parameters, Surroundings } from "./parameters.ts";
import { readPassword } from "./password-file.ts";
import { isAscii } from "./server-error.ts";

/** The server of a check, its database and the login. Texts are ASCII. */
export interface Target {
  readonly place: Place;
  readonly database: string;
  readonly user: string;
  readonly password: Password | undefined;
  readonly tls: TlsMode;
  readonly options: string | undefined;
  readonly applicationName: string | undefined;
  /** Whether libpq would look for tickets of Kerberos before it connects over TCP. */
  readonly triesKerberos: boolean;
}

/** The port is shown as it was given. */
export type Place = { readonly host: string; readonly port: string } | { readonly socket: string };

export interface Password {
  readonly text: string;
  /** The password file it comes from. */
  readonly file?: string;
}

/** How TLS is asked for. A certificate is not verified. */
export type TlsMode = "disable" | "prefer" | "require";

/** Debian's folder for sockets. */
const DEFAULT_FOLDER = "/var/run/postgresql";
const DEFAULT_PORT = "5432";
/** Bytes of a socket's path. */
const MAX_PATH = 107;
/** Seconds by which libpq's time-out may come earlier or later, as it counts whole seconds. */
const SLACK = 2;

/**
 * Says what to connect to. Declines what only libpq does: several hosts, verified certificates …
 *
 * @param timeout the plugin's own, in seconds; 0 is none
 */
export async function readTarget(
  parameters: Parameters,
  { home, user: ownUser }: Pick<Surroundings, "home" | "user">,
  timeout: number,
): Promise<Target> {
  const user = parameters.user || ownUser;
  const database = parameters.dbname || user;
  const host = parameters.host || DEFAULT_FOLDER;
  const port = parameters.port || DEFAULT_PORT;
  const target = { user, database, options: parameters.options || undefined };
  requirePlain(parameters, timeout);
  const place = readPlace(host, port);
  const password = await findPassword(parameters, { ...target, host, port }, home);
  if (!Object.values({ ...target, password: password?.text }).every((text = "") => isAscii(text))) {
    throw new CheckDeclined("a login or a database that is not ASCII");
  }
  return {
    ...target,
    place,
    password,
    tls: readTls(parameters.sslmode ?? "prefer"),
    applicationName: parameters.application_name || parameters.fallback_application_name || undefined,
    triesKerberos: parameters.gssencmode !== "disable",
  };
}

function requirePlain(parameters: Parameters, timeout: number): void {
  const { client_encoding: encoding, target_session_attrs: attributes, gssencmode } = parameters;
  const { connect_timeout: seconds = "0" } = parameters;
  if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) throw declined("another encoding");
  if (attributes !== undefined && attributes !== "any") throw declined("target_session_attrs");
  if (gssencmode !== undefined && !["disable", "prefer"].includes(gssencmode)) throw declined("gssencmode");
  if (!/^[0-9]{1,7}$/.test(seconds)) throw declined("connect_timeout");
  const isShorter = Number(seconds) > 0 && (timeout === 0 || Number(seconds) < timeout + SLACK);
  if (isShorter) throw declined("connect_timeout");
}

function readTls(mode: string): TlsMode {
  if (mode === "disable" || mode === "prefer" || mode === "require") return mode;
  throw declined("sslmode");
}

function readPlace(host: string, port: string): Place {
  if (!/^[1-9][0-9]{0,4}$/.test(port) || Number(port) > 65_535) throw declined("port");
  if (host.startsWith("/")) {
    const socket = `${host}/.s.PGSQL.${port}`;
    if (host.includes(",") || !isAscii(host) || socket.length > MAX_PATH) throw declined("host");
    return { socket };
  }
  if (!isPlainHost(host) || host.includes("%")) throw declined("host");
  return { host, port };
}

interface Login {
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly user: string;
}

async function findPassword(
  parameters: Parameters,
  login: Login,
  home: string,
): Promise<Password | undefined> {
  if (parameters.password) return { text: parameters.password };
  const file = parameters.passfile || `${home}/.pgpass`;
  const host = login.host === DEFAULT_FOLDER ? "localhost" : login.host;
  const text = await readPassword(file, { ...login, host });
  return text === undefined || text === "" ? undefined : { text, file };
}

function declined(name: string): CheckDeclined {
  return new CheckDeclined(`a value of ${name} that only libpq knows`);
}
