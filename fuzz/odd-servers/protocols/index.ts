import type { Protocol } from "../protocol.ts";
import { HTTP_PROTOCOLS } from "./http.ts";
import { MYSQL_PROTOCOL } from "./mysql.ts";
import { NRPE_PROTOCOLS } from "./nrpe.ts";
import { PGSQL_PROTOCOL } from "./pgsql.ts";
import { PLAIN_PROTOCOLS } from "./plain.ts";

/** The protocols of which odd servers are made. */
export const PROTOCOLS: readonly Protocol[] = [
  PGSQL_PROTOCOL,
  MYSQL_PROTOCOL,
  ...NRPE_PROTOCOLS,
  ...HTTP_PROTOCOLS,
  ...PLAIN_PROTOCOLS,
];
