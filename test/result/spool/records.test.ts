import { describe, expect, it } from "vitest";
import {
  encodeRecord,
  HEADER,
  readRecords,
  type SpooledResult,
  type SpoolRecord,
} from "../../../src/result/spool/records.ts";

const RESULT: SpooledResult = {
  unique: "start-1",
  server: "127.0.0.1:4730",
  queue: "check_results",
  time: 1_700_000_000.25,
  workload: Buffer.from("dHlwZT1hY3RpdmUK"),
  job: { queue: "hostgroup_M\xc3\xbcnchen", digest: "q2/+=" },
};
/** A result may be any bytes, and its job unknown. */
const BYTES: SpooledResult = {
  unique: "start-2",
  server: "[::1]:4730",
  queue: "check\nresults",
  time: 1_700_000_001,
  workload: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
};
const RECORDS: readonly SpoolRecord[] = [
  { kind: "result", result: RESULT },
  { kind: "done", unique: "start-0" },
  { kind: "result", result: BYTES },
];
const LINES = RECORDS.map(encodeRecord);
const FILE = Buffer.concat([Buffer.from(HEADER), ...LINES]);

/** How many records are complete in the first so many bytes of the file. */
function completeIn(length: number): number {
  const ends = LINES.map((_, at) => HEADER.length + Buffer.concat(LINES.slice(0, at + 1)).length);
  return ends.filter((end) => end <= length).length;
}

/** The names of records, for messages that a person can read. */
function namesOf(records: readonly SpoolRecord[]): readonly string[] {
  return records.map((record) => (record.kind === "done" ? `done ${record.unique}` : record.result.unique));
}

it("what was written is read again, whatever bytes it is made of", () => {
  expect(readRecords(FILE)).toEqual({ foreign: undefined, records: RECORDS, damaged: 0 });
});

it("a record is one line of text, with its checksum in front", () => {
  expect(LINES.map((line) => line.indexOf("\n") === line.length - 1)).toEqual([true, true, true]);
  // The checksum is that of gzip: printf '%s' '{"done":"start-0"}' | gzip -c | tail -c8 | od -tx4 -N4
  expect(LINES[1]?.toString()).toBe('0a78efe2 {"done":"start-0"}\n');
});

it("a file that is cut off anywhere has the records before the cut, and one damaged line at most", () => {
  for (let length = HEADER.length; length <= FILE.length; length++) {
    const { records, damaged, foreign } = readRecords(FILE.subarray(0, length));
    const complete = completeIn(length);
    expect({ length, records: namesOf(records) }).toEqual({
      length,
      records: namesOf(RECORDS.slice(0, complete)),
    });
    const isWhole = FILE[length - 1] === 0x0a;
    expect({ length, damaged, foreign }).toEqual({ length, damaged: isWhole ? 0 : 1, foreign: undefined });
  }
});

it("a file that is cut off in its first line is none of the spool, and has no records", () => {
  for (let length = 0; length < HEADER.length; length++)
    expect(readRecords(FILE.subarray(0, length))).toEqual({
      foreign: "it is cut off in its first line",
      records: [],
      damaged: 0,
    });
});

it("a record of which only the beginning was written spoils no other line", () => {
  const [first = Buffer.alloc(0), , last = Buffer.alloc(0)] = LINES;
  for (let length = 1; length < first.length - 1; length++) {
    const bytes = Buffer.concat([
      Buffer.from(HEADER),
      first.subarray(0, length),
      Buffer.from("\n"),
      first,
      last,
    ]);
    const { records, damaged } = readRecords(bytes);
    expect({ length, damaged, records: namesOf(records) }).toEqual({
      length,
      damaged: 1,
      records: ["start-1", "start-2"],
    });
  }
});

it("a byte that has changed anywhere makes no other record of one", () => {
  const all = new Set(RECORDS.map((record) => JSON.stringify(record)));
  for (let at = HEADER.length; at < FILE.length; at++) {
    for (const flip of [0x01, 0x20, 0x80]) {
      const bytes = Buffer.from(FILE);
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      const { records, damaged } = readRecords(bytes);
      expect(damaged, `byte ${at}`).toBeGreaterThanOrEqual(1);
      expect(records.length, `byte ${at}`).toBeLessThan(RECORDS.length);
      for (const record of records) expect(all.has(JSON.stringify(record)), `byte ${at}`).toBe(true);
    }
  }
});

describe("what is no file of the spool", () => {
  it.each([
    ["of a later version", "omd-worker result spool 2\n", "it is of another version of omd-worker"],
    ["of another program", "#!/bin/sh\n", "it is no file of the spool"],
    ["of zeros, as after a power failure", "\0\0\0\0\0\0\0\0", "it is no file of the spool"],
  ])("%s is told apart, and nothing of it is used", (_, head, foreign) => {
    const bytes = Buffer.concat([Buffer.from(head), ...LINES]);
    expect(readRecords(bytes)).toEqual({ foreign, records: [], damaged: 0 });
  });
});

it.each([
  ["no JSON", "{"],
  ["no object", "7"],
  ["null", "null"],
  ["a result without a server", '{"unique":"u","queue":"q","time":1,"workload":""}'],
  ["a result whose time is a text", '{"unique":"u","server":"s","queue":"q","time":"1","workload":""}'],
  ["a result without its bytes", '{"unique":"u","server":"s","queue":"q","time":1}'],
])("a line with a right checksum and %s is damaged", (_, json) => {
  const whole = encodeRecord({ kind: "done", unique: "x" }).toString();
  expect(whole).toContain('{"done":"x"}');
  const line = Buffer.from(`${crcOf(json)} ${json}\n`);
  expect(readRecords(Buffer.concat([Buffer.from(HEADER), line]))).toMatchObject({ records: [], damaged: 1 });
});

/** CRC-32 bit by bit, as its definition has it, so that no code under test is its own witness. */
function crcOf(text: string): string {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}
