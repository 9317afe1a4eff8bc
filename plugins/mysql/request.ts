import { type Option, range, text } from "../../sdk/index.ts";
import type { GivenText } from "../../sdk/read-options.ts";
import { atoi } from "../libc/number.ts";
import { isPlainHost } from "../transport/host.ts";
import type { OptionSource } from "./libmariadb/client-options.ts";
import type { Login } from "./libmariadb/target.ts";

/** The options of both plugins. */
export const COMMON_OPTIONS = {
  hostname: text("-H, --hostname=ADDRESS", "host name or address; localhost is the Unix socket"),
  port: text("-P, --port=INTEGER", "port number", { default: "3306" }),
  socket: text("-s, --socket=STRING", "path of the Unix socket"),
  database: text("-d, --database=STRING", "database to check"),
  file: text("-f, --file=STRING", "client option file in place of the usual ones"),
  group: text("-g, --group=STRING", "one more group of the option files"),
  user: text("-u, --username=STRING", "login name"),
  password: text("-p, --password=STRING", "password; an empty one overrides my.cnf", { secret: true }),
  warning: range("-w, --warning=RANGE", "values that are a warning"),
  critical: range("-c, --critical=RANGE", "values that are critical"),
};

type Values = { readonly [Name in keyof typeof COMMON_OPTIONS]: ValueOf<(typeof COMMON_OPTIONS)[Name]> };
type ValueOf<Kind> = Kind extends Option<infer Value> ? Value : never;

/** What a command line says of its server. */
export interface ServerRequest {
  readonly login: Login;
  readonly source: OptionSource;
}

/** How the two plugins differ. */
interface ServerRules {
  /** Whether a path may stand in place of a host. */
  readonly takesPaths: boolean;
  readonly tls: boolean;
  /** Words behind the options: host, user, password, database, port. */
  readonly words: readonly string[];
}

/** Undefined where the plugin has to answer. */
export function readServer(
  values: Values,
  given: readonly GivenText[],
  { takesPaths, tls, words }: ServerRules,
): ServerRequest | undefined {
  const { file, group, database } = values;
  const hosts = given.filter(({ name }) => name === "hostname").map((each) => each.text ?? "");
  const isPath = (host: string) => takesPaths && host.startsWith("/");
  // The plugin looks up the host of each -H where the option stands.
  const [named, ...others] = hosts.filter((host) => !isPath(host));
  if (others.length > 0 || (file && !file.startsWith("/"))) return undefined;
  const paths = given.filter(
    ({ name, text: path = "" }) => name === "socket" || (name === "hostname" && isPath(path)),
  );
  const { user, password, port } = values;
  const all = fillUp({ host: named, user, password, database, port }, words);
  if (all.host !== undefined && !isPlainHost(all.host)) return undefined;
  const number = readPort(all.port);
  if (number === undefined) return undefined;
  return { login: { ...all, port: number, socket: paths.at(-1)?.text, tls }, source: { file, group } };
}

interface Places {
  readonly host: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly port: string;
}

/** Words take the places of options that are not given, the last ones that of the port. */
function fillUp(places: Places, words: readonly string[]): Places {
  const waiting = [...words];
  const next = (known: string | undefined) => known ?? waiting.shift();
  const [host, user] = [next(places.host), next(places.user)];
  const [password, database] = [next(places.password), next(places.database)];
  const ports = waiting.slice(
    0,
    firstIndex(waiting, (word) => !/^[0-9]+$/.test(word)),
  );
  return { host, user, password, database, port: ports.at(-1) ?? places.port };
}

function firstIndex(words: readonly string[], is: (word: string) => boolean): number {
  const index = words.findIndex(is);
  return index < 0 ? words.length : index;
}

/** Undefined for texts and numbers about which only getaddrinfo decides. */
function readPort(port: string): number | undefined {
  const number = atoi(port);
  return /^[0-9]{1,9}$/.test(port) && number > 0 && number < 65_536 ? number : undefined;
}
