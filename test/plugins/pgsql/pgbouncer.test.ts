import { mkdtempSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkPgsql } from "../../../plugins/pgsql/check_pgsql.ts";
import { NATIVE_DB_POOL } from "../../../plugins/transport/databases/settings.ts";
import { checkLeaksOfFile } from "../../support/leaks.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Pgbouncer, POOL_MODES } from "../../support/servers/pgbouncer.ts";
import { Postgresql } from "../../support/servers/postgresql.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";

type Words = readonly string[];

const isHere = hasServer("postgresql") && hasServer("check_pgsql") && hasServer("pgbouncer");
const PASSWORD = ["-p", "pgsecret"];
const SELECT = ["-q", "select 1"];
const NO_TLS = ["-o", "sslmode=disable"];
const PATIENCE = { timeout: 20_000, interval: 20 };

const inEachMode = (...more: Words) => POOL_MODES.map((mode) => ["-d", mode, ...more]);

/** Logins, which depend on how users show who they are. */
const LOGINS: readonly Words[] = [
  ...inEachMode(...PASSWORD, ...SELECT),
  ["-d", "session", ...PASSWORD, ...NO_TLS],
  ["-d", "session", ...SELECT, "-p", "wrong"],
  ["-d", "session", ...SELECT],
  ["-d", "unknown", ...SELECT, ...PASSWORD],
  ["-d", "session", ...SELECT, ...PASSWORD, "-l", "nobody"],
  ["-d", "pgbouncer", ...PASSWORD, "-q", "show version"],
];

const QUERIES: readonly Words[] = [
  ...inEachMode(...PASSWORD),
  ...inEachMode(...PASSWORD, "-q", "begin"),
  ...inEachMode(...PASSWORD, "-q", "nope"),
  ["-d", "session", ...PASSWORD, "-o", "sslmode=require"],
  ["-d", "session", ...PASSWORD, "-o", "options=-csearch_path=x"],
  // The console has neither transactions nor an empty query.
  ...["show lists", "show pools", "nope", ""].map((query) => ["-d", "pgbouncer", ...PASSWORD, "-q", query]),
];

describe.skipIf(!isHere)("check_pgsql says what the plugin says of a pgbouncer", () => {
  checkLeaksOfFile();
  let server: Postgresql;
  beforeAll(async () => {
    vi.stubEnv("HOME", mkdtempSync(join(tmpdir(), "home-")));
    server = await Postgresql.start();
  }, 60_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server[Symbol.asyncDispose]();
  });

  const expectSame = async (pgbouncer: Pgbouncer, lines: readonly Words[], isKept = false) => {
    const settings = new Map([[NATIVE_DB_POOL, isKept]]);
    const all = lines.map((line) => [...pgbouncer.words, "-t", "5", ...line]);
    const plugin = findPlugin("check_pgsql") ?? "";
    const { equal, differences, declined } = await compareWithPlugin(checkPgsql, plugin, all, { settings });
    expect({ differences, declined, equal }).toEqual({ differences: [], declined: [], equal: lines.length });
  };
  const sleepers = async () =>
    Number(await server.sql("select count(*) from pg_stat_activity where wait_event = 'PgSleep'"));

  it.each([
    ["plain", false, LOGINS],
    ["md5", false, LOGINS],
    ["scram-sha-256", false, [...LOGINS, ...QUERIES]],
    ["trust", false, LOGINS],
    // The second of a kind uses the connection of the first.
    ["md5", true, [...LOGINS, ...LOGINS]],
    ["scram-sha-256", true, [...QUERIES, ...QUERIES]],
  ])("with logins by %s (connections are kept: %s)", { timeout: 60_000 }, async (method, isKept, lines) => {
    await using pgbouncer = await Pgbouncer.start(server, [`auth_type = ${method}`]);
    await expectSame(pgbouncer, lines, isKept);
  });

  it("that has as many clients as it may have", { timeout: 60_000 }, async () => {
    await using pgbouncer = await Pgbouncer.start(server, ["auth_type = md5", "max_client_conn = 1"]);
    const taken = connect(pgbouncer.port, "127.0.0.1").on("error", () => {});
    try {
      await vi.waitUntil(() => taken.readyState === "open", PATIENCE);
      await expectSame(pgbouncer, [
        [...PASSWORD, "-d", "session", ...SELECT],
        [...PASSWORD, "-d", "session", ...SELECT, ...NO_TLS],
      ]);
    } finally {
      taken.destroy();
    }
  });

  it("that has waited too long for a server", { timeout: 60_000 }, async () => {
    const settings = ["auth_type = md5", "query_wait_timeout = 1", "default_pool_size = 1"];
    await using pgbouncer = await Pgbouncer.start(server, settings);
    const held = POOL_MODES.map((mode) => pgbouncer.sql("select pg_sleep(60)", mode).catch(() => {}));
    await vi.waitUntil(async () => (await sleepers()) === POOL_MODES.length, PATIENCE);
    await expectSame(pgbouncer, inEachMode(...PASSWORD, ...SELECT));
    await server.sql("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'");
    await Promise.all(held);
  });

  it("that is paused", { timeout: 60_000 }, async () => {
    await using pgbouncer = await Pgbouncer.start(server, ["auth_type = md5"]);
    await pgbouncer.sql("select 1", "session");
    await pgbouncer.sql("PAUSE");
    // One has had a server before, the other has not.
    const modes = ["session", "transaction"];
    await expectSame(
      pgbouncer,
      modes.map((mode) => ["-d", mode, ...PASSWORD, ...SELECT, "-t", "1"]),
    );
  });

  it("that is told to end a database in the middle of a query", { timeout: 60_000 }, async () => {
    await using pgbouncer = await Pgbouncer.start(server, ["auth_type = md5"]);
    const line = ["-d", "transaction", ...PASSWORD, "-q", "select pg_sleep(60)", "-t", "25"];
    const comparing = expectSame(pgbouncer, [line]);
    await vi.waitUntil(async () => (await sleepers()) === 2, PATIENCE);
    await pgbouncer.sql("KILL transaction");
    await comparing;
  });

  it("whose server is down", { timeout: 60_000 }, async () => {
    const settings = ["auth_type = md5", "query_wait_timeout = 1", "server_login_retry = 1"];
    await using pgbouncer = await Pgbouncer.start(server, settings);
    await pgbouncer.sql("select 1", "session");
    await server.stop();
    try {
      const modes = ["session", "transaction"];
      const lines = modes.map((mode) => ["-d", mode, ...PASSWORD, ...SELECT]);
      await expectSame(pgbouncer, lines);
    } finally {
      await server.restart();
    }
  });
});
