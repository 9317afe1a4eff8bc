import { checkPgsql } from "../../../plugins/pgsql/check_pgsql.ts";
import { authentication, message } from "../../../test/plugins/pgsql/speaker.ts";
import type { Random } from "../../engine/random.ts";
import { PGSQL_TOKENS } from "../../tokens.ts";
import { type Dialogue, type Message, type Protocol, texts } from "../protocol.ts";

const TEXTS = [
  ...["out of order", "", "two\nlines", "caf\xc3\xa9 \xff", "x".repeat(300), "with 'quotes' %s", "end \n"],
  ...['password authentication failed for user "x"', "the database system is starting up"],
  ...["sorry, too many clients already", "terminating connection due to administrator command"],
];
const CODES = ["42601", "28P01", "57P03", "53300", "28000", "3D000", "57P01", "XX000", "", "00000", "57014"];
const PLACES = ["1", "8", "3", "0", "-1", "999", "abc", "", "12x", "2147483648"];
const VALUES = [
  ...[
    "42",
    "3.5",
    "-1e3",
    "abc",
    "",
    " 7",
    "inf",
    "nan",
    "0x1f",
    "1e400",
    "42 apples",
    "caf\xc3\xa9",
    "\xff",
  ],
  ...["9".repeat(400), "1\x002", "+5", ".", "-", "1e", "infinity", "NaN(1)"],
];

const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes.toString("latin1");
};
const int16 = (value: number) => int32(value).slice(2);

/** Its fields, and how many of ten messages have each. */
const FIELDS: readonly (readonly [field: string, ofTen: number, values: readonly string[]])[] = [
  ["S", 9, ["ERROR", "FATAL", "PANIC", "WARNING", "NOTICE", "FEHLER", ""]],
  ["V", 8, ["ERROR", "FATAL", "LOG"]],
  ["C", 9, CODES],
  ["M", 9, TEXTS],
  ["D", 2, TEXTS],
  ["H", 2, TEXTS],
  ["W", 2, TEXTS],
  ["P", 3, PLACES],
  ["p", 2, ["1", "5", "0", "x"]],
  ["q", 2, ["select nope", "SELECT\n1,\nnope", "", "select 'caf\xc3\xa9'"]],
  ["s", 2, ["public"]],
  ["F", 4, ["x.c"]],
  ["L", 4, ["12"]],
  ["M", 1, ["second"]],
];

/** An error, or a notice. */
const told =
  (letter: "E" | "N"): Message =>
  (random) => {
    const fields = FIELDS.filter(([, ofTen]) => random.below(10) < ofTen);
    const text = fields.map(([field, , values]) => `${field}${random.pick(values)}\0`).join("");
    return message(letter, random.once(30) ? text : `${text}\0`);
  };

const parameter: Message = (random) => {
  const name = random.pick(["client_encoding", "server_version", "x", "server_encoding"]);
  return message("S", `${name}\0${random.pick(["UTF8", "LATIN1", "15.2", "on", "", "SQL_ASCII"])}\0`);
};
const ready: Message = (random) => message("Z", random.pick(["I", "I", "I", "I", "T", "E", "X"]));
const done: Message = (random) => message("C", `${random.pick(["SELECT 1", "INSERT 0 1", "", "COPY 5"])}\0`);
const key = message("K", int32(5) + int32(7));
const ok = authentication(0);

function columns(random: Random, count: number): Buffer {
  const all = Array.from({ length: count }, () => {
    const name = random.pick(["a", "", "?column?"]);
    return `${name}\0${int32(0)}${int16(0)}${int32(23)}${int16(4)}${int32(-1)}${int16(random.once(15) ? 1 : 0)}`;
  });
  return message("T", int16(count) + all.join(""));
}

function row(random: Random, count: number): Buffer {
  const all = Array.from({ length: count }, () => {
    const value = random.pick(VALUES);
    return random.once(10) ? int32(-1) : int32(value.length) + value;
  });
  return message("D", int16(count) + all.join(""));
}

const one = [
  (random: Random) => columns(random, 1),
  (random: Random) => row(random, 1),
  done,
  ready,
] as const satisfies readonly Message[];
const two: readonly Message[] = [
  (random) => columns(random, 2),
  (random) => row(random, 2),
  (random) => row(random, 2),
  done,
  ready,
];
const login: readonly Message[] = [ok, parameter, parameter, key, message("Z", "I")];
const failed: readonly Message[] = [told("E"), ready];

const OTHERS: readonly Message[] = [
  ...[told("E"), told("E"), told("N"), told("N"), parameter, ready, done, ok, key, ...one],
  (random) => columns(random, random.below(4)),
  (random) => row(random, random.below(4)),
  (random) =>
    authentication(random.pick([2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 42]), random.pick(["", "salt", "sa"])),
  authentication(10, "SCRAM-SHA-256\0\0"),
  ...["A\0\0\0\x05c\0p\0", "I", "1", "2", "n", "s", "?", "~"].map((each) =>
    message(each[0] ?? "", each.slice(1)),
  ),
  ...[
    message("t", int16(0)),
    message("v", int32(0) + int32(0)),
    message("G", "\0\0\0"),
    message("H", "\0\0\x01\0\0"),
  ],
  ...[message("d", "5\n"), message("c", ""), message("W", "\0\0\0")],
  ...texts("EFATAL: old\n\0", "HTTP/1.1 400 Bad\r\n\r\n", "D\x7f\xff\xff\xff", "T\0\0\0\x02", "N", "S", ""),
];

const SCRAM = authentication(10, "SCRAM-SHA-256\0\0");
const CHALLENGE = authentication(11, "r=x,s=c2FsdA==,i=4096");

const LINE = ["-H", "127.0.0.1", "-P", "PORT", "-l", "me", "-d", "db", "-t", "2"];
const PLAIN = ["-o", "sslmode=disable"];
const QUERY = ["-q", "select 1", "-W", "5:50"];
const asked = (words: readonly string[], ...turns: readonly (readonly Message[])[]): Dialogue => ({
  check: checkPgsql,
  words: [...LINE, ...words],
  turns,
});

/** A message of the login has no letter. */
const sizeOf = (heard: Buffer) => {
  if (heard.length < 5) return 0;
  return heard[0] === 0 ? heard.readUInt32BE(0) : 1 + heard.readUInt32BE(1);
};

/** Servers of PostgreSQL. */
export const PGSQL_PROTOCOL: Protocol = {
  name: "PostgreSQL",
  sizeOf,
  tokens: PGSQL_TOKENS,
  others: OTHERS,
  mend: (changed) => {
    const mended = Buffer.from(changed);
    if (mended.length >= 5) mended.writeUInt32BE(mended.length - 1, 1);
    return mended;
  },
  dialogues: [
    asked(PLAIN, login),
    asked([...PLAIN, ...QUERY], login, one),
    asked([...PLAIN, ...QUERY], login, two),
    asked([...PLAIN, "-q", "select\n nope from t"], login, failed),
    asked([...PLAIN, "-q", "begin"], login, [done, done, ready]),
    asked([...PLAIN, ...QUERY, "-p", "pw"], [authentication(3)], login, one),
    asked([...PLAIN, ...QUERY, "-p", "pw"], [authentication(5, "salt")], login, one),
    asked([...PLAIN, ...QUERY, "-p", "pw"], [SCRAM], [CHALLENGE]),
    // The client has no password, so it ends the connection.
    asked([...PLAIN, ...QUERY], [authentication(5, "salt")]),
    asked([...PLAIN, ...QUERY], [SCRAM]),
    asked([...PLAIN, "-p", "pw"], [told("E")]),
    asked(["-p", "pw"], texts("N"), login, one),
    asked(QUERY, texts("N"), [authentication(3)], login, one),
  ],
};
