import type { RunResult } from "../../../src/handlers/handler-run.ts";
import type { Language } from "../notify/texts.ts";

/** What the report of an event handler says itself. */
export interface RunTexts {
  readonly labels: Readonly<Record<RunResult, string>>;
  readonly state: string;
  readonly end: (code: string | undefined, seconds: string) => string;
  readonly returnCode: (code: number) => string;
  readonly signal: (signal: number) => string;
  readonly output: string;
  readonly command: string;
  readonly stage: string;
}

const ENGLISH: RunTexts = {
  labels: {
    ok: "OK",
    failed: "FAILED",
    "timed-out": "TIMED OUT",
    refused: "REFUSED",
    "dry-run": "DRY RUN",
    "too-old": "TOO OLD",
  },
  state: "State",
  end: (code, seconds) => `Ended: ${code === undefined ? "" : `${code}, `}after ${seconds} s`,
  returnCode: (code) => `return code ${code}`,
  signal: (signal) => `signal ${signal}`,
  output: "Output",
  command: "Command",
  stage: "Stage",
};

const GERMAN: RunTexts = {
  labels: {
    ok: "OK",
    failed: "FEHLGESCHLAGEN",
    "timed-out": "ZEIT ÜBERSCHRITTEN",
    refused: "ABGELEHNT",
    "dry-run": "PROBELAUF",
    "too-old": "ZU ALT",
  },
  state: "Status",
  end: (code, seconds) => `Ende: ${code === undefined ? "" : `${code}, `}nach ${seconds} s`,
  returnCode: (code) => `Rückgabewert ${code}`,
  signal: (signal) => `Signal ${signal}`,
  output: "Ausgabe",
  command: "Befehl",
  stage: "Stufe",
};

export const RUN_TEXTS: Readonly<Record<Language, RunTexts>> = { en: ENGLISH, de: GERMAN };
