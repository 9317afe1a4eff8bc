import type { ByteString } from "../byte-string.ts";

/** Takes out of an answer what differs between two runs of one check because it grows. */
type TakeOut = (text: ByteString) => ByteString;

const UPTIME_OF_AGENT = [
  /(?<=\buptime: )[0-9][0-9wdhms: -]*(?=, boot: )/g,
  /(?<='uptime'=)[0-9]+(?=s;)/g,
] as const;

/**
 * The server's statistics and counters, which each connection changes. The names around the values have to
 * be equal, and all else.
 */
const STATUS_LINE = /^Uptime: [0-9]+ {2}Threads: .{1,300}? Queries per second avg: [0-9.]+/;
const STATUS_VALUE = /(?<=\b\w+=)[0-9]+(?=c?;;;;)/g;
/** The plugin shows the error of its last call that failed: nothing to read (11), or an older one. */
const WAITED = /(?<=, system error: )(?:11|115)\b/g;

/** By check. Sizes and results of queries are not here: the worker may have read them wrongly. */
const GROWING: ReadonlyMap<string, TakeOut> = new Map<string, TakeOut>([
  ["check_mysql", takeStatus],
  ["check_mysql_query", (text) => text.replace(WAITED, "N")],
  [
    "check_nt",
    (text) =>
      text.replace(
        /System Uptime - [0-9]+ day\(s\) [0-9]+ hour\(s\) [0-9]+ minute\(s\) \|uptime=[0-9]+/,
        "System Uptime - N day(s) N hour(s) N minute(s) |uptime=N",
      ),
  ],
  ["check_mssql_health", (text) => text.replace(/'uptime'=[0-9]+/g, "'uptime'=N")],
  ["check_nsc_web", takeUptime],
  ["check_nrpe", takeUptime],
  ["check_snmp", takeCounters],
]);

/** The answer of this check without what has grown since another run. */
export function withoutGrowth(text: ByteString, check: string): ByteString {
  return GROWING.get(check)?.(text) ?? text;
}

function takeStatus(text: ByteString): ByteString {
  return text
    .replace(STATUS_LINE, (line) => line.replace(/(?<=: )[0-9.]+/g, "N"))
    .replace(STATUS_VALUE, "N")
    .replace(WAITED, "N");
}

/** SNClient and NSClient++, which check_nrpe asks, too. */
function takeUptime(text: ByteString): ByteString {
  return UPTIME_OF_AGENT.reduce((shown, pattern) => shown.replace(pattern, "N"), text);
}

/** A counter is told by its perfdata, and stands in the text before it. */
function takeCounters(text: ByteString): ByteString {
  const [shown = "", ...perfdata] = text.split("|");
  const counter = /(?<==)[0-9]+(?=c(?:[ ;]|$))/gm;
  const counters = new Set(perfdata.join("|").match(counter));
  const taken = shown.replace(/(?<![0-9.])[0-9]+(?![0-9.])/g, (value) => (counters.has(value) ? "N" : value));
  return [taken, ...perfdata.map((part) => part.replace(counter, "N"))].join("|");
}
