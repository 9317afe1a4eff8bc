import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkPgsql } from "../../../plugins/pgsql/check_pgsql.ts";
import { NATIVE_DB_POOL } from "../../../plugins/transport/databases/settings.ts";
import type { SettingValues } from "../../../sdk/setting.ts";
import { freePort } from "../../support/free-port.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Postgresql } from "../../support/servers/postgresql.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { type Choices, compareWithPlugin, RUNS, randomLines, seldom, share } from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import { PGSQL_FORMS } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";

const report = new FamilyReport("check_pgsql");

const LONG = "x".repeat(50);

/** Queries whose answer is the same each time. */
const QUERIES = [
  "select 42",
  "select 3.14159, 2",
  "SELECT -1e3 AS n;",
  "select 'abc'",
  "select '42 apples'",
  "select ' 7'",
  "select 'inf'",
  "select '0x1f'",
  "select null",
  "select true",
  "select",
  "select 1 where false",
  "select 1; select 2",
  "select 1; select 1/0",
  "values (5), (6)",
  "show server_version_num",
  "selec 1",
  "",
  ";",
  "select nope from pg_class",
  `select '${LONG}', '${LONG}', nope`,
  `select nope, '${LONG}', '${LONG}'`,
  `select '${LONG}',\tnope, '${LONG}'`,
  "select 1,\n\t2,\r\n  nope\nfrom pg_class",
  "select\r\n\r\n1 +",
  "select '1'::int + 'x'::int",
  "select 1/0",
  "select * from missing.relation",
  "select sum(x) from generate_series(1, 2000) x",
  "select x from generate_series(1, 5000) x",
  "select repeat('9', 3)::int",
  "select chr(228) || 'x'",
  "select chr(8364)::int",
  "select set_config('omd.worker', '5', false)",
  "select current_setting('omd.worker', true)",
  "begin",
  "begin; select 8",
  "set datestyle to german",
  "create temporary table kept (a int)",
  "select * from kept",
  "drop table if exists not_there",
  "do $$ begin raise 'out of order' using hint = 'sort it', detail = 'a list'; end $$",
  "do $$ begin raise notice 'by the way'; end $$; select 3",
  "do $$ begin raise warning 'mind' using detail = 'the step'; end $$",
  "do $$ begin perform nope; end $$",
  "copy (select 1) to stdout",
  "select 1; copy (select 1) to stdout",
  "copy pg_class from stdin",
  "select lower(1)",
  "select pg_terminate_backend(pg_backend_pid())",
  "listen omd; notify omd; select 4",
];

const RANGES = ["10", "10:", "~:10", "@10:50", "40:50", "0", "@42", "-1:1", "x", "10:20:30", ""];
const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);

const OPTIONS: readonly Choices[] = [
  seldom([...given("-w", ["5", "0", "0.0000001", "1e3", "inf"]), ["--warning=3"]], 5),
  seldom([...given("-c", ["9", "0", "0.0000001"]), ["--critical=20"]], 6),
  seldom(given("-t", ["20", "30"]), 7),
  [...given("-q", QUERIES), [], []],
  seldom([["--queryname", "an answer"], ["--queryname="], ["--queryn=x=y"]], 7),
  seldom([...given("-W", RANGES), ["--query_w=5"]], 4),
  seldom([...given("-C", RANGES), ["--query_critical=5"]], 4),
  seldom(given("-o", ["sslmode=disable", "sslmode=prefer", "sslmode=require", "application_name=a\\ b"]), 6),
];

/** Logins that are accepted and refused. */
const LOGINS: Choices = [
  ["-l", "postgres", "-p", "pgsecret"],
  ["-l", "postgres", "-p", "pgsecret", "-d", "monitor"],
  ["--logname=postgres", "--authorization", "pgsecret", "-dmonitor"],
  ["-l", "postgres", "-a", "wrong"],
  ["-l", "postgres"],
  ["-l", "nobody", "-p", "x"],
  ["-l", "postgres", "-p", "pgsecret", "-d", "nowhere"],
  ["-l", "postgres", "-p", "pgsecret", "-d", ""],
  ["-l", "md5", "-p", "md5secret", "-d", "monitor"],
  ["-l", "clear", "-p", "clearsecret", "-d", "monitor"],
  ["-l", "clear", "-d", "monitor"],
  ["-l", "barred", "-p", "x", "-d", "monitor"],
  ["-l", "nologin", "-p", "x", "-d", "monitor"],
  ["-l", "full", "-p", "x", "-d", "monitor"],
  ["-o", "user=postgres password=pgsecret"],
  ["-o", "user = 'postgres'", "-o", "password= pgsecret dbname=monitor"],
  ["-l", "file", "-d", "monitor"],
  ["-l", "badfile", "-d", "monitor"],
  ["-o", "service=monitor"],
  ["-o", "service=nowhere"],
];

const SETUP = {
  hba: [
    "host monitor barred 127.0.0.1/32 reject",
    "host monitor md5 127.0.0.1/32 md5",
    "host monitor clear 127.0.0.1/32 password",
    "host monitor full 127.0.0.1/32 trust",
    "host monitor nologin 127.0.0.1/32 trust",
  ],
  config: ["max_connections = 100"],
  sql: [
    "SET password_encryption = 'md5'",
    "CREATE ROLE md5 LOGIN PASSWORD 'md5secret'",
    "SET password_encryption = 'scram-sha-256'",
    "CREATE ROLE clear LOGIN PASSWORD 'clearsecret'",
    "CREATE ROLE file LOGIN PASSWORD 'of:a file'",
    "CREATE ROLE badfile LOGIN PASSWORD 'another'",
    "CREATE ROLE barred LOGIN",
    "CREATE ROLE nologin",
    "CREATE ROLE full LOGIN CONNECTION LIMIT 0",
  ],
};

describe.skipIf(!hasServer("postgresql") || !hasServer("check_pgsql"))(
  "the same answers as the plugin",
  () => {
    let plain: Postgresql;
    let secure: Postgresql;
    let nobody = 0;
    beforeAll(async () => {
      const home = mkdtempSync(join(tmpdir(), "home-"));
      // The folder of a test belongs to its user alone, and the plugin runs as the same user.
      chmodSync(home, 0o700);
      const passwords = ["# comment", "*:1:*:*:x", "*:*:*:file:of\\:a file", "*:*:monitor:badfile:wrong:x"];
      writeFileSync(join(home, ".pgpass"), `${passwords.join("\n")}\n`, { mode: 0o600 });
      const service = [
        "[other]",
        "user=x",
        "[monitor]",
        " user=postgres ",
        "# x",
        "password=pgsecret",
        "user=y",
      ];
      writeFileSync(join(home, ".pg_service.conf"), `${service.join("\n")}\n`);
      vi.stubEnv("HOME", home);
      plain = await Postgresql.start(SETUP);
      secure = await Postgresql.start({ ...SETUP, tls: true });
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
      ...[plain, secure].flatMap(({ port, folder }) => [
        ["-H", "127.0.0.1", "-P", String(port)],
        ["--hostname=localhost", `--port=${port}`],
        ["-H", folder, "-P", String(port)],
      ]),
      ["-H", "127.0.0.1", "-P", String(nobody)],
    ];

    async function expectSame(lines: Iterable<readonly string[]>, settings?: SettingValues): Promise<void> {
      const plugin = findPlugin("check_pgsql") ?? "";
      const compared = await compareWithPlugin(checkPgsql, plugin, lines, {
        report,
        atOnce: 6,
        ...(settings && { settings }),
      });
      expect(compared.differences).toEqual([]);
      expect(compared.left).toEqual([]);
      expect(compared.declined.filter((each) => !/because a service of PostgreSQL/.test(each))).toEqual([]);
    }

    it("with random words", { timeout }, () =>
      expectSame(randomLines([places(), LOGINS, ...OPTIONS], { count: share(0.6) })),
    );

    it("where connections are kept", { timeout }, () => {
      const logins = LOGINS.slice(0, 4);
      const pooled = new Map([[NATIVE_DB_POOL, true]]);
      return expectSame(randomLines([places(), logins, ...OPTIONS], { count: share(0.2), seed: 7 }), pooled);
    });

    it("with words as configurations have them", { timeout }, () => {
      const macros = {
        HOST: ["127.0.0.1", "localhost"],
        PORT: [plain, secure].map(({ port }) => String(port)),
        FOLDER: [plain.folder],
        DATABASE: ["monitor", "template1", "postgres", "nowhere"],
        USER: ["postgres", "nobody"],
        PASSWORD: ["pgsecret", "wrong"],
        WARN: ["2", "0.5"],
        CRIT: ["5", "10"],
        RANGE: ["10", "50:", "0:100"],
        NAME: ["connections", "age"],
        SSLMODE: ["require", "prefer", "disable"],
        QUERY: ["SELECT 42", "select count(*) from pg_database", "select nope"],
      };
      return expectSame(realLines(PGSQL_FORMS, macros, { count: share(0.2) }));
    });

    it("at odd places", { timeout }, () => {
      const port = String(plain.port);
      return expectSame([
        ["-H", "no.such.host.invalid"],
        ["-H", "/nowhere", "-P", port],
        ["-H", plain.folder, "-P", "1"],
        ["-H", "::1", "-P", String(nobody)],
        ["-d", "bad'db"],
        ["-H", "127.0.0.1", "-P", port, "-d", "it's", "-l", "postgres"],
        ["-o", "host"],
        ["-o", "host='x"],
        ["-o", "host = '127.0.0.1' port", "-P", port],
        ["-H", "127.0.0.1", "-P", port, "-l", "postgres", "-p", "pg\\secret"],
        ["-H", "127.0.0.1", "-P", port, "-l", "postgres", "-p", "pgsecret'"],
        ["-H", "127.0.0.1", "-P", port, "-l", "postgres", "-p", "pgsecret' dbname='nowhere"],
        ["-H", "127.0.0.1", "-P", port, "-l", "postgres", "-p", "", "word"],
      ]);
    });
  },
);
