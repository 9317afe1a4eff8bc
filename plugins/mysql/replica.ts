import {
  CheckDeclined,
  type CheckOutput,
  CRITICAL,
  fperfdata,
  getStatus,
  OK,
  type Range,
  STATE_NAMES,
  WARNING,
} from "../../sdk/index.ts";
import { atof, strtod } from "../libc/number.ts";
import type { QueryResult } from "./client/result.ts";
import { upToNul } from "./libmariadb/failure.ts";

export interface Thresholds {
  readonly warning: Range | undefined;
  readonly critical: Range | undefined;
}

/** What the plugin shows besides the replica: the server's line, and the perfdata of its status. */
export interface Shown {
  readonly said: string;
  readonly perfdata: string;
}

/** Columns of servers before MySQL 4, which the plugin reads in another way. */
const OLD_COLUMNS = 12;
/** Bytes that the plugin keeps of its line. */
const MAX_TEXT = 69;

/** Judges the answer to `SHOW SLAVE STATUS`. */
export function judgeReplica(result: QueryResult, thresholds: Thresholds, shown: Shown): CheckOutput {
  switch (result.kind) {
    case "failed":
      return failed(result.at === "query" ? "slave query error" : "slave store_result error", result);
    case "none":
      return { returnCode: CRITICAL, output: "slave store_result error: \n" };
    case "rows":
      return judgeRow(result, thresholds, shown);
  }
}

function failed(what: string, { failure }: Extract<QueryResult, { kind: "failed" }>): CheckOutput {
  return { returnCode: CRITICAL, output: `${what}: ${failure.message}\n` };
}

function judgeRow(
  { count, columns, rows: [row = []] }: Extract<QueryResult, { kind: "rows" }>,
  thresholds: Thresholds,
  shown: Shown,
): CheckOutput {
  if (count === 0) return { returnCode: WARNING, output: "No slaves defined\n" };
  if (columns.length === OLD_COLUMNS) throw new CheckDeclined("the replica of a server before MySQL 4");
  const [io, sql, behind] = ["Slave_IO_Running", "Slave_SQL_Running", "Seconds_Behind_Master"].map((name) =>
    columns.lastIndexOf(name),
  );
  if (io === undefined || sql === undefined || behind === undefined || io < 0 || sql < 0)
    return { returnCode: CRITICAL, output: "Slave status unavailable\n" };
  const [isIo, isSql] = [textOf(row[io]), textOf(row[sql])];
  const seconds = behind < 0 ? "Unknown" : row[behind];
  const text = `Slave IO: ${isIo} Slave SQL: ${isSql} Seconds Behind Master: ${seconds === undefined ? "(null)" : upToNul(seconds)}`;
  const line = text.slice(0, MAX_TEXT);
  if (isIo !== "Yes" || isSql !== "Yes") return { returnCode: CRITICAL, output: `${line}\n` };
  if (behind < 0 || seconds === "NULL")
    return { returnCode: OK, output: `${shown.said} ${line}|${shown.perfdata}\n` };
  return judgeDelay(atof(textOf(seconds)), line, { ...thresholds, ...shown });
}

/** The plugin crashes for want of a value. */
function textOf(value: string | undefined): string {
  if (value === undefined) throw new CheckDeclined("a replica without a value");
  return upToNul(value);
}

function judgeDelay(
  seconds: number,
  line: string,
  { warning, critical, said, perfdata }: Thresholds & Shown,
): CheckOutput {
  const state = getStatus(seconds, { warning, critical });
  const limits = { warning: numberOf(warning), critical: numberOf(critical) };
  const all = `${perfdata} ${fperfdata("seconds behind master", seconds, "s", limits)}`;
  const head = state === OK ? said : `SLOW_SLAVE ${STATE_NAMES[state]}:`;
  return { returnCode: state, output: `${head} ${line}|${all}\n` };
}

/** The plugin shows the number at the beginning of a threshold, and 0 where there is none. */
function numberOf(range: Range | undefined): number {
  return range === undefined ? 0 : strtod(range.text).value;
}
