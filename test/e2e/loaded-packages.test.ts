import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFolder } from "../support/folder.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { startWorker } from "../support/processes/worker.ts";
import { hasServer } from "../support/servers/installed.ts";
import { Core, serviceJob } from "./core.ts";

const DRIVERS = ["mssql", "mysql2", "net-snmp", "pg", "ssh2", "tedious"];
const PLUGINS = "/usr/lib/nagios/plugins";

/** Read before the worker's own code: when it ends, the files that were required are written down. */
const TELL_AT_THE_END = `process.on("exit", () => {
  require("node:fs").writeFileSync(process.env.LOADED + "." + process.pid, Object.keys(require.cache).join("\\n"));
});`;

describe.skipIf(!hasServer("gearmand"))("a worker that has answered", () => {
  let gearmand: Gearmand;
  beforeAll(async () => {
    gearmand = await startGearmand();
  });
  afterAll(() => gearmand?.stop());

  /** The drivers that a worker had loaded when it ended, after a check that it answered itself. */
  async function driversAfter(command: string): Promise<readonly string[]> {
    using folder = createFolder();
    const [script, loaded] = [join(folder.path, "tell.cjs"), join(folder.path, "loaded")];
    writeFileSync(script, TELL_AT_THE_END);
    await using core = new Core({ port: gearmand.port });
    const env = { NODE_OPTIONS: `--require=${script}`, LOADED: loaded };
    await using worker = await startWorker([gearmand.port], ["services=yes", "debug=2"], { env });
    await core.submit("service", serviceJob("it", command));
    await core.collected(1);
    expect(await worker.terminate()).toMatchObject({ exitCode: 0 });
    const files = readFileSync(`${loaded}.${worker.pid}`, "utf8");
    expect(worker.linesWith("native").join("\n")).not.toBe("");
    return DRIVERS.filter((name) => files.includes(`/node_modules/${name}/`));
  }

  it("a check of a host has loaded no driver: not of a database, not of SNMP, not of SSH", async () => {
    expect(await driversAfter(`${PLUGINS}/check_tcp -H 127.0.0.1 -p ${gearmand.port}`)).toEqual([]);
  });

  it("a check of PostgreSQL has loaded that driver and no other", async () => {
    expect(await driversAfter(`${PLUGINS}/check_pgsql -H 127.0.0.1 -P ${gearmand.port} -t 1`)).toEqual([
      "pg",
    ]);
  });
});
