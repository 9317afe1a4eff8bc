import { readFileSync } from "node:fs";
import type { ByteString } from "../../../src/byte-string.ts";
import type { Outcome } from "../../../src/outcome/outcome.ts";

/** A payload as it was on the wire, and its decrypted bytes with their padding. Both base64. */
export interface RecordedPayload {
  readonly queue: string;
  readonly payload: string;
  readonly plain_b64: string;
  readonly key: string;
}

/** A check job, and the results the C and the Go worker sent for it. */
export interface RecordedPair extends RecordedPayload {
  readonly unique: string;
  readonly result_c: readonly RecordedPayload[];
  readonly result_go: readonly RecordedPayload[];
}

export interface RecordedOutcome {
  readonly commandLine: ByteString;
  readonly outcome: Outcome;
}

/** The identifier both workers ran under. */
export const RECORDED_IDENTIFIER = "rigworker";

const FIXTURES = new URL("../../fixtures/mod-gearman/", import.meta.url);

export function recordedPairs(): readonly RecordedPair[] {
  return readFixture("pairs-enc.json") as readonly RecordedPair[];
}

/** Event handler, notification and perfdata jobs. */
export function recordedEvents(): readonly RecordedPayload[] {
  return readFixture("jobs-events-enc.json") as readonly RecordedPayload[];
}

export function recordedOutcomes(): readonly RecordedOutcome[] {
  return readFixture("outcomes.json") as readonly RecordedOutcome[];
}

/** The bytes gearmand carried. */
export function wireOf(recorded: RecordedPayload): Buffer {
  return Buffer.from(recorded.payload, "base64");
}

/** The decrypted text without its padding and final line feeds. */
export function plainOf(recorded: RecordedPayload): ByteString {
  return Buffer.from(recorded.plain_b64, "base64")
    .toString("latin1")
    .replace(/[\0\n]+$/, "");
}

/** The fields of a recorded text, read without any code of ours. */
export function fieldsOf(recorded: RecordedPayload): ReadonlyMap<string, ByteString> {
  const lines = plainOf(recorded).split("\n");
  return new Map(lines.map((line) => splitAt(line, line.indexOf("="))));
}

function splitAt(line: ByteString, equals: number): readonly [string, ByteString] {
  return [line.slice(0, equals), line.slice(equals + 1)];
}

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, FIXTURES), "utf8"));
}
