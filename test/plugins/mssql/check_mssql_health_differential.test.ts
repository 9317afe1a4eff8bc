import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkMssqlHealth } from "../../../plugins/mssql/check_mssql_health.ts";
import { NATIVE_DB_POOL } from "../../../plugins/transport/databases/settings.ts";
import type { SettingValues } from "../../../sdk/setting.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { compareWithPlugin, RUNS, randomLines, share } from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import { COUNTING_MODES, COUNTING_ROWS, LOGINS, MODE_ROWS } from "./lines.ts";
import { startInstances } from "./servers.ts";

/** The plugin is in no Debian package: the path of version 2.9, which needs DBD::Sybase. */
const PLUGIN = process.env["CHECK_MSSQL_HEALTH"];

const report = new FamilyReport("check_mssql_health");

/** Times that two runs do not have in common. */
const RULES = [
  [/\d+\.\d+ seconds to (connect|execute)/g, "T seconds to $1"],
  [/'(connection_time|sql_runtime)'=[\d.]+/g, "'$1'=T"],
] as const;

describe.skipIf(PLUGIN === undefined)("the same answers as the plugin at CHECK_MSSQL_HEALTH", () => {
  const folder = mkdtempSync(join(tmpdir(), "mssql-"));
  const [ours, theirs, before] = ["ours", "theirs", "before"].map((name) => join(folder, name));
  const plugin = join(folder, "plugin");
  let servers: Awaited<ReturnType<typeof startInstances>>;
  beforeAll(async () => {
    // Perl's warnings about its own lines are no part of an answer.
    const script = `#!/bin/sh\nOMD_ROOT=${theirs} exec ${PLUGIN} "$@" 2>/dev/null\n`;
    writeFileSync(plugin, script);
    chmodSync(plugin, 0o755);
    vi.stubEnv("OMD_ROOT", ours ?? "");
    const { key, cert } = createCertificate({ notAfter: inDays(9), algorithm: "rsa" });
    servers = await startInstances({ key, cert, maxVersion: "TLSv1.2" });
  });
  afterAll(async () => {
    report.print();
    vi.unstubAllEnvs();
    await servers[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const timeout = 60_000 + 600 * RUNS;
  const places = () =>
    [...servers.ports.values()].map((port) => ["--hostname", "127.0.0.1", "--port", String(port)]);

  async function expectSame(lines: Iterable<readonly string[]>, settings?: SettingValues): Promise<void> {
    const options = { report, atOnce: 4, rules: RULES, ...(settings && { settings }) };
    const { differences } = await compareWithPlugin(checkMssqlHealth, plugin, lines, options);
    expect(differences).toEqual([]);
  }

  const modes = Object.entries(MODE_ROWS);
  it.each(modes)("%s", { timeout }, (mode, rows) => {
    const words = [["--mode", mode.trim()]];
    const count = share(0.9 / modes.length);
    return expectSame(randomLines([places(), LOGINS, [words.flat()], ...rows], { count }));
  });

  it("over connections that are kept", { timeout }, async () => {
    const pooled = new Map([[NATIVE_DB_POOL, true]]);
    for (const mode of ["sql", "database-free", "failed-jobs"]) {
      const rows = [places(), LOGINS, [["--mode", mode]], ...(MODE_ROWS[mode] ?? [])];
      await expectSame(randomLines(rows, { count: share(0.02), seed: 7 }), pooled);
    }
  });

  it.each(COUNTING_MODES)("%s, beside the values of a run before", { timeout }, async (mode) => {
    const count = share(0.02);
    for (const line of randomLines([places(), LOGINS, [["--mode", mode]], COUNTING_ROWS[0] ?? []], {
      count,
    })) {
      leaveValues(before ?? "", { mode, port: line[line.indexOf("--port") + 1] ?? "" });
      for (const place of [ours, theirs]) {
        rmSync(place ?? "", { recursive: true, force: true });
        cpSync(before ?? "", place ?? "", { recursive: true });
      }
      await expectSame([line]);
    }
  });
});

/** The file that a run 100 seconds ago has left. */
function leaveValues(root: string, { mode, port }: { readonly mode: string; readonly port: string }): void {
  const key = mode === "batch-requests" ? "batch_requests" : "secs_busy";
  const value = mode === "batch-requests" ? "103456" : "30";
  const files = join(root, "var/tmp/check_mssql_health");
  rmSync(root, { recursive: true, force: true });
  mkdirSync(files, { recursive: true });
  const timestamp = Math.floor(Date.now() / 1000) - 100;
  writeFileSync(join(files, `${mode}_${key}_127.0.0.1_${port}`), JSON.stringify({ [key]: value, timestamp }));
}
