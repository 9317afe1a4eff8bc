import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkMysql } from "../../../plugins/mysql/check_mysql.ts";
import { judgeReplica } from "../../../plugins/mysql/replica.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Mariadb } from "../../support/servers/mariadb.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";
import { MYSQL_RULES } from "./normal.ts";

/** Thresholds of the seconds behind the primary, and 0 seconds. */
const THRESHOLDS = [
  [],
  ["-w", "60", "-c", "600"],
  ["-w", "5:"],
  ["-w", "5:", "-c", "@0:10"],
  ["-w", "@~:0", "-c", "1e2"],
  ["-c", "-1:-1"],
];

describe.skipIf(!hasServer("mariadb") || !hasServer("check_mysql"))("a real replica", () => {
  let primary: Mariadb;
  let replica: Mariadb;
  beforeAll(async () => {
    vi.stubEnv("HOME", mkdtempSync(join(tmpdir(), "home-")));
    primary = await Mariadb.start({ config: ["server-id=1", "log-bin"] });
    await primary.sql("RESET MASTER");
    replica = await Mariadb.start({ config: ["server-id=2"] });
    const place = `MASTER_HOST='127.0.0.1', MASTER_PORT=${primary.port}`;
    await replica.sql(
      `CHANGE MASTER TO ${place}, MASTER_USER='mon', MASTER_PASSWORD='mysecret', MASTER_CONNECT_RETRY=1`,
    );
    await replica.sql("START SLAVE");
  }, 60_000);
  afterAll(async () => {
    vi.unstubAllEnvs();
    await replica[Symbol.asyncDispose]();
    await primary[Symbol.asyncDispose]();
  });

  const until = (state: RegExp) =>
    vi.waitUntil(async () => state.test(await replica.sql("SHOW SLAVE STATUS")), 20_000);
  async function expectSame(): Promise<void> {
    const words = [...replica.words, "-p", replica.password, "-S"];
    const lines = THRESHOLDS.map((thresholds) => [...words, ...thresholds]);
    const plugin = findPlugin("check_mysql") ?? "";
    const options = { rules: MYSQL_RULES, atOnce: 2 };
    const { equal, differences } = await compareWithPlugin(checkMysql, plugin, lines, options);
    expect({ equal, differences }).toEqual({ equal: lines.length, differences: [] });
  }

  it("runs, has one thread stopped, has none, or has no primary", { timeout: 60_000 }, async () => {
    await until(/Waiting for master/);
    await primary.sql("INSERT INTO t.x VALUES (3, 'three')");
    await vi.waitUntil(async () => (await replica.sql("SELECT COUNT(*) FROM t.x")) === "3", 20_000);
    await expectSame();
    await replica.sql("STOP SLAVE SQL_THREAD");
    await expectSame();
    await replica.sql("STOP SLAVE IO_THREAD");
    await expectSame();
    await replica.sql("START SLAVE");
    await primary.stop("SIGKILL");
    await until(/error reconnecting|Can't connect|Reconnecting/);
    await expectSame();
  });
});

describe("the answer about a replica", () => {
  const shown = { said: "Uptime: 1", perfdata: "Uptime=1c;;;;" };
  const none = { warning: undefined, critical: undefined };
  const rows = (columns: readonly string[], row: readonly string[]) =>
    judgeReplica({ kind: "rows", columns, rows: [row], count: 1 }, none, shown);
  const NAMES = ["Slave_IO_Running", "Slave_SQL_Running"];

  it("is CRITICAL without the columns of a replica", () => {
    expect(rows(["a"], ["b"])).toEqual({ returnCode: 2, output: "Slave status unavailable\n" });
  });

  it("does without the seconds, as they are not told by all servers", () => {
    const output = "Uptime: 1 Slave IO: Yes Slave SQL: Yes Seconds Behind Master: Unknown|Uptime=1c;;;;\n";
    expect(rows(NAMES, ["Yes", "Yes"])).toEqual({ returnCode: 0, output });
  });

  it("has 69 characters of the replica's words", () => {
    const { output } = rows(NAMES, ["Preparing".repeat(10), "No"]);
    expect(output).toBe(`${`Slave IO: ${"Preparing".repeat(10)}`.slice(0, 69)}\n`);
  });
});
