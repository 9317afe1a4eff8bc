import { CheckDeclined } from "../../../sdk/index.ts";
import type { Conninfo } from "./conninfo.ts";
import { readService } from "./service-file.ts";

/** What libpq reads of this process and this machine. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The name of the user who runs this process. */
  readonly user: string;
}

/** The keywords that are understood, and the variables that stand in for them. */
const VARIABLES = {
  service: "PGSERVICE",
  user: "PGUSER",
  password: "PGPASSWORD",
  passfile: "PGPASSFILE",
  connect_timeout: "PGCONNECT_TIMEOUT",
  dbname: "PGDATABASE",
  host: "PGHOST",
  port: "PGPORT",
  client_encoding: "PGCLIENTENCODING",
  options: "PGOPTIONS",
  application_name: "PGAPPNAME",
  fallback_application_name: undefined,
  sslmode: "PGSSLMODE",
  gssencmode: "PGGSSENCMODE",
  target_session_attrs: "PGTARGETSESSIONATTRS",
} as const;

export type Keyword = keyof typeof VARIABLES;
export type Parameters = Readonly<Partial<Record<Keyword, string>>>;

/** Variables that change what libpq does in a way that only libpq knows. */
const FOREIGN_VARIABLES = [
  ...["PGHOSTADDR", "PGCHANNELBINDING", "PGREQUIRESSL", "PGREQUIREPEER", "PGKRBSRVNAME", "PGGSSLIB"],
  ...["PGSSLCOMPRESSION", "PGSSLCERT", "PGSSLKEY", "PGSSLROOTCERT", "PGSSLCRL", "PGSSLCRLDIR", "PGSSLSNI"],
  ...["PGSSLMINPROTOCOLVERSION", "PGSSLMAXPROTOCOLVERSION", "PGDATESTYLE", "PGTZ", "PGGEQO"],
];

/** Whether all keywords of a connection string are understood. */
export function isKeyword(name: string): name is Keyword {
  return Object.hasOwn(VARIABLES, name);
}

/**
 * Adds what the connection string leaves out: from a service, then from the environment. Declines what only
 * libpq knows.
 */
export async function completeParameters(
  given: Conninfo,
  { environment, home }: Surroundings,
): Promise<Parameters> {
  if (FOREIGN_VARIABLES.some((name) => environment[name] !== undefined)) {
    throw new CheckDeclined("a variable of the environment that only libpq knows");
  }
  const service = given.get("service") ?? environment["PGSERVICE"];
  const defined = service === undefined ? new Map() : await readService(service, { home, environment });
  const all = new Map([...fromEnvironment(environment), ...defined, ...given]);
  if (![...all.keys()].every(isKeyword)) throw new CheckDeclined("a parameter that only libpq knows");
  return Object.fromEntries(all);
}

function fromEnvironment(environment: Surroundings["environment"]): readonly (readonly [string, string])[] {
  return Object.entries(VARIABLES).flatMap(([keyword, variable]) => {
    const value = variable === undefined ? undefined : environment[variable];
    return value === undefined ? [] : [[keyword, value] as const];
  });
}
