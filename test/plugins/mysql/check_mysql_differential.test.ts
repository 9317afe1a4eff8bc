import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkMysql } from "../../../plugins/mysql/check_mysql.ts";
import { checkMysqlQuery } from "../../../plugins/mysql/check_mysql_query.ts";
import { NATIVE_DB_POOL } from "../../../plugins/transport/databases/settings.ts";
import type { Check } from "../../../sdk/index.ts";
import type { SettingValues } from "../../../sdk/setting.ts";
import { freePort } from "../../support/free-port.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Mariadb } from "../../support/servers/mariadb.ts";
import { findPlugin } from "../core/real-plugins.ts";
import {
  type Choices,
  compareWithPlugin,
  IS_TO_BE_LEFT,
  RUNS,
  randomLines,
  seldom,
  share,
} from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import { MYSQL_FORMS, MYSQL_QUERY_FORMS } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";
import { MYSQL_RULES } from "./normal.ts";

const report = new FamilyReport("check_mysql, check_mysql_query");

const LONG = "x".repeat(600);

/** Queries whose answer is the same each time. */
const QUERIES = [
  "select 42",
  "select 3.14159, 2",
  "SELECT -1e3 AS n;",
  "select 'abc'",
  "select '42 apples'",
  "select ' 7'",
  "select '7 '",
  "select 'inf'",
  "select '0x1f'",
  "select '1e'",
  "select ''",
  "select null",
  "select true",
  "select 1 from dual where false",
  "select 1; select 2",
  "select count(*) from t.x",
  "select count (*) from t.x",
  "select b from t.x",
  "select a, b from t.x",
  "select a from t.x order by a desc",
  "select a from x",
  "selec 1",
  "",
  ";",
  "-- nothing",
  "select nope from t.x",
  "select * from missing.relation",
  `select '${LONG}'`,
  `select nope, '${LONG}'`,
  "select 1/0",
  "select cast(1 as decimal(40,20))",
  "select 18446744073709551615",
  "select repeat('9', 300)",
  "select repeat('9', 70000)",
  "select seq from seq_1_to_5000",
  "select char(228), 1",
  "select 'caf\xc3\xa9'",
  "select x'31003200'",
  "show variables like 'version'",
  "show tables from t",
  "show global status like 'Nothing'",
  "values (5), (6)",
  "with q as (select 3 as n) select n from q",
  "explain select 1",
  "insert into t.nothing values (1)",
  "set @a = 5",
  "select @a",
  "do 1",
  "begin",
  "create temporary table t.kept (a int)",
  "select * from t.kept",
  "drop table if exists t.not_there",
  "call t.two()",
  "call t.fails()",
  "signal sqlstate '45000' set message_text = 'out of order'",
  "kill query connection_id()",
  "kill connection_id()",
  "select t.one()",
  "select benchmark(10, 1)",
  "load data local infile '/nowhere' into table t.x",
];

/** Certificates of TLS are left to the plugin. */
const IS_LEFT = /"(?:-l|--ssl)".*"(?:-C|-a|-D|-L|--ca-cert=x)"/;

const RANGES = [
  "10",
  "10:",
  "~:10",
  "@10:50",
  "40:50",
  "0",
  "@42",
  "-1:1",
  "x",
  "10:20:30",
  "",
  "inf",
  "1e3",
];
const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);

const THRESHOLDS: readonly Choices[] = [
  seldom([...given("-w", RANGES), ["--warning=5"], ["--warn", "0.5"]], 4),
  seldom([...given("-c", RANGES), ["--critical=5"]], 5),
];

const QUERY_OPTIONS: readonly Choices[] = [
  [...given("-q", QUERIES), ["--query=select 8"], ["--que", "select 9"]],
  ...THRESHOLDS,
  seldom([["-v"], ["-vv"], ["word"], ["--verbose"]], 8),
];

const OPTIONS: readonly Choices[] = [
  seldom([["-n"], ["--ignore-auth"], ["--ig"]], 6),
  seldom([["-S"], ["--check-slave"]], 6),
  seldom([["-l"], ["--ssl"], ["-l", "-v"]], 6),
  seldom(
    [["-C", "/nowhere"], ["-a", "/nowhere", "-k", "/nowhere"], ["-D", "/"], ["-L", "no"], ["--ca-cert=x"]],
    8,
  ),
  ...THRESHOLDS,
];

/** Logins that are accepted and refused. */
const LOGINS: Choices = [
  ["-u", "mon", "-p", "mysecret"],
  ["-u", "mon", "-p", "mysecret", "-d", "t"],
  ["--username=mon", "--password", "mysecret", "-dt"],
  ["-u", "mon", "-p", "wrong"],
  ["-u", "mon"],
  ["-u", "mon", "-p", ""],
  ["-u", "nobody", "-p", "x"],
  ["-u", "mon", "-p", "mysecret", "-d", "nowhere"],
  ["-u", "mon", "-p", "mysecret", "-d", ""],
  ["-u", "open"],
  ["-u", "open", "-p", "x"],
  ["-u", "bytes", "-p", "caf\xc3\xa9"],
  ["-u", "locked", "-p", "x"],
  ["-u", "secure", "-p", "x"],
  ["-u", "poor", "-p", "x"],
  ["-u", "poor", "-p", "x", "-d", "t"],
  ["-u", "file"],
  ["-g", "other"],
  ["-g", "third", "-p", "mysecret"],
  [],
];

const SETUP = {
  config: ["max_connections=200", "max_connect_errors=1000000"],
  sql: [
    "CREATE USER open@'%'",
    "CREATE USER bytes@'%' IDENTIFIED BY 'caf\u00e9'",
    "CREATE USER locked@'%' IDENTIFIED BY 'x' ACCOUNT LOCK",
    "CREATE USER secure@'%' IDENTIFIED BY 'x' REQUIRE SSL",
    "CREATE USER poor@'%' IDENTIFIED BY 'x'",
    "CREATE USER file@'%' IDENTIFIED BY 'of # a \"file'",
    "CREATE PROCEDURE t.two() BEGIN SELECT 7; SELECT 8; END",
    "CREATE PROCEDURE t.fails() BEGIN SELECT 7; SELECT nope; END",
    "CREATE FUNCTION t.one() RETURNS INT NO SQL RETURN 1",
  ],
};

/** The option file of a user, as odd as they are met. */
const OWN_FILE = [
  "# comment",
  "[mysql]",
  "user=x",
  "prompt='\\u> '",
  "[client] # more",
  " password = 'of # a \"file' ",
  "; comment",
  "no-auto-rehash",
  "default-character-set = utf8mb4",
  "protocol = tcp",
  "[other]",
  "user=mon",
  'password = "mysecret"',
  "database=t",
  "[third]",
  "user = mon",
  "host=",
  "!include OTHER",
];

describe.skipIf(!hasServer("mariadb") || !hasServer("check_mysql"))("the same answers as the plugin", () => {
  let plain: Mariadb;
  let secure: Mariadb;
  let nobody = 0;
  beforeAll(async () => {
    const home = mkdtempSync(join(tmpdir(), "home-"));
    const other = join(home, "other.cnf");
    writeFileSync(other, "[third]\nuser=mon\n[client]\ndatabase = t\n");
    writeFileSync(join(home, ".my.cnf"), `${OWN_FILE.join("\n").replace("OTHER", other)}\n`, { mode: 0o600 });
    writeFileSync(join(home, "given.cnf"), "[client]\nuser=mon\npassword=mysecret\n");
    vi.stubEnv("HOME", home);
    plain = await Mariadb.start(SETUP);
    secure = await Mariadb.start({ ...SETUP, tls: true });
    nobody = await freePort();
  }, 60_000);
  afterAll(async () => {
    report.print();
    vi.unstubAllEnvs();
    await plain[Symbol.asyncDispose]();
    await secure[Symbol.asyncDispose]();
  });

  const timeout = 60_000 + 400 * RUNS;
  const places = (): Choices => [
    ...[plain, secure].flatMap(({ port, socket }) => [
      ["-H", "127.0.0.1", "-P", String(port)],
      ["--hostname=127.0.0.1", `--port=${port}`],
      ["-H", "localhost", "-s", socket],
      ["-s", socket],
    ]),
    ["-H", "127.0.0.1", "-P", String(nobody)],
    ["-s", "/nowhere/s.sock"],
  ];
  const optionFiles = (): Choices => [
    ["-f", join(process.env["HOME"] ?? "", "given.cnf")],
    ["-f", "/nowhere.cnf"],
    ["-f", ""],
  ];

  async function expectSame(check: Check, lines: Iterable<readonly string[]>, settings?: SettingValues) {
    const plugin = findPlugin(check.name) ?? "";
    const compared = await compareWithPlugin(check, plugin, lines, {
      report,
      atOnce: 6,
      rules: MYSQL_RULES,
      ...(settings && { settings }),
    });
    expect(compared.differences).toEqual([]);
    expect(compared.left.filter((each) => !IS_LEFT.test(each))).toEqual([]);
    expect(compared.declined.filter((each) => !IS_TO_BE_LEFT.test(each) && !/infile/.test(each))).toEqual([]);
  }

  it("of check_mysql with random words", { timeout }, () =>
    expectSame(
      checkMysql,
      randomLines([places(), LOGINS, seldom(optionFiles(), 8), ...OPTIONS], { count: share(0.3) }),
    ),
  );

  it("of check_mysql_query with random words", { timeout }, () => {
    const rows = [places(), LOGINS, seldom(optionFiles(), 9), ...QUERY_OPTIONS];
    return expectSame(checkMysqlQuery, randomLines(rows, { count: share(0.3) }));
  });

  it("where connections are kept", { timeout }, async () => {
    const pooled = new Map([[NATIVE_DB_POOL, true]]);
    const logins = LOGINS.slice(0, 5);
    const rows = [places(), logins, ...QUERY_OPTIONS];
    await expectSame(checkMysqlQuery, randomLines(rows, { count: share(0.15), seed: 7 }), pooled);
    const others = [places(), logins, ...OPTIONS];
    await expectSame(checkMysql, randomLines(others, { count: share(0.05), seed: 7 }), pooled);
  });

  it("with words as configurations have them", { timeout }, async () => {
    const macros = {
      HOST: ["127.0.0.1"],
      PORT: [plain, secure].map(({ port }) => String(port)),
      SOCKET: [plain.socket],
      DATABASE: ["t", "mysql", "nowhere"],
      USER: ["mon", "nobody"],
      PASSWORD: ["mysecret", "wrong"],
      WARN: ["60", "10"],
      CRIT: ["300", "30:"],
      FILE: [join(process.env["HOME"] ?? "", "given.cnf")],
      QUERY: ["SELECT 42", "select count(*) from t.x", "select nope", "SHOW STATUS LIKE 'x'"],
    };
    await expectSame(checkMysql, realLines(MYSQL_FORMS, macros, { count: share(0.1) }));
    await expectSame(checkMysqlQuery, realLines(MYSQL_QUERY_FORMS, macros, { count: share(0.1) }));
  });

  it("at odd places", { timeout }, () => {
    const port = String(plain.port);
    return expectSame(checkMysql, [
      ["-H", "no.such.host.invalid"],
      ["-H", plain.socket, "-u", "mon", "-p", "mysecret"],
      ["-H", plain.socket, "-s", "/nowhere"],
      ["-s", "/nowhere", "-H", plain.socket, "-umon", "-pmysecret"],
      ["-H", "::1", "-P", String(nobody)],
      ["-s", plain.folder],
      ["-s", join(plain.folder, "data")],
      ["-s", `/${"x".repeat(90)}`],
      ["127.0.0.1", "mon", "mysecret", "t", port],
      ["127.0.0.1", "mon", "mysecret", "t", port, "x", "5"],
      ["-P", port, "127.0.0.1", "mon", "wrong"],
      ["-P", port, "-u", "mon", "127.0.0.1", "mysecret", "nowhere"],
      ["-P", port, "-u", "mon", "-p", "mysecret", "127.0.0.1", "t", String(nobody)],
      ["-s", plain.socket, "-u", "root"],
      ["-s", plain.socket],
    ]);
  });
});
