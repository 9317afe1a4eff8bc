import { describe, expect, it } from "vitest";
import { MessageReader } from "../../../../plugins/pgsql/client/message-reader.ts";
import { encodeQueries, type QueryResult } from "../../../../plugins/pgsql/client/messages.ts";
import { CheckDeclined } from "../../../../sdk/index.ts";
import { everyCut, readAnswers } from "../../../support/recorded-answers.ts";
import { ACCEPTED, authentication, error, message, NOTHING, ONE, READY } from "../speaker.ts";

const NOBODY = { answered: () => {}, copies: () => {} };
const ODD = "the server speaks what only libpq knows";
const REFUSED = error({ S: "FATAL", M: "no" });
const ENDLESS = message("E", "SFATAL\0Mno\0");

describe("while the driver logs in", () => {
  const ALL = Buffer.concat([
    ...[authentication(0), message("S", "a\0b\0"), message("N", "SNOTICE\0Mhello\0\0")],
    ...[message("K", "\0\0\0\x05\0\0\0\x07"), error({ S: "ERROR", M: "no" })],
  ]);

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
    ["a message above the limit", Buffer.from("S\x01\0\0\0x", "latin1")],
    ["an error in an encoding that no one has named", error({ S: "ERROR", M: "n\xf6" })],
  ])("%s is declined", (_, bytes) => {
    expect(() => logInWith(authentication(0), bytes)).toThrow(CheckDeclined);
  });

  it.each([
    ["a letter that is no request", Buffer.from("\xff", "latin1")],
    ["a parameter before the login is accepted", message("S", "a\0b\0")],
    ["a notice before the login is accepted", message("N", "SNOTICE\0Mhello\0\0")],
    ["a session that is ready without a login", READY],
    ["a request of another kind", authentication(9)],
    ["a request that is too short", message("R", "\0\0")],
    ["an acceptance with more behind it", authentication(0, "more")],
    ["a salt that is too short", authentication(5, "sal")],
    ["a second request for a password", Buffer.concat([authentication(3), authentication(3)])],
    ["a refusal behind a request", Buffer.concat([authentication(3), REFUSED])],
    ["an acceptance behind a request", Buffer.concat([authentication(5, "salt"), authentication(0)])],
    ["a list of mechanisms without an end", authentication(10, "SCRAM-SHA-256")],
    ["a list of mechanisms with more behind it", authentication(10, "SCRAM-SHA-256\0\0x")],
    ["a list without mechanisms", authentication(10, "\0")],
    ["a refusal longer than libpq takes", error({ S: "FATAL", M: "x".repeat(30_000) })],
  ])("%s is declined at its beginning", (_, bytes) => {
    expect(() => logInWith(bytes)).toThrow(CheckDeclined);
  });

  it.each([
    ["a second acceptance", authentication(0)],
    ["the rows of an answer", ONE],
    ["the beginning of a row", Buffer.from("D\0\0\0\x0b", "latin1")],
    ["a notification", message("A", "\0\0\0\x01a\0b\0")],
    ["a key of another length", message("K", "\0\0\0\x05")],
    ["a session in a transaction", message("Z", "T")],
    ["a notice behind its end", Buffer.concat([READY, message("N", "SNOTICE\0Mhello\0\0")])],
    ["an error behind its end", Buffer.concat([READY, error({ S: "FATAL", M: "no" })])],
    ["a notice behind an error", Buffer.concat([REFUSED, message("N", "SNOTICE\0Mhello\0\0")])],
    ["a length below its own behind an error", Buffer.concat([REFUSED, Buffer.from("E\0\0\0\x03I")])],
  ])("%s is declined when the login is accepted", (_, bytes) => {
    expect(() => logInWith(authentication(0), bytes)).toThrow(CheckDeclined);
  });

  it.each([
    ["an error without an end, with which the driver would never come to an end", ENDLESS],
    ["another error", error({ S: "FATAL", M: "yes" })],
    ["no message", Buffer.from("HTTP/1.1 400 Bad Request")],
    ["a part of a message", Buffer.from("E\0")],
  ])("nothing is read behind a refusal: %s", (_, bytes) => {
    for (const pieces of [[REFUSED, bytes], [Buffer.concat([REFUSED, bytes])]]) {
      const reader = new MessageReader(100_000, NOBODY);
      expect(Buffer.concat(pieces.map((piece) => reader.push(piece)))).toEqual(REFUSED);
      expect(reader.refusal).toMatchObject({ message: "no" });
    }
  });

  it.each([
    [3, ""],
    [5, "salt"],
    [10, "SCRAM-SHA-256\0\0"],
  ])("a request of kind %d may be followed by another message when it was answered", (kind, rest) => {
    const reader = new MessageReader(100_000, NOBODY);
    reader.push(authentication(kind, rest));
    expect(reader.send(Buffer.from("p"))).toEqual(Buffer.from("p"));
    expect(reader.push(REFUSED)).toEqual(REFUSED);
  });

  it("a parameter may follow its end", () => {
    expect(() => logInWith(ACCEPTED, message("S", "a\0b\0"))).not.toThrow();
  });

  function logInWith(...messages: readonly Buffer[]): void {
    const reader = new MessageReader(100_000, NOBODY);
    for (const each of messages) reader.push(each);
  }
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
const ONE_COLUMN = message("T", `\0\x01n\0${"\0".repeat(18)}`);
const rows = (count: number, columns: number, first?: string): QueryResult => ({
  kind: "rows",
  rows: count,
  columns,
  first,
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
    ["a row without a description", message("D", "\0\x01\0\0\0\x011")],
    ["a row of another number of values", Buffer.concat([ONE_COLUMN, message("D", "\0\0")])],
    ["two descriptions", Buffer.concat([ONE_COLUMN, ONE_COLUMN])],
    ["an end without an answer", READY],
    ["an end in the middle of rows", Buffer.concat([ONE_COLUMN, READY])],
    ["an empty answer in the middle of rows", Buffer.concat([ONE_COLUMN, message("I", "")])],
    ["an answer behind an error", Buffer.concat([error({ S: "ERROR", M: "no" }), ONE])],
    ["a command whose name has no end", message("C", "SELECT 1")],
    ["values in a binary form", message("T", `\0\x01n\0${"\0".repeat(17)}\x01`)],
    ["a state of no known kind", Buffer.concat([message("C", "x\0"), message("Z", "X")])],
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
    const encoding = message("S", "server_encoding\0LATIN1\0");
    const login = Buffer.concat([authentication(0), encoding, READY]);
    const answer = (text: string) => {
      const body = Buffer.concat([Buffer.from("\0\x01\0\0\0\x02", "latin1"), Buffer.from(text, "latin1")]);
      return Buffer.concat([ONE_COLUMN, message("D", body), message("C", "x\0"), message("Z", "I")]);
    };
    expect(read([answer("42")], 1, login)).toMatchObject({ end: "", results: [rows(1, 1, "42")] });
    expect(read([answer("\xc3\xa4")], 1, login).end).toBe("words in the encoding of the database");
  });
});

it("a copy counts as a result without rows, also behind another result", () => {
  const before = Buffer.concat([ONE_COLUMN, message("D", "\0\x01\0\0\0\x011"), message("C", "SELECT 1\0")]);
  const copy = message("H", "\0\0\x01\0\0");
  expect(read([Buffer.concat([before, copy])], 1)).toMatchObject({ copies: 1, left: NONE });
});

describe("what comes while no answer is waited for", () => {
  it.each([
    ["ends the connection if it is an error", error({ S: "FATAL", C: "57P01", M: "ended" }), ODD],
    ["ends the connection if it is an answer", ONE, ODD],
    ["ends the connection if it says that the server takes a query", message("Z", "I"), ODD],
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
    expect(read([Buffer.concat([twice, twice])], 1).end).toBe(ODD);
    expect(read([Buffer.concat([twice, message("Z", "I"), ONE])], 2).results).toHaveLength(2);
  });
});

it("queries are sent as PostgreSQL reads them", () => {
  expect(encodeQueries("").toString("latin1")).toBe("Q\0\0\0\x05\0");
  expect(encodeQueries("", "select 1").toString("latin1")).toBe("Q\0\0\0\x05\0Q\0\0\0\x0dselect 1\0");
});
