import {
  type CheckContext,
  CheckFailure,
  type CheckOutput,
  CRITICAL,
  count,
  defineCheck,
  getStatus,
  type Range,
  STATE_NAMES,
  text,
  WARNING,
  words,
} from "../../sdk/index.ts";
import { createOptionsReader } from "../../sdk/read-options.ts";
import { isNumeric, strtod } from "../libc/number.ts";
import { sprintf } from "../libc/printf.ts";
import { askServer, findUnknownHost } from "./ask-server.ts";
import type { QueryResult } from "./client/result.ts";
import { loadDriver } from "./client/session.ts";
import { ConnectionFailure, upToNul } from "./libmariadb/failure.ts";
import { COMMON_OPTIONS, readServer, type ServerRequest } from "./request.ts";

const OPTIONS = {
  ...COMMON_OPTIONS,
  query: text("-q, --query=STRING", "a query, of which the first value is judged", { required: true }),
  verbose: count("-v, --verbose", "up to twice it has no effect"),
  words: words("…", "further words, which have no effect"),
};

const readOptions = createOptionsReader(OPTIONS);

export const checkMysqlQuery = defineCheck({
  name: "check_mysql_query",
  summary: "a query at a MariaDB or MySQL database",
  replaces: { suite: "monitoring-plugins", versions: ["2.3"] },
  options: OPTIONS,
  prepare: async () => void (await loadDriver()),
  read: readRequest,
  target: ({ login }) => login.host,
  run,
});

const USAGE = {
  name: "check_mysql_query",
  usage: [
    " check_mysql_query -q SQL_query [-w warn] [-c crit] [-H host] [-P port] [-s socket]",
    "       [-d database] [-u user] [-p password] [-f optfile] [-g group]",
  ],
};

interface QueryRequest extends ServerRequest {
  readonly query: string;
  /** The query, if its connection is as before when it has ended. */
  readonly ahead: string | undefined;
  readonly warning: Range | undefined;
  readonly critical: Range | undefined;
  /** What follows the number in the perfdata. */
  readonly limits: string;
}

function readRequest(argv: readonly string[]): QueryRequest | undefined {
  const read = readOptions(argv);
  if (read === undefined || read.options.verbose > 2) return undefined;
  const { query, warning, critical } = read.options;
  const server = readServer(read.options, read.given, { takesPaths: false, tls: false, words: [] });
  const ahead = leavesNothing(query) ? query : undefined;
  const limits = `;${renderEnd(warning)};${renderEnd(critical)};`;
  return server && { ...server, query, ahead, warning, critical, limits };
}

async function run(request: QueryRequest, context: CheckContext): Promise<CheckOutput> {
  const looking = findUnknownHost(request, context, USAGE);
  const unknown = looking && (await looking);
  if (unknown !== undefined) return unknown;
  try {
    return await askServer(request, context, async (lease) => {
      const { session } = lease;
      const result = await session.query(request.query, 1);
      lease.keep = request.ahead !== undefined;
      return judge(result, request);
    });
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error;
    throw new CheckFailure(`QUERY ${STATE_NAMES[error.state]}: ${error.message}\n`, error.state);
  }
}

/** Words of a query whose connection is as it was before, when the query has ended. */
const ONLY_READS = /^\s*(?:select|show|with|values|table|desc|describe|explain)\b[^;]*;?\s*$/i;
/** Locks, variables of the session, and comments that are executed. */
const LEAVES_SOMETHING = /_lock|\binto\b|:=|(?<!@)@(?!@)|\/\*M?!|nextval|last_insert_id|setval|next value/i;

export function leavesNothing(query: string): boolean {
  return ONLY_READS.test(query) && !LEAVES_SOMETHING.test(query);
}

function judge(result: QueryResult, request: QueryRequest): CheckOutput {
  switch (result.kind) {
    case "failed":
      return failed(
        result.at === "query" ? "Error with query" : "Error with store_result",
        result.failure.message,
      );
    case "none":
      return failed("Error with store_result", "");
    case "rows":
      return judgeRows(result, request);
  }
}

function failed(what: string, message: string): CheckOutput {
  return { returnCode: CRITICAL, output: `QUERY CRITICAL: ${what} - ${message}\n` };
}

function judgeRows(
  { count: rows, rows: [first] }: Extract<QueryResult, { kind: "rows" }>,
  { query, warning, critical, limits }: QueryRequest,
): CheckOutput {
  if (rows === 0) return { returnCode: WARNING, output: "QUERY WARNING: No rows returned\n" };
  const value = first?.[0];
  const shown = value === undefined ? "(null)" : upToNul(value);
  if (value === undefined || !isNumeric(shown)) return failed("Is not a numeric", `'${shown}'`);
  const number = strtod(shown).value;
  const state = getStatus(number, { warning, critical });
  const printed = sprintf("%f", number);
  const answer = `'${query}' returned ${printed} | result=${printed}${limits}`;
  return { returnCode: state, output: `QUERY ${STATE_NAMES[state]}: ${answer}\n` };
}

/** The plugin shows the end of a range; 0 for one that has none. */
function renderEnd(range: Range | undefined): string {
  if (range === undefined) return "";
  const bounds = range.text.replace(/^@/, "");
  return sprintf("%f", strtod(bounds.slice(bounds.indexOf(":") + 1)).value);
}
