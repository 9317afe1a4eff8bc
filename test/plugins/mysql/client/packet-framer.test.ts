import { describe, expect, it } from "vitest";
import { encodeCommands } from "../../../../plugins/mysql/client/commands.ts";
import { PacketFramer } from "../../../../plugins/mysql/client/packet-framer.ts";
import { isWholeOk, type QueryResult, ResultReader } from "../../../../plugins/mysql/client/result.ts";
import { CheckDeclined } from "../../../../sdk/index.ts";
import { everyCut, readAnswers } from "../../../support/recorded-answers.ts";

/** The packets of an answer, and what the last of them come to, if they are of a query. */
function read(pieces: readonly Buffer[], sent: readonly string[]) {
  const packets: string[] = [];
  const reader = new ResultReader(2);
  const ahead = sent.length - 1;
  const isQuery = sent.at(-1)?.startsWith("query ");
  const framer = new PacketFramer((data, start, end) => {
    packets.push(data.toString("latin1", start, end));
    if (isQuery && packets.length > ahead && reader.result === undefined) reader.push(data, start, end);
  }, 0);
  framer.endLogin();
  for (const piece of pieces) expect(framer.push(piece)).toHaveLength(0);
  const { result, hasMore, isInTransaction } = reader;
  return { packets, result, hasMore, isInTransaction };
}

const rows = (columns: readonly string[], ...all: readonly (readonly (string | undefined)[])[]) =>
  ({ kind: "rows", columns, count: all.length, rows: all }) as QueryResult;
const failed = (at: "query" | "rows", code: number) => ({
  kind: "failed",
  at,
  failure: expect.objectContaining({ code }),
});

/** What is different from one result without anything else. */
const EXPECTED: Readonly<Record<string, object>> = {
  "a ping and a number": { result: rows(["42"], ["42"]) },
  "no row": { result: rows(["1"]) },
  NULL: { result: rows(["NULL", "2"], [undefined, "2"]) },
  "several rows of several columns": { result: rows(["a", "b"], ["1", "one"], ["2", "two"]) },
  "a long value": { result: rows(["repeat('x', 300)"], ["x".repeat(300)]) },
  "an error before there are rows": { result: failed("query", 1064) },
  "an error in the middle of the rows": { result: failed("rows", 1242) },
  "a statement without rows": { result: { kind: "none" } },
  "a transaction that stays open": { result: { kind: "none" }, isInTransaction: true },
  "several results": { result: rows(["1"], ["1"]), hasMore: true },
  "the statistics": { packets: [expect.stringMatching(/^Uptime: .* Queries per second avg: [\d.]+$/)] },
  "values of the status": {
    result: {
      ...rows(["Variable_name", "Value"], ["Threads_cached", "9"], ["Threads_connected", "1"]),
      count: 3,
    },
  },
  "a connection that is killed": { result: failed("query", 1927) },
};

describe("an answer of MariaDB", () => {
  const PLAIN = { packets: expect.any(Array), result: undefined, hasMore: false, isInTransaction: false };

  it("was recorded for every line of the table", () => {
    const names = readAnswers("mariadb").map(({ name }) => name);
    expect(names.toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  });

  it.each(readAnswers("mariadb").map((each) => [each.name, each] as const))(
    "is the same however it is cut: %s",
    (name, { sent, answer }) => {
      const whole = read([answer], sent);
      expect(whole).toEqual({ ...PLAIN, ...EXPECTED[name] });
      for (const pieces of everyCut(answer)) expect(read(pieces, sent)).toEqual(whole);
    },
  );
});

describe("a packet", () => {
  it("gets the number that the driver expects while it logs in", () => {
    const framer = new PacketFramer(() => {}, 1);
    expect(framer.send(Buffer.from([1, 0, 0, 1, 9]))[3]).toBe(2);
    expect([...framer.push(Buffer.from([1, 0, 0, 77, 0, 1, 0, 0, 78, 0]))]).toEqual([
      1, 0, 0, 2, 0, 1, 0, 0, 3, 0,
    ]);
  });

  it("is given to the driver when it is whole, and not any more after the login", () => {
    const framer = new PacketFramer(() => {}, 0);
    expect(framer.push(Buffer.from([2, 0, 0, 0, 7]))).toHaveLength(0);
    expect([...framer.push(Buffer.from([7, 9]))]).toEqual([2, 0, 0, 0, 7, 7]);
    framer.endLogin();
    expect(framer.push(Buffer.from([0, 0, 1, 7]))).toHaveLength(0);
  });

  it("that is empty ends the connection, and one that is too large is declined", () => {
    const push = (...bytes: readonly number[]) => new PacketFramer(() => {}, 0).push(Buffer.from(bytes));
    expect(() => push(0, 0, 0, 1)).toThrow("the server has closed the connection");
    expect(() => push(0xff, 0xff, 0xff, 1)).toThrow(CheckDeclined);
  });
});

it.each([
  ["a value that is longer than its row", [1, 1], [[5, 0x31]]],
  ["a length that is cut off", [1, 1], [[0xfc, 0x31]]],
  ["a row that has too few values", [2, 2], [[1, 0x31]]],
  ["a row that has too many values", [1, 1], [[1, 0x31, 1, 0x31]]],
  [
    "a second row that has too few values",
    [1, 1],
    [
      [1, 0x31],
      [2, 0x31],
    ],
  ],
  ["a description that is cut off", [1, 0], []],
])("a result with %s is not read", (_, [width = 0, described = 0], all) => {
  const reader = new ResultReader(1);
  const push = (...bytes: readonly number[]) =>
    reader.push(Buffer.from([9, ...bytes, 9]), 1, bytes.length + 1);
  push(width);
  const describe = () => {
    for (let column = 0; column < described; column += 1)
      push(0, 0, 0, 0, 1, 0x61, 0, 12, ...Buffer.alloc(12));
    if (described === 0) push(3, 0x64);
    push(0xfe, 0, 0, 2, 0);
    for (const row of all) push(...row);
  };
  expect(describe).toThrow();
});

describe("the end of a statement without rows", () => {
  it.each([
    ["with nothing behind its warnings", [0, 0, 0, 2, 0, 0, 0], true],
    ["with numbers of several bytes", [0, 0xfc, 1, 1, 5, 2, 0, 0, 0], true],
    ["with words", [0, 0, 0, 2, 0, 0, 0, 2, 0x61, 0x62], true],
    ["with words that are longer than it", [0, 0, 0, 2, 0, 0, 0, 3, 0x61, 0x62], false],
    ["without warnings", [0, 0, 0, 2, 0], false],
    ["without a status", [0, 0, 0], false],
    ["of another kind", [1, 0, 0, 2, 0, 0, 0], false],
  ])("%s is read by libmariadb: %j, %s", (_, bytes, isWhole) => {
    expect(isWholeOk(Buffer.from(bytes))).toBe(isWhole);
    const read = () => new ResultReader(1).push(Buffer.from(bytes), 0, bytes.length);
    if (bytes[0] === 0 && !isWhole) expect(read).toThrow();
  });
});

it("commands are sent as MySQL reads them, each with a number of its own", () => {
  const bytes = encodeCommands([14, ""], [3, "select 1"]);
  expect(bytes.toString("latin1")).toBe("\x01\0\0\0\x0e\x09\0\0\0\x03select 1");
});
