import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { checkPgsql } from "../../../../plugins/pgsql/check_pgsql.ts";
import { NATIVE_DB_POOL } from "../../../../plugins/transport/databases/settings.ts";
import { SharedValues } from "../../../../sdk/shared.ts";
import { runCheck } from "../../../../sdk/testing.ts";
import { standStill } from "../../../support/processes/stand-still.ts";
import { hasServer } from "../../../support/servers/installed.ts";
import { TakenPlaces } from "../../../support/servers/places.ts";
import { Postgresql } from "../../../support/servers/postgresql.ts";
import { findPlugin } from "../../core/real-plugins.ts";
import { compareWithPlugin } from "../../differential.ts";

const PID = ["-q", "select pg_backend_pid()"];
/** A login that no check has kept a connection for. */
const OTHER = ["-d", "monitor"];
const PATIENCE = { timeout: 20_000, interval: 20 };
const isHere = hasServer("postgresql") && hasServer("check_pgsql");

describe.skipIf(!isHere).each([
  { how: "its own for each check", isKept: false },
  { how: "kept", isKept: true },
])("a server in trouble, with connections that are $how", ({ isKept }) => {
  let server: Postgresql;
  let shared: SharedValues;
  const settings = new Map([[NATIVE_DB_POOL, isKept]]);
  beforeAll(async () => {
    vi.stubEnv("HOME", mkdtempSync(join(tmpdir(), "home-")));
    server = await Postgresql.start({
      config: ["max_connections = 4", "superuser_reserved_connections = 0", "max_wal_senders = 0"],
    });
  }, 60_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    shared = new SharedValues({ log: () => {}, settings: () => settings });
  });
  afterEach(() => shared[Symbol.asyncDispose]());

  const words = (...more: readonly string[]) => [...server.words, "-p", server.password, ...PID, ...more];
  const run = async (...more: readonly string[]) => await runCheck(checkPgsql, words(...more), { shared });
  const pid = async (...more: readonly string[]) => / returned (\d+)/.exec((await run(...more)).output)?.[1];
  const answers = () =>
    server.sql("select 1").then(
      () => true,
      () => false,
    );
  /** The check says what the plugin says. */
  const expectSame = async (...more: readonly string[]) => {
    const plugin = findPlugin("check_pgsql") ?? "";
    const { equal, differences } = await compareWithPlugin(checkPgsql, plugin, [words(...more)], {
      settings,
    });
    expect({ equal, differences }).toEqual({ equal: 1, differences: [] });
  };
  const expectWell = async () => {
    const [first, second] = [await pid(...OTHER), await pid(...OTHER)];
    expect([first, second]).toEqual([expect.any(String), expect.any(String)]);
    expect(first === second).toBe(isKept);
  };

  it("that has no connections left: the check says so, and is well when there is room", async () => {
    const before = await pid();
    const login = { port: server.port, greeting: startup(), hasPlace: isLogin };
    {
      await vi.waitUntil(async () => (await sessions()) <= (isKept ? 1 : 0), PATIENCE);
      using taken = await TakenPlaces.take(login);
      expect(taken.count).toBe(isKept ? 3 : 4);
      expect(await run(...OTHER)).toMatchObject({
        returnCode: 2,
        output: expect.stringMatching(
          /^CRITICAL - no connection to 'monitor' \(.*sorry, too many clients already/,
        ),
      });
      await expectSame(...OTHER);
      // What is kept has its place.
      if (isKept) expect(await pid()).toBe(before);
    }
    await vi.waitUntil(answers, PATIENCE);
    if (isKept) expect(await pid()).toBe(before);
    await expectWell();
  });

  it("that hangs after it accepted: the check ends in time, and is well when the server goes on", async () => {
    await pid();
    await standStill(server.pid ?? 0);
    try {
      expect(await run(...OTHER, "-t", "1")).toMatchObject({
        returnCode: 2,
        output: "CRITICAL - Plugin timed out after 1 seconds\n",
      });
      await expectSame(...OTHER, "-t", "1");
    } finally {
      process.kill(server.pid ?? 0, "SIGCONT");
    }
    await vi.waitUntil(answers, PATIENCE);
    await expectWell();
  });

  it("that dies in the middle of a query: the check says so, and is well when the server is there again", async () => {
    await pid(...OTHER);
    const asking = run(...OTHER, "-q", "select pg_sleep(30)", "-t", "25");
    const sleeping = "select count(*) from pg_stat_activity where wait_event = 'PgSleep'";
    await vi.waitUntil(async () => (await server.sql(sleeping)) === "1", PATIENCE);
    await server.stop("SIGKILL");
    expect((await asking).returnCode).toBe(2);
    expect((await run(...OTHER)).returnCode).toBe(2);
    await server.restart();
    await expectWell();
  });

  /** The sessions of checks. */
  async function sessions(): Promise<number> {
    const query =
      "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()";
    return Number(await server.sql(query));
  }

  function startup(): Buffer {
    const text = `user\0${server.user}\0database\0monitor\0\0`;
    const packet = Buffer.alloc(8 + text.length);
    packet.writeInt32BE(packet.length, 0);
    packet.writeInt32BE(3 << 16, 4);
    packet.write(text, 8, "latin1");
    return packet;
  }
});

/** The server asks for a password; an error begins with `E`. */
function isLogin(words: Buffer): boolean {
  return words.toString("latin1", 0, 1) === "R";
}
