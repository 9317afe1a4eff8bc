/** Where a setting was written: a file and its line, or `command line`, or an environment variable. */
export interface Origin {
  readonly file: string;
  readonly line?: number;
}

/** One thing wrong in the configuration. Errors stop the start, warnings do not. */
export interface Problem extends Partial<Origin> {
  readonly severity: "error" | "warning";
  readonly message: string;
  /** What the operator can do about it. */
  readonly hint?: string;
}

/** A problem found by the reader of a value, which does not know where the value was written. */
export type Remark = Omit<Problem, keyof Origin>;

export function error(message: string, hint?: string): Remark {
  return remark("error", message, hint);
}

export function warning(message: string, hint?: string): Remark {
  return remark("warning", message, hint);
}

/** All problems of a configuration at once, so that an operator corrects a file once and not line by line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    // Warnings, too: a mistyped `encryption` is the reason for a missing key.
    super(problems.map(renderProblem).join("\n"));
    this.problems = problems;
  }
}

export function isError(problem: Problem): boolean {
  return problem.severity === "error";
}

/** `worker.conf:12: message (hint)`, or `worker.conf:12: warning: message (hint)` */
export function renderProblem(problem: Problem): string {
  return render(problem, problem.severity === "warning" ? "warning: " : "");
}

/** The same for the log, which tells the severity itself. */
export function renderForLog(problem: Problem): string {
  return render(problem, "");
}

function render({ file, line, message, hint }: Problem, mark: string): string {
  const place = file === undefined ? "" : `${renderOrigin({ file, ...(line !== undefined && { line }) })}: `;
  return `${place}${mark}${message}${hint === undefined ? "" : ` (${hint})`}`;
}

export function renderOrigin({ file, line }: Origin): string {
  return line === undefined ? file : `${file}:${line}`;
}

function remark(severity: Problem["severity"], message: string, hint: string | undefined): Remark {
  return hint === undefined ? { severity, message } : { severity, message, hint };
}
