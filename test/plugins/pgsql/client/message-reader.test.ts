import { describe, expect, it } from "vitest";
import { MessageReader } from "../../../../plugins/pgsql/client/message-reader.ts";
import { encodeQueries, type QueryResult } from "../../../../plugins/pgsql/client/messages.ts";
import { CheckDeclined } from "../../../../sdk/index.ts";
import { everyCut, readAnswers } from "../../../support/recorded-answers.ts";
import { ACCEPTED, error, message, NOTHING, ONE } from "../speaker.ts";

const NOBODY = { answered: () => {}, copies: () => {} };
const CLOSED = "the server has closed the connection";

describe("while the driver logs in", () => {
  const ALL = Buffer.concat([ACCEPTED, error({ S: "ERROR", M: "no" }), ONE]);

  it.each([1, 2, 3, 5, 7, 1000])("it gets whole messages of pieces of %d bytes", (size) => {
    const reader = new MessageReader(1000, NOBODY);
    const given: Buffer[] = [];
    for (let at = 0; at < ALL.length; at += size) given.push(reader.push(ALL.subarray(at, at + size)));
    expect(Buffer.concat(given)).toEqual(ALL);
    expect(given.every((each) => each.length === 0 || each.readUInt32BE(1) < each.length)).toBe(true);
    expect(reader.refusal).toMatchObject({ severity: "ERROR", message: "no" });
  });

  it.each([
    ["an error without an end", message("E", "SERROR\0Mno\0")],
    ["an error whose text has no end", message("E", "SERROR\0Mno")],
    ["an error without a severity", error({ M: "no" })],
    ["a notice without fields", message("N", "")],
    ["a parameter without a value", message("S", "server_encoding\0")],
    ["a length below its own", Buffer.from("Z\0\0\0\x03I", "latin1")],
    ["a message above the limit", Buffer.from("D\0\x01\0\0x", "latin1")],
    ["an error in an encoding that no one has named", error({ S: "ERROR", M: "n\xf6" })],
  ])("%s is declined", (_, bytes) => {
    expect(() => new MessageReader(1000, NOBODY).push(bytes)).toThrow(CheckDeclined);
  });
});

/** What the reader tells of an answer. */
interface Told {
  readonly results: readonly QueryResult[];
  /** What is not answered has come to so far. */
  readonly left: QueryResult;
  readonly notices: readonly string[];
  readonly isInTransaction: boolean;
  readonly copies: number;
  /** Why it does not go on. */
  readonly end: string;
}

function read(pieces: readonly Buffer[], queries: number, login: Buffer = ACCEPTED): Told {
  const results: QueryResult[] = [];
  let copies = 0;
  const reader = new MessageReader(1 << 16, {
    answered: (result) => results.push(result),
    copies: () => {
      copies += 1;
    },
  });
  reader.push(login);
  reader.endLogin();
  reader.expect(queries);
  let end = "";
  try {
    for (const piece of pieces) expect(reader.push(piece)).toHaveLength(0);
  } catch (reason) {
    end = reason instanceof Error ? reason.message : `${reason}`;
  }
  const notices = reader.takeNotices().map(({ message: text }) => text);
  return { results, left: reader.result, notices, isInTransaction: reader.isInTransaction, copies, end };
}

const NONE: QueryResult = { kind: "none" };
const rows = (count: number, columns: number, first?: string): QueryResult => ({
  ...{ kind: "rows", rows: count, columns, first },
});
const failed = (fields: object) => ({
  kind: "error",
  error: expect.objectContaining({ severity: "ERROR", ...fields }),
});

/** What is different from one answer without anything else. */
const EXPECTED: Readonly<Record<string, object>> = {
  "a proof and a number": { results: [NONE, rows(1, 1, "42")] },
  "no row": { results: [rows(0, 1)] },
  "a row without columns": { results: [rows(1, 0)] },
  NULL: { results: [rows(1, 2)] },
  "several rows of several columns": { results: [rows(3, 2, "1")] },
  "text that is not ASCII": { results: [rows(1, 1, "z\xc3\xa4hler")] },
  "an error at a place of the query": { results: [failed({ code: "42601", position: "1" })] },
  "an error in the middle of the rows": { results: [failed({ message: "division by zero" })] },
  "an error with detail, hint and context": {
    results: [
      failed({ detail: "why", hint: "how", where: "PL/pgSQL function inline_code_block line 1 at RAISE" }),
    ],
  },
  "a notice before the end": { results: [NONE], notices: ["hello"] },
  "a parameter that changes": { results: [NONE] },
  "several results, of which the last counts": { results: [rows(1, 2, "2")] },
  "a transaction that stays open": { results: [rows(1, 1, "7")], isInTransaction: true },
  "a failed transaction": { results: [failed({ code: "22012" })], isInTransaction: true },
  "a copy": { results: [], copies: 1, end: "the server speaks what only libpq knows" },
  "the end of the session": {
    results: [],
    left: { kind: "error", error: expect.objectContaining({ severity: "FATAL", code: "57P01" }) },
  },
};

describe("after the login an answer of PostgreSQL", () => {
  const PLAIN = { left: NONE, notices: [], isInTransaction: false, copies: 0, end: "" };

  it("was recorded for every line of the table", () => {
    const names = readAnswers("postgresql").map(({ name }) => name);
    expect(names.toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  });

  it.each(readAnswers("postgresql").map((each) => [each.name, each] as const))(
    "is the same however it is cut: %s",
    (name, { sent, answer }) => {
      const whole = read([answer], sent.length);
      expect(whole).toEqual({ ...PLAIN, ...EXPECTED[name] });
      for (const pieces of everyCut(answer)) expect(read(pieces, sent.length)).toEqual(whole);
    },
  );

  it.each([
    ["a message of no known kind", message("~", "what")],
    ["a request for a password", message("R", "\0\0\0\x03")],
    ["a description without a count", message("T", "")],
    ["a description that is cut off", message("T", "\0\x01n\0\0")],
    ["a description whose name has no end", message("T", "\0\x01n")],
    ["a row that is longer than its values", message("D", "\0\x01\0\0\0\x011x")],
    ["a row that is shorter than its values", message("D", "\0\x01\0\0\0\x051")],
    ["a row that ends before a length", message("D", "\0\x02\0\0\0\x011")],
    ["a value of a length below NULL", message("D", "\0\x01\xff\xff\xff\xfe")],
    ["a value that is no UTF-8", message("D", "\0\x01\0\0\0\x01\xe4")],
    ["a state without a letter", message("Z", "")],
    ["a length below its own", Buffer.from("Z\0\0\0\x03I", "latin1")],
    ["a message above the limit", Buffer.from("D\0\x01\0\0x", "latin1")],
  ])("with %s is declined", (_, bytes) => {
    const { end, results } = read([bytes], 1);
    expect([end, results]).toEqual([
      expect.stringMatching(/only libpq knows|too large|the encoding of the database/),
      [],
    ]);
  });

  it("in the encoding of another database is declined, but for ASCII", () => {
    const login = message("S", "server_encoding\0LATIN1\0");
    const answer = (text: string) => {
      const body = Buffer.concat([Buffer.from("\0\x01\0\0\0\x02", "latin1"), Buffer.from(text, "latin1")]);
      return Buffer.concat([
        message("T", "\0\0"),
        message("D", body),
        message("C", "x\0"),
        message("Z", "I"),
      ]);
    };
    expect(read([answer("42")], 1, login)).toMatchObject({ end: "", results: [rows(1, 0, "42")] });
    expect(read([answer("\xc3\xa4")], 1, login).end).toBe("words in the encoding of the database");
  });
});

describe("what comes while no answer is waited for", () => {
  it.each([
    ["ends the connection if it is an error", error({ S: "FATAL", C: "57P01", M: "ended" }), CLOSED],
    ["ends the connection if it is an answer", ONE, CLOSED],
    ["does nothing if it says that the server takes a query", message("Z", "I"), ""],
    ["does nothing if it is a notification", message("A", "\0\0\0\x01a\0b\0"), ""],
  ])("%s", (_, bytes, end) => {
    expect(read([bytes], 0)).toMatchObject({ results: [], end });
    expect(read([NOTHING, bytes], 1)).toMatchObject({ results: [NONE], end });
  });

  it("is kept for the next check if it is a notice", () => {
    expect(read([message("N", "SNOTICE\0Mhello\0\0")], 0).notices).toEqual(["hello"]);
  });

  it("ends the connection behind an error, up to the end of the answer", () => {
    const twice = error({ S: "ERROR", C: "XX000", M: "no" });
    expect(read([Buffer.concat([twice, twice])], 1).end).toBe(CLOSED);
    expect(read([Buffer.concat([twice, message("Z", "I"), ONE])], 2).results).toHaveLength(2);
  });
});

it("queries are sent as PostgreSQL reads them", () => {
  expect(encodeQueries("").toString("latin1")).toBe("Q\0\0\0\x05\0");
  expect(encodeQueries("", "select 1").toString("latin1")).toBe("Q\0\0\0\x05\0Q\0\0\0\x0dselect 1\0");
});
