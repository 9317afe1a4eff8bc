import { CRITICAL, getStatus, OK, STATE_NAMES, type State, WARNING } from "../../sdk/index.ts";
import { strtod } from "../libc/number.ts";
import { sprintf } from "../libc/printf.ts";
import type { QueryResult } from "./client/messages.ts";
import { renderError } from "./libpq/server-error.ts";
import type { PgsqlRequest } from "./request.ts";

/** A line of the plugin, and its state. */
export interface Line {
  readonly state: State;
  readonly text: string;
}

/** The plugin's first line: how long it took to connect. */
export function judgeTime(time: number, { warning, critical, database, timeLimits }: PgsqlRequest): Line {
  const state = time > critical ? CRITICAL : time > warning ? WARNING : OK;
  const shown = sprintf("%f", time);
  const text = ` ${STATE_NAMES[state]} - database ${database} (${shown} sec.)|time=${shown}s${timeLimits}\n`;
  return { state, text };
}

/**
 * The plugin's line about the query.
 *
 * @param ending what libpq adds where the server closed the connection
 */
export function judgeQuery(result: QueryResult, request: PgsqlRequest, ending = ""): Line {
  if (ending !== "" || result.kind !== "rows") return failed(result, request, ending);
  const { rows, columns, first = "" } = result;
  if (rows === 0) return { state: WARNING, text: "QUERY WARNING - No rows returned.\n" };
  if (columns === 0) return { state: WARNING, text: "QUERY WARNING - No columns returned.\n" };
  const { value, rest } = strtod(first);
  if (rest === first) return { state: CRITICAL, text: `QUERY CRITICAL - Is not a numeric: ${first}\n` };
  return judgeValue(value, request);
}

function judgeValue(value: number, request: PgsqlRequest): Line {
  const { query, queryName, queryWarning: warning, queryCritical: critical } = request;
  const state = getStatus(value, { warning, critical });
  const number = sprintf("%f", value);
  const perfdata = `query=${number};${warning?.text ?? ""};${critical?.text ?? ""};;`;
  const name = queryName ?? `'${query}'`;
  return { state, text: `QUERY ${STATE_NAMES[state]} - ${name} returned ${number}|${perfdata}\n` };
}

function failed(result: QueryResult, { query }: PgsqlRequest, ending: string): Line {
  const said = result.kind === "error" ? renderError(result.error, query) : "";
  return { state: CRITICAL, text: `QUERY CRITICAL - Error with query: ${said}${ending}.\n` };
}
