import { makeLines } from "../../../integrations/influxdb/lines/make-lines.ts";
import { readRecord } from "../../../integrations/influxdb/lines/read-record.ts";
import type { Io } from "../io.ts";

/** The defaults, for InfluxDB 1 and 2. */
const OPTIONS = { hostcheck: "hostcheck", afterBackslash: "_", doublesBackslashes: false };

/** The lines of the records that standard input has. What is no record is told, and is the exit code 1. */
export async function printLines(io: Io): Promise<number> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.stdin?.() ?? process.stdin) chunks.push(chunk);
  const lines = Buffer.concat(chunks).toString("latin1").split(/\r?\n/);
  let exitCode = 0;
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const record = readRecord(line);
    if (typeof record === "string") {
      io.stderr(`line ${index + 1} is no record of perfdata: ${record}\n`);
      exitCode = 1;
    } else {
      const { text, skipped } = makeLines(record, OPTIONS);
      io.stdout(Buffer.from(text, "latin1"));
      if (skipped > 0) io.stderr(`line ${index + 1}: ${skipped} items have no number\n`);
    }
  }
  return exitCode;
}
