import { readRegularFile } from "../../open-file.ts";
import type { ShadowAnswer, ShadowCount, ShadowExample } from "../../run/shadow.ts";
import type { WrittenReport } from "../../worker/shadow-file.ts";
import { type CommandResult, unknownWord, wrongCall } from "../command.ts";
import type { Io } from "../io.ts";
import { renderTable } from "../render-table.ts";
import { loadForCommand, reportConfigError } from "../worker-conf.ts";

/** Exit codes: 0, 1 without a report, 3 if the options are wrong. */
export async function shadowCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const [command, ...options] = argv;
  if (command !== "report") return unknownWord(command, ["report"]);
  try {
    const config = loadForCommand(options, io);
    if (config === undefined) return wrongCall();
    if (config.shadowFile === undefined) {
      io.stderr("shadow_file is not set: name the worker's --config=FILE here, or shadow_file=FILE\n");
      return 1;
    }
    return report(config.shadowFile, io);
  } catch (error) {
    reportConfigError(error, io);
    return 3;
  }
}

/** In bytes. A report of every check with its examples is far smaller. */
const MAX_SIZE = 16_777_216;

function report(file: string, io: Io): number {
  try {
    io.stdout(renderReport(JSON.parse(readRegularFile(file, MAX_SIZE).toString("utf8"))));
    return 0;
  } catch (error) {
    const isNoReport = error instanceof SyntaxError || error instanceof TypeError;
    const why = isNoReport ? "it is no report" : error instanceof Error && error.message;
    io.stderr(
      `cannot read ${file}: ${why}; the worker writes it every minute while native_checks is shadow\n`,
    );
    return 1;
  }
}

function renderReport({ written, since, share, checks }: WrittenReport): string {
  const rows = Object.entries(checks).sort(([one], [other]) => (one < other ? -1 : 1));
  const head = `Written ${readableTime(written)}, ${share} % of the jobs are compared.\n`;
  if (since === undefined || rows.length === 0) return `${head}Nothing was compared yet.\n`;
  const lines = rows.map(([name, count]) => [name, ...countCells(count)]);
  const table = renderTable(["check", "runs", "agreed", "different", "left to plugin", "agreement"], lines);
  const examples = rows.flatMap(([name, count]) => renderExamples(name, count));
  return [`${head}Since ${readableTime(since)}:\n`, table, ...examples].join("\n");
}

function countCells({ agreed, different, declined }: ShadowCount): readonly string[] {
  const compared = agreed + different;
  const agreement = compared === 0 ? "" : `${floorTo(2, (agreed / compared) * 100)} %`;
  return [...[compared + declined, agreed, different, declined].map(String), agreement];
}

/** 99.999 is not yet 100. */
function floorTo(digits: number, value: number): string {
  return (Math.floor(value * 10 ** digits) / 10 ** digits).toFixed(digits);
}

function renderExamples(name: string, { examples }: ShadowCount): readonly string[] {
  return examples.length === 0 ? [] : [`${name}, the last differences:`, ...examples.map(renderExample)];
}

function renderExample({ at, command, plugin, native }: ShadowExample): string {
  return [
    `  ${readableTime(at)} ${command}`,
    ...answer("plugin", plugin),
    ...answer("native", native),
    "",
  ].join("\n");
}

function answer(who: string, { returnCode, output }: ShadowAnswer): readonly string[] {
  const [first = "", ...more] = output.trimEnd().split("\n");
  return [`    ${who} ${returnCode ?? "-"} ${first}`, ...more.map((line) => `             ${line}`)];
}

function readableTime(iso: string): string {
  return iso.replace("T", " ").replace(/\..*$/, " UTC");
}
