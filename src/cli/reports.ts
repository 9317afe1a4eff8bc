type Report = Pick<NodeJS.ProcessReport, "excludeEnv" | "reportOnFatalError">;

/**
 * Node.js writes reports of crashes where NODE_OPTIONS asks for them. They are files that people pass on, and
 * keys and passwords are in the environment of many a program: so no report has it. Of a fatal error, such as
 * a full heap, Node.js 24 writes it all the same unless it was started with `--report-exclude-env`. Without
 * that there is no such report. A thread has a setting of its own.
 */
export function keepEnvironmentOut(report: Report = process.report): void {
  if (report.excludeEnv) return;
  report.excludeEnv = true;
  report.reportOnFatalError = false;
}

const WANTS_FATAL = /--report[-_]on[-_]fatalerror\b/;

/** Says that a report that was asked for will not be written, and why. */
export function missingReport(
  given: readonly string[] = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""],
  report: Report = process.report,
): string | undefined {
  if (report.reportOnFatalError || !WANTS_FATAL.test(given.join(" "))) return undefined;
  return "--report-on-fatalerror is ignored, as the report would have the environment in it: add --report-exclude-env to NODE_OPTIONS";
}
