import { checkMysql } from "../../../plugins/mysql/check_mysql.ts";
import { checkMysqlQuery } from "../../../plugins/mysql/check_mysql_query.ts";
import type { Check } from "../../../sdk/index.ts";
import { MYSQL_RULES } from "../../../test/plugins/mysql/normal.ts";
import { error, greeting, packet } from "../../../test/plugins/mysql/speaker.ts";
import type { Random } from "../../engine/random.ts";
import { MYSQL_TOKENS } from "../../tokens.ts";
import { type Dialogue, type Message, type Protocol, texts } from "../protocol.ts";

const CODES = [1045, 1044, 1040, 1129, 1049, 1064, 2006, 2013, 2000, 0, 65_535, 1130, 1227, 1146, 1158];
const TEXTS = [
  ...["Access denied for user 'x'@'y' (using password: YES)", "", "caf\xc3\xa9 \xff", "x".repeat(600)],
  ...["two\nlines", "Too many connections", "%s %n", "Unknown database 'x'", "a\0b"],
];
const STATES = ["#28000", "#42000", "#HY000", "#08S01", ""];
const VALUES = [
  ...[
    "42",
    "3.5",
    "",
    "abc",
    "-1e3",
    "0x1f",
    " 7",
    "7 ",
    "inf",
    "nan",
    "Yes",
    "No",
    "Connecting",
    "NULL",
    "+5",
  ],
  ...["99999999999999999999", "caf\xc3\xa9", "\xff", "1\x002", "9".repeat(200), "1e400", ".5", "5."],
];
const VARIABLES = [
  ...["Connections", "Open_files", "Open_tables", "Qcache_hits", "Queries", "Questions", "Threads_running"],
  ...["Table_locks_waited", "Threads_connected", "Uptime", "Com_select", "UPTIME", "Key_reads", ""],
];
const STATISTICS =
  "Uptime: 678  Threads: 1  Questions: 9  Slow queries: 0  Opens: 21  Open tables: 14  Queries per second avg: 0.013";

const refusal: Message = (random) => error(0, random.pick(CODES), random.pick(STATES) + random.pick(TEXTS));
const accepted: Message = (random) =>
  packet(0, random.once(5) ? "\0\x01\x05\x02\0\x03\0\x02AB" : "\0\0\0\x02\0\0\0");
const end: Message = (random) => packet(0, `\xfe\0\0${random.once(10) ? "\x0a" : "\x02"}\0`);
const hello: Message = (random) => {
  const methods = ["caching_sha2_password", "", "sha256_password", "client_ed25519", "mysql_old_password"];
  const usual = { isMysql: random.once(2) };
  if (!random.once(4)) return greeting(usual);
  return greeting({
    ...usual,
    method: random.pick(methods),
    protocol: random.pick([10, 10, 9, 8, 11, 0, 254]),
  });
};

const counted = (text: string) =>
  (text.length < 251 ? String.fromCharCode(text.length) : `\xfc${short(text)}`) + text;
const short = ({ length }: string) => String.fromCharCode(length & 0xff, length >> 8);
const column =
  (name: string): Message =>
  (random) => {
    const names = ["def", "", "t", "t", name, name].map(counted).join("");
    const type = String.fromCharCode(random.pick([253, 253, 3, 8, 5, 12, 252, 246]));
    return packet(0, `${names}\x0c\x21\0\x01\0\0\0${type}\0\0\0\0\0`);
  };
const value = (random: Random) => (random.once(10) ? "\xfb" : counted(random.pick(VALUES)));
const row =
  (...cells: readonly ((random: Random) => string)[]): Message =>
  (random) =>
    packet(0, cells.map((cell) => cell(random)).join(""));
const rows = (names: readonly string[], cells: readonly ((random: Random) => string)[], count: number) => [
  packet(0, String.fromCharCode(names.length)),
  ...names.map(column),
  end,
  ...Array.from({ length: count }, () => row(...cells)),
  end,
];

const variable = (random: Random) => counted(random.pick(VARIABLES));
const STATUS = rows(["Variable_name", "Value"], [variable, value], 4);
const pickOf =
  (...all: readonly string[]) =>
  (random: Random) =>
    random.once(15) ? "\xfb" : counted(random.pick(all));
const SLAVE = rows(
  ["Slave_IO_State", "Slave_IO_Running", "Slave_SQL_Running", "Seconds_Behind_Master"],
  [
    pickOf("x"),
    pickOf("Yes", "Yes", "No", "Connecting", ""),
    pickOf("Yes", "Yes", "No"),
    pickOf("0", "7", "100", "abc"),
  ],
  1,
);

const OTHERS: readonly Message[] = [
  ...[
    refusal,
    refusal,
    refusal,
    accepted,
    accepted,
    end,
    end,
    hello,
    column("x"),
    row(value),
    row(value, value),
  ],
  ...[
    STATISTICS,
    "",
    "\x01",
    "\x02",
    "\xfb",
    "\xfe",
    "\xff",
    "\xff\x01",
    "\xfb/etc/passwd",
    "\x01\x03",
    "\x01\x04",
  ].map((body) => packet(0, body)),
  ...["mysql_clear_password\0", `mysql_native_password\0${"A".repeat(20)}\0`].map((body) =>
    packet(0, `\xfe${body}`),
  ),
  ...[`caching_sha2_password\0${"A".repeat(20)}\0`].map((body) => packet(0, `\xfe${body}`)),
  ...texts("220 hello\r\n", "SSH-2.0-x\r\n", "HTTP/1.0 400 Bad Request\r\n\r\n", "\xff\xff\xff\0", "", "x"),
];

const LINE = ["-H", "127.0.0.1", "-P", "PORT", "-u", "me", "-p", "pw"];
const asked = (
  check: Check,
  words: readonly string[],
  ...turns: readonly (readonly Message[])[]
): Dialogue => ({
  check,
  words: [...LINE, ...words],
  turns: [[hello], [accepted], ...turns],
});
const statistics = [packet(0, STATISTICS)];

/** A packet begins with its length, of three bytes, and its number. */
const HEADER = 4;
/** The number of the first packet of a turn: the greeting, the answer to the login, and then answers. */
const FIRST = [0, 2];

/** Servers of MySQL and MariaDB. */
export const MYSQL_PROTOCOL: Protocol = {
  name: "MySQL",
  greets: true,
  isImpatient: true,
  rules: MYSQL_RULES,
  sizeOf: (heard) => (heard.length < HEADER ? 0 : HEADER + heard.readUIntLE(0, 3)),
  tokens: MYSQL_TOKENS,
  others: OTHERS,
  mend: (changed) => {
    const mended = Buffer.from(changed);
    if (mended.length >= HEADER) mended.writeUIntLE(mended.length - HEADER, 0, 3);
    return mended;
  },
  number: (messages, turn) =>
    messages.map((message, at) => {
      const numbered = Buffer.from(message);
      if (numbered.length >= HEADER) numbered[HEADER - 1] = ((FIRST[turn] ?? 1) + at) & 0xff;
      return numbered;
    }),
  dialogues: [
    asked(checkMysql, [], statistics, STATUS),
    asked(checkMysql, ["-d", "t"], statistics, STATUS),
    asked(checkMysql, ["-n"]),
    asked(checkMysql, ["-S", "-w", "5", "-c", "50"], statistics, STATUS, SLAVE),
    asked(checkMysqlQuery, ["-q", "select 1"], rows(["a"], [value], 1)),
    asked(checkMysqlQuery, ["-q", "select 1", "-w", "5:", "-c", "50"], rows(["a", "b"], [value, value], 2)),
    asked(checkMysqlQuery, ["-q", "delete", "-d", "t"], [accepted]),
    asked(checkMysqlQuery, ["-q", "nope"], [refusal]),
  ],
};
