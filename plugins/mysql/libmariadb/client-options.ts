import { CheckDeclined } from "../../../sdk/index.ts";
import { atoi } from "../../libc/number.ts";
import { type OptionPairs, readOptionFile } from "./option-file.ts";

/** What option files say of a connection. */
export interface ClientOptions {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly host?: string | undefined;
  readonly socket?: string | undefined;
  readonly database?: string | undefined;
  /** Seconds for each step of the login. */
  readonly connectTimeout?: number | undefined;
}

/** Where to look for options: `-f` and `-g` of the plugins. */
export interface OptionSource {
  readonly file: string | undefined;
  readonly group: string | undefined;
}

const GROUPS = ["client", "client-server", "client-mariadb"];

/** Folders with a my.cnf, in the order in which Debian's libmariadb reads them. */
const FOLDERS = ["/etc", "/etc/mysql"];

/** Reads the option files that the plugins read. */
export async function readClientOptions(
  { file, group = "client" }: OptionSource,
  environment: NodeJS.ProcessEnv,
): Promise<ClientOptions> {
  const found: OptionPairs[number][] = [];
  for (const path of listFiles(file, environment))
    found.push(...(await readOptionFile(path, [...GROUPS, group])));
  return Object.assign({}, ...found.map(([name, value]) => readOne(name, value)));
}

function listFiles(file: string | undefined, environment: NodeJS.ProcessEnv): readonly string[] {
  if (file) return [file];
  const { HOME } = environment;
  const own = environment["MARIADB_HOME"] ?? environment["MYSQL_HOME"];
  const folders = [...FOLDERS, ...(own === undefined || FOLDERS.includes(own) ? [] : [own])];
  const files = [...folders.map((folder) => `${folder}/my.cnf`), ...(HOME ? [`${HOME}/.my.cnf`] : [])];
  if (!files.every((each) => each.startsWith("/")))
    throw new CheckDeclined("a relative folder in MARIADB_HOME, MYSQL_HOME or HOME");
  return files;
}

/** The options of a text that are used here, and what they are called in `ClientOptions`. */
const TEXTS: Readonly<Record<string, keyof ClientOptions>> = {
  user: "user",
  password: "password",
  passwd: "password",
  socket: "socket",
  host: "host",
  servername: "host",
  database: "database",
  db: "database",
};

/** Options that libmariadb knows and that change nothing for the plugins, which name a port of their own. */
const WITHOUT_EFFECT = [
  ...["port", "pipe", "shared-memory-base-name", "character-sets-dir", "report-data-truncation"],
  ...["net-buffer-length", "plugin-dir", "secure-auth", "server-public-key", "debug"],
];

/** Options that libmariadb knows and that only it follows. It passes over all others. */
const FOREIGN =
  /^(?:(?:ssl|tls)-.*|compress|init-command|return-found-rows|interactive-timeout|(?:disable-)?local-infile|max-allowed-packet|multi-.*|reconnect|default-auth|bind-address|restricted-auth|connection)$/;

function readOne(name: string, value: string): ClientOptions {
  const text = TEXTS[name];
  if (text !== undefined) return { [text]: value === "" ? undefined : value };
  if (WITHOUT_EFFECT.includes(name)) return {};
  if (name === "connect-timeout" || name === "timeout") return { connectTimeout: atoi(value) };
  const isUsual =
    (name === "default-character-set" && ["", "utf8mb4"].includes(value)) ||
    (name === "protocol" && atoi(value) === 0);
  const isForeign = FOREIGN.test(name) || name === "default-character-set" || name === "protocol";
  if (isForeign && !isUsual) throw new CheckDeclined(`an option ${name} in an option file of MySQL`);
  return {};
}
