import type { NormalRule } from "../oracle.ts";

/** What differs from run to run in the answers of the plugins. */
export const MYSQL_RULES: readonly NormalRule[] = [
  // The server's statistics, and its status.
  [/\bUptime: .* Queries per second avg: [\d.]+/, (line = "") => line.replace(/\d+(?:\.\d+)?/g, "N")],
  [/=\d+(?=c?;;;;)/g, "=N"],
  // The plugin shows the error of its last call that failed: there was nothing to read (11), or an older one.
  [/(?<=, system error: )(?:11|115)\b/, "WAITED"],
];
