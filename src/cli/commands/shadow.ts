import { readRegularFile } from "../../open-file.ts";
import type { WrittenReport } from "../../worker/reports/shadow-file.ts";
import { type CommandResult, unknownWord, usage } from "../command.ts";
import { readableTime, renderShadow } from "../control/render-shadow.ts";
import type { Io } from "../io.ts";
import { loadForCommand, reportConfigError } from "../worker-conf.ts";
import { controlCommand } from "./control.ts";

const USAGE = `usage: omd-worker shadow show [--json] [OPTION=VALUE…]
       omd-worker shadow set PERCENT|on|off [--json] [OPTION=VALUE…]
       omd-worker shadow report [OPTION=VALUE…]
  How the worker's own answers compare with the plugins', check by check, with the last differences. The worker
  must run with native_checks=shadow. show asks a worker that runs, and set changes how many of its jobs it
  compares, until it reads its configuration again. report reads the file that the worker writes with
  shadow_file=FILE; name its --config=FILE here, or shadow_file=FILE.
`;

/** Exit codes: 0, 1 without a report, 3 if the options are wrong. */
export async function shadowCommand(argv: readonly string[], io: Io): Promise<CommandResult> {
  const [command, ...options] = argv;
  if (command === "show" || command === "set") return controlCommand(`shadow ${command}`)(options, io);
  if (command !== "report") return unknownWord(command, ["show", "set", "report"], USAGE);
  try {
    const config = loadForCommand(options, io);
    if (config === undefined) return usage(USAGE);
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
