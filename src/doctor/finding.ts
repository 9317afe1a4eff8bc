/** What was looked at. `jobs`, `clock` and `plugin` are about the jobs of a running worker. */
export type FindingSubject =
  | ("config" | "server" | "tls" | "key" | "queue" | "spool" | "ping" | "user" | "limits" | "memory" | "shm")
  | ("jobs" | "clock" | "plugin");

/** What one look has found, in a line: what is so, and what to do about it. */
export interface Finding {
  readonly about: FindingSubject;
  readonly severity: "fine" | "warning" | "error";
  readonly text: string;
  /** What to do. Undefined: nothing. */
  readonly advice?: string;
}

export function fine(about: FindingSubject, text: string): Finding {
  return { about, severity: "fine", text };
}

export function warn(about: FindingSubject, text: string, advice: string): Finding {
  return { about, severity: "warning", text, advice };
}

export function fail(about: FindingSubject, text: string, advice: string): Finding {
  return { about, severity: "error", text, advice };
}

/** 0: all is fine, 1: there are warnings, 2: there are errors. */
export function exitCodeOf(findings: readonly Finding[]): number {
  if (findings.some(({ severity }) => severity === "error")) return 2;
  return findings.some(({ severity }) => severity === "warning") ? 1 : 0;
}
