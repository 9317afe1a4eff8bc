import { readdirSync, readFileSync } from "node:fs";

const FIXTURES = new URL("../../test/fixtures/", import.meta.url);

/** What real programs have written, as the tests have it. */
export function readFixture(path: string): string {
  return readFileSync(new URL(path, FIXTURES), "latin1");
}

export function readFixtureFolder(path: string): readonly string[] {
  return readdirSync(new URL(path, FIXTURES), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFixture(`${path}${name}`));
}

/** The lines of a file of JSON lines, and at most so many, spread over the file. */
export function readRecords<Record>(path: string, most = 40): readonly Record[] {
  const lines = readFixture(path).trimEnd().split("\n");
  const step = Math.max(1, Math.floor(lines.length / most));
  return lines.filter((_, at) => at % step === 0).map((line) => JSON.parse(line));
}

export function latin1(...texts: readonly string[]): readonly Buffer[] {
  return texts.map((text) => Buffer.from(text, "latin1"));
}

/** What JSON is made of, and a word of it. */
export const JSON_MARKS = ['"', "{", "}", "[", "]", ":", ",", "null"];
