import { CheckDeclined } from "../../../sdk/index.ts";
import type { Verbosity } from "./destination.ts";

/** How a line of ssh is logged: whether it is printed depends on LogLevel. */
export type Severity = "fatal" | "error" | "info";

/** Something ssh prints on stderr: a line of its own, or a banner as it came. */
export interface Line {
  readonly severity: Severity;
  /** With its line break. ssh ends its own lines as a terminal in raw mode needs it. */
  readonly text: string;
}

export function line(severity: Severity, text: string): Line {
  return { severity, text: `${text}\r\n` };
}

/** ssh would print this and end with 255. */
export class SshFailure extends Error {
  override readonly name = "SshFailure";
  readonly lines: readonly Line[];

  constructor(lines: readonly Line[], options?: ErrorOptions) {
    super(lines.at(-1)?.text ?? "ssh failed", options);
    this.lines = lines;
  }
}

/** The server ended the connection before it had said more than its version: it may take the next one. */
export class ServerDropped extends CheckDeclined {}

const SHOWN: Readonly<Record<Verbosity, readonly Severity[]>> = {
  quiet: [],
  fatal: ["fatal"],
  error: ["fatal", "error"],
  info: ["fatal", "error", "info"],
};

/** What of it is seen at a LogLevel. */
export function printLines(lines: readonly Line[], verbosity: Verbosity): string {
  const shown = lines.filter(({ severity }) => SHOWN[verbosity].includes(severity));
  return shown.map(({ text }) => text).join("");
}
