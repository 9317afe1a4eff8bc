import type { Verbosity } from "./destination.ts";

/** The level at which ssh logs a line. LogLevel decides whether the line is printed. */
export type Severity = "fatal" | "error" | "info";

/** Something ssh prints on stderr: one line of its own, or the server's banner unchanged. */
export interface StderrLine {
  readonly severity: Severity;
  /**
   * The line break is part of the text. ssh ends its own lines with `\r\n`, as a terminal in raw mode needs
   * it.
   */
  readonly text: string;
}

export function stderrLine(severity: Severity, text: string): StderrLine {
  return { severity, text: `${text}\r\n` };
}

/** ssh would print these lines and end with return code 255. */
export class SshFailure extends Error {
  override readonly name = "SshFailure";
  readonly lines: readonly StderrLine[];

  constructor(lines: readonly StderrLine[], options?: ErrorOptions) {
    super(lines.at(-1)?.text ?? "ssh failed", options);
    this.lines = lines;
  }
}

const SHOWN: Readonly<Record<Verbosity, readonly Severity[]>> = {
  quiet: [],
  fatal: ["fatal"],
  error: ["fatal", "error"],
  info: ["fatal", "error", "info"],
};

/** The lines that are printed at a LogLevel, as one text. */
export function printLines(lines: readonly StderrLine[], verbosity: Verbosity): string {
  const shown = lines.filter(({ severity }) => SHOWN[verbosity].includes(severity));
  return shown.map(({ text }) => text).join("");
}
