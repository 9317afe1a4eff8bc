import { readRegularFile } from "../../open-file.ts";
import type { WrittenReport } from "../../worker/reports/shadow-file.ts";
import { type CommandResult, unknownWord, wrongCall } from "../command.ts";
import { readableTime, renderShadow } from "../control/render-shadow.ts";
import type { Io } from "../io.ts";
import { loadForCommand, reportConfigError } from "../worker-conf.ts";
import { controlCommand } from "./control.ts";

/** Exit codes: 0, 1 without a report, 3 if the options are wrong. */
export async function shadowCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const [command, ...options] = argv;
  if (command === "show" || command === "set") return controlCommand(`shadow ${command}`)(options, io);
  if (command !== "report") return unknownWord(command, ["show", "set", "report"]);
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

function renderReport(report: WrittenReport): string {
  const head = `Written ${readableTime(report.written)}, ${report.share} % of the jobs are compared.\n`;
  return renderShadow(head, report);
}
