import { CheckDeclined, CheckFailure, CRITICAL, perfdata } from "../../sdk/index.ts";
import { strtol } from "../libc/number.ts";
import type { QueryResult } from "./client/result.ts";
import { upToNul } from "./libmariadb/failure.ts";

/** The values of `SHOW GLOBAL STATUS` that are shown, and their units. */
const UNITS: ReadonlyMap<string | undefined, string> = new Map([
  ...["Open_files", "Open_tables", "Qcache_free_memory"].map((name) => [name, ""] as const),
  ...["Qcache_queries_in_cache", "Threads_connected", "Threads_running"].map((name) => [name, ""] as const),
  ...["Connections", "Qcache_hits", "Qcache_inserts", "Qcache_lowmem_prunes"].map(
    (name) => [name, "c"] as const,
  ),
  ...["Qcache_not_cached", "Queries", "Questions", "Table_locks_waited", "Uptime"].map(
    (name) => [name, "c"] as const,
  ),
]);

/**
 * The perfdata of the status, in the server's order; empty if the server refuses it. Throws a CheckFailure if
 * it ends in the middle.
 */
export function renderStatus(result: QueryResult): string {
  switch (result.kind) {
    case "failed":
      if (result.at === "query") return "";
      throw storeError(result.failure.message);
    case "none":
      throw storeError("");
    case "rows":
      return result.rows.flatMap(([name, value]) => renderValue(name, value)).join(" ");
  }
}

function storeError(message: string): CheckFailure {
  return new CheckFailure(`status store_result error: ${message}\n`, CRITICAL);
}

function renderValue(name: string | undefined, value: string | undefined): readonly string[] {
  const unit = UNITS.get(name);
  // The plugin crashes for want of either.
  if (name === undefined) throw new CheckDeclined("a status of the server without a name");
  if (unit === undefined) return [];
  if (value === undefined) throw new CheckDeclined("a status of the server without a value");
  return [perfdata(name, strtol(upToNul(value)).value, unit)];
}
