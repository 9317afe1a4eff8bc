import { readFile } from "node:fs/promises";
import { CheckDeclined } from "../../../sdk/index.ts";
import { errnoName } from "../../libc/errno.ts";

/** Where libpq looks for the definition of a service. */
export interface ServiceFiles {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Debian's folder of a machine's own settings. */
const SYSTEM_FOLDER = "/etc/postgresql-common";

/** Bytes of libpq's buffer for a line. */
const MAX_LINE = 1023;

/**
 * Gives the parameters of a service, from the first file that has it. Declines if there is none, and if a
 * file has a fault: libpq names it.
 */
export async function readService(
  service: string,
  { home, environment }: ServiceFiles,
): Promise<ReadonlyMap<string, string>> {
  const own = environment["PGSERVICEFILE"];
  const system = `${environment["PGSYSCONFDIR"] ?? SYSTEM_FOLDER}/pg_service.conf`;
  for (const path of [own ?? `${home}/.pg_service.conf`, system]) {
    const text = await readIfThere(path);
    if (text === undefined && path === own) break;
    const found = text === undefined ? undefined : findService(text, service);
    if (found !== undefined) return found;
  }
  throw new CheckDeclined("a service of PostgreSQL that is not defined");
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "latin1");
  } catch (error) {
    if (errnoName(error) === "ENOENT") return undefined;
    throw new CheckDeclined("a service file that cannot be read", { cause: error });
  }
}

function findService(text: string, service: string): ReadonlyMap<string, string> | undefined {
  const lines = text
    .split("\n")
    .map(readLine)
    .filter((line) => line !== "" && !line.startsWith("#"));
  const title = lines.findIndex((line) => line.startsWith(`[${service}]`));
  if (title < 0) return undefined;
  const rest = lines.slice(title + 1);
  const end = rest.findIndex((line) => line.startsWith("["));
  // Of a parameter that a service has twice the first value counts.
  return new Map(
    rest
      .slice(0, end < 0 ? rest.length : end)
      .map(readParameter)
      .reverse(),
  );
}

function readLine(line: string): string {
  if (line.length >= MAX_LINE) throw faulty();
  return line.replace(/^[ \t\v\f\r]+|[ \t\v\f\r]+$/g, "");
}

function readParameter(line: string): readonly [string, string] {
  const equals = line.indexOf("=");
  const keyword = line.slice(0, equals);
  if (equals < 0 || keyword === "service" || line.startsWith("ldap")) throw faulty();
  return [keyword, line.slice(equals + 1)];
}

function faulty(): CheckDeclined {
  return new CheckDeclined("a line of a service file that only libpq can read");
}
