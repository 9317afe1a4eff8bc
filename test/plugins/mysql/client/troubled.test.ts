import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { checkMysqlQuery } from "../../../../plugins/mysql/check_mysql_query.ts";
import { NATIVE_DB_POOL } from "../../../../plugins/transport/databases/settings.ts";
import { SharedValues } from "../../../../sdk/shared.ts";
import { runCheck } from "../../../../sdk/testing.ts";
import { standStill } from "../../../support/processes/stand-still.ts";
import { hasServer } from "../../../support/servers/installed.ts";
import { Mariadb } from "../../../support/servers/mariadb.ts";
import { TakenPlaces } from "../../../support/servers/places.ts";
import { findPlugin } from "../../core/real-plugins.ts";
import { compareWithPlugin } from "../../differential.ts";

/** A login that no check has kept a connection for. */
const OTHER = ["-d", "t"];
const PATIENCE = { timeout: 20_000, interval: 20 };
const isHere = hasServer("mariadb") && hasServer("check_mysql");

describe.skipIf(!isHere).each([
  { how: "its own for each check", isKept: false },
  { how: "kept", isKept: true },
])("a server in trouble, with connections that are $how", ({ isKept }) => {
  let server: Mariadb;
  let shared: SharedValues;
  const settings = new Map([[NATIVE_DB_POOL, isKept]]);
  beforeAll(async () => {
    vi.stubEnv("HOME", mkdtempSync(join(tmpdir(), "home-")));
    server = await Mariadb.start({ config: ["max_connections=10", "connect_timeout=120"] });
  }, 60_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    shared = new SharedValues({ log: () => {}, settings: () => settings });
  });
  afterEach(() => shared[Symbol.asyncDispose]());

  const words = (query: string, ...more: readonly string[]) => [
    ...server.words,
    ...["-p", server.password, "-q", query, ...more],
  ];
  const run = async (query: string, more: readonly string[] = OTHER, timeoutMs = 60_000) =>
    await runCheck(checkMysqlQuery, words(query, ...more), { shared, timeoutMs });
  /** The server's number of the connection. */
  const id = async (more: readonly string[] = OTHER) =>
    / returned (\d+)/.exec((await run("select connection_id()", more)).output)?.[1];
  const answers = () =>
    server.sql("select 1").then(
      () => true,
      () => false,
    );
  const expectWell = async () => {
    const [first, second] = [await id(), await id()];
    expect([first, second]).toEqual([expect.any(String), expect.any(String)]);
    expect(first === second).toBe(isKept);
  };

  it("that has no connections left: the check says so, and is well when there is room", async () => {
    const before = await id([]);
    {
      using taken = await TakenPlaces.take({ port: server.port, hasPlace: isGreeting });
      expect(taken.count).toBeGreaterThan(5);
      expect(await run("select 1")).toMatchObject({
        returnCode: 2,
        output: "QUERY CRITICAL: Too many connections\n",
      });
      const plugin = findPlugin("check_mysql_query") ?? "";
      const compared = await compareWithPlugin(checkMysqlQuery, plugin, [words("select 1", ...OTHER)], {
        settings,
      });
      expect(compared).toMatchObject({ equal: 1, differences: [] });
      // What is kept has its place.
      if (isKept) expect(await id([])).toBe(before);
    }
    await vi.waitUntil(answers, PATIENCE);
    if (isKept) expect(await id([])).toBe(before);
    await expectWell();
  });

  it("that hangs after it accepted: the check ends with its job, and is well when the server goes on", async () => {
    await id();
    await standStill(server.pid ?? 0);
    try {
      await expect(run("select 1", OTHER, 500)).rejects.toThrow();
    } finally {
      process.kill(server.pid ?? 0, "SIGCONT");
    }
    await vi.waitUntil(answers, PATIENCE);
    await expectWell();
  });

  it("that dies in the middle of a query: the check says so, and is well when the server is there again", async () => {
    await id();
    const asking = run("select sleep(30)");
    await vi.waitUntil(
      async () => (await server.sql("show processlist")).includes("select sleep(30)"),
      PATIENCE,
    );
    await server.stop("SIGKILL");
    expect(await asking).toMatchObject({
      returnCode: 2,
      output: "QUERY CRITICAL: Error with query - Lost connection to server during query\n",
    });
    expect((await run("select 1")).returnCode).toBe(2);
    await server.restart();
    await expectWell();
  });
});

/** A greeting has the number of the protocol; an error begins with 255. */
function isGreeting(words: Buffer): boolean {
  return words[4] === 10;
}
