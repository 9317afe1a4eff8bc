import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { checkPgsql } from "../../../../plugins/pgsql/check_pgsql.ts";
import { NATIVE_DB_POOL } from "../../../../plugins/transport/databases/settings.ts";
import { CheckDeclined } from "../../../../sdk/index.ts";
import { SharedValues } from "../../../../sdk/shared.ts";
import { runCheck } from "../../../../sdk/testing.ts";
import { hasServer } from "../../../support/servers/installed.ts";
import { Postgresql } from "../../../support/servers/postgresql.ts";

const PID = ["-q", "select pg_backend_pid()"];

describe.skipIf(!hasServer("postgresql"))("a check after another", () => {
  let server: Postgresql;
  let shared: SharedValues;
  let isKept = true;
  beforeAll(async () => {
    vi.stubEnv("HOME", mkdtempSync(join(tmpdir(), "home-")));
    server = await Postgresql.start();
  }, 60_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    isKept = true;
    shared = new SharedValues({ log: () => {}, settings: () => new Map([[NATIVE_DB_POOL, isKept]]) });
  });
  afterEach(() => shared[Symbol.asyncDispose]());

  const run = async (...more: readonly string[]) =>
    await runCheck(checkPgsql, [...server.words, "-p", server.password, ...more], { shared });
  /** The server's process, which is another one for each connection. */
  const pid = async (...more: readonly string[]) =>
    / returned (\d+)/.exec((await run(...PID, ...more)).output)?.[1];

  it("has its own connection by default", async () => {
    isKept = false;
    expect(await pid()).not.toBe(await pid());
  });

  it("has the same connection where they are kept", async () => {
    expect(await pid()).toBe(await pid());
  });

  it.each([[["-d", "monitor"]], [["-o", "application_name=x"]], [["-o", "options='-c geqo=off'"]]])(
    "has another one with %j",
    async (words) => {
      expect(await pid()).not.toBe(await pid(...words));
    },
  );

  it("has another one after a query that may have left something behind", async () => {
    for (const query of [
      "begin",
      "set geqo to off",
      "select 1; select 2",
      "select set_config('a.b', '1', false)",
    ]) {
      const first = await pid();
      await run("-q", query);
      expect(await pid()).not.toBe(first);
    }
  });

  it("has another one where the password is wrong", async () => {
    await pid();
    const { returnCode } = await run("-p", "wrong");
    expect(returnCode).toBe(2);
  });

  it("finds a new connection when the server has ended the kept one", async () => {
    const first = await pid();
    await server.sql(`select pg_terminate_backend(${first})`);
    expect(await pid()).not.toBe(first);
    await server.restart();
    expect((await run()).returnCode).toBe(0);
  });

  it("finds a new connection when the server's process of the kept one hangs", async () => {
    const first = await pid("-t", "2");
    process.kill(Number(first), "SIGSTOP");
    try {
      expect(await pid("-t", "2")).not.toBe(first);
    } finally {
      process.kill(Number(first), "SIGCONT");
    }
  });

  it("is well when the server that died in the middle of a query is there again", async () => {
    await pid();
    const asking = run("-q", "select pg_sleep(30)", "-t", "25").then(
      ({ returnCode }) => returnCode,
      (reason: unknown) => reason,
    );
    const isAsking = () => server.sql("select count(*) from pg_stat_activity where wait_event = 'PgSleep'");
    await vi.waitUntil(async () => (await isAsking()) === "1", 20_000);
    await server.stop("SIGQUIT");
    const said = await asking;
    if (said !== 2) expect(said).toBeInstanceOf(CheckDeclined);
    expect(await run().then(({ returnCode }) => returnCode)).toBe(2);
    await server.restart();
    expect((await run()).returnCode).toBe(0);
    expect(await pid()).toBe(await pid());
  }, 60_000);

  it("gets no connection that a check has left in the middle of its query", async () => {
    const first = await pid();
    const { output } = await run("-q", "select pg_sleep(30)", "-t", "1");
    expect(output).toMatch(/^ OK - .*\nCRITICAL - Plugin timed out after 1 seconds\n$/);
    expect(await pid()).not.toBe(first);
  });

  it("closes what is kept when the setting is switched off", async () => {
    const first = await pid();
    isKept = false;
    await run();
    await vi.waitUntil(async () => {
      const count = await server.sql(`select count(*) from pg_stat_activity where pid = ${first}`);
      return count === "0";
    }, 10_000);
  });

  it("shares nothing between checks at the same time", async () => {
    const all = await Promise.all(
      Array.from({ length: 6 }, () => pid("-q", "select pg_backend_pid() + 0 * length(pg_sleep(0.2)::text)")),
    );
    expect(new Set(all).size).toBe(6);
  });
});
