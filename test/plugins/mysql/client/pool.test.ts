import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { checkMysql } from "../../../../plugins/mysql/check_mysql.ts";
import { checkMysqlQuery } from "../../../../plugins/mysql/check_mysql_query.ts";
import { NATIVE_DB_POOL } from "../../../../plugins/transport/databases/settings.ts";
import { SharedValues } from "../../../../sdk/shared.ts";
import { runCheck } from "../../../../sdk/testing.ts";
import { hasServer } from "../../../support/servers/installed.ts";
import { Mariadb } from "../../../support/servers/mariadb.ts";

describe.skipIf(!hasServer("mariadb"))("a check after another", () => {
  let server: Mariadb;
  let shared: SharedValues;
  let isKept = true;
  const log: string[] = [];
  beforeAll(async () => {
    vi.stubEnv("HOME", mkdtempSync(join(tmpdir(), "home-")));
    server = await Mariadb.start({ tls: true });
  }, 60_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    isKept = true;
    shared = new SharedValues({
      log: (line) => log.push(line),
      settings: () => new Map([[NATIVE_DB_POOL, isKept]]),
    });
  });
  afterEach(() => shared[Symbol.asyncDispose]());

  const words = () => [...server.words, "-p", server.password];
  const query = async (text: string, ...more: readonly string[]) =>
    await runCheck(checkMysqlQuery, [...words(), "-q", text, ...more], { shared });
  /** The server's number of the connection. */
  const id = async (...more: readonly string[]) =>
    / returned (\d+)/.exec((await query("select connection_id()", ...more)).output)?.[1];

  it("has its own connection by default", async () => {
    isKept = false;
    expect(await id()).not.toBe(await id());
  });

  it("has the same connection where they are kept, also after check_mysql", async () => {
    const first = await id();
    expect(await id()).toBe(first);
    const { returnCode } = await runCheck(checkMysql, words(), { shared });
    expect(returnCode).toBe(0);
    expect(await id()).toBe(first);
  });

  it("has another one for another database or over TLS", async () => {
    const first = await id();
    expect(await id("-d", "t")).not.toBe(first);
    await runCheck(checkMysql, [...words(), "-l"], { shared });
    expect(await id()).toBe(first);
  });

  it.each([
    "begin",
    "set @a = 1",
    "select @a := 1",
    "select get_lock('x', 0)",
    "do 1",
    "insert into t.x values (3, 'three')",
    "select 1 into @b",
    "/*!40000 select 1 */",
    "call t.nothing()",
  ])("has another one after %s", async (text) => {
    const first = await id();
    await query(text);
    expect(await id()).not.toBe(first);
  });

  it("is refused where the password is wrong", async () => {
    await id();
    expect((await query("select 1", "-p", "wrong")).output).toMatch(/^QUERY CRITICAL: Access denied/);
    expect((await query("select 1", "-p", "")).output).toMatch(/using password: NO/);
  });

  it("finds a new connection when the server has ended the kept one", async () => {
    const first = await id();
    await server.sql(`kill ${first}`);
    expect(await id()).not.toBe(first);
    await server.restart();
    expect((await query("select 1")).returnCode).toBe(0);
  });

  it("gets no connection that a check has left in the middle of its query", async () => {
    const first = await id();
    const stopping = new AbortController();
    const slow = runCheck(checkMysqlQuery, [...words(), "-q", "select sleep(30)"], {
      shared,
      signal: stopping.signal,
    });
    await vi.waitUntil(async () => (await server.sql("show processlist")).includes("select sleep(30)"));
    stopping.abort(new Error("time is up"));
    await expect(slow).rejects.toThrow("time is up");
    expect(await id()).not.toBe(first);
  });

  it("closes what is kept when the setting is switched off", async () => {
    const first = await id();
    isKept = false;
    await query("select 1");
    await vi.waitUntil(
      async () =>
        (await server.sql(`select count(*) from information_schema.processlist where id = ${first}`)) === "0",
      10_000,
    );
  });

  it("shares nothing between checks at the same time", async () => {
    const text = "select connection_id() + 0 * sleep(0.2)";
    const all = await Promise.all(Array.from({ length: 6 }, () => query(text)));
    expect(new Set(all.map(({ output }) => / returned (\d+)/.exec(output)?.[1])).size).toBe(6);
  });

  it("leaves no aborted connection in the server's statistics", async () => {
    isKept = false;
    const before = await server.sql("show global status like 'Aborted_%'");
    await query("select 1");
    await runCheck(checkMysql, words(), { shared });
    expect(await server.sql("show global status like 'Aborted_%'")).toBe(before);
  });

  it("writes no password to the log", () => {
    expect(log.length).toBeGreaterThan(0);
    expect(log.join("\n")).not.toMatch(/mysecret|wrong/);
  });
});
