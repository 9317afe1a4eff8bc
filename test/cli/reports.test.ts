import { describe, expect, it } from "vitest";
import { keepEnvironmentOut, missingReport } from "../../src/cli/reports.ts";

const FATAL = ["--report_on_fatalerror"];

describe("a report of Node.js", () => {
  it("has no environment, and is not written where it would have it", () => {
    const report = { excludeEnv: false, reportOnFatalError: true };
    keepEnvironmentOut(report);
    expect(report).toEqual({ excludeEnv: true, reportOnFatalError: false });
    expect(missingReport(FATAL, report)).toContain("add --report-exclude-env to NODE_OPTIONS");
  });

  it("of a fatal error is written where Node.js was started without the environment", () => {
    const report = { excludeEnv: true, reportOnFatalError: true };
    keepEnvironmentOut(report);
    expect(report).toEqual({ excludeEnv: true, reportOnFatalError: true });
    expect(missingReport(FATAL, report)).toBeUndefined();
  });

  it("that was not asked for is not missed", () => {
    const report = { excludeEnv: false, reportOnFatalError: false };
    keepEnvironmentOut(report);
    expect(missingReport(["--max-old-space-size=100"], report)).toBeUndefined();
  });
});
