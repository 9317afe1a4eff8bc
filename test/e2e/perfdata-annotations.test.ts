import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { startWriter } from "../support/perfdata/writer.ts";
import { HOST, type Icinga2, ODD_SERVICE, SERVICE, startIcinga2 } from "../support/servers/icinga2.ts";
import { sendCommand, setState } from "../support/servers/icinga2-state.ts";
import { type Influxdb, startInfluxdb } from "../support/servers/influxdb.ts";
import { hasServer } from "../support/servers/installed.ts";

const PATIENCE = { timeout: 30_000, interval: 50 };
const SERVERS = ["gearmand", "influxd", "icinga2", "icinga2-common"] as const;

describe.skipIf(!SERVERS.every(hasServer))("the perfdata writer and a core's livestatus", () => {
  let gearmand: Gearmand;
  let influxdb: Influxdb;
  let icinga: Icinga2;
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "annotations-"));
    [gearmand, influxdb, icinga] = await Promise.all([startGearmand(), startInfluxdb(), startIcinga2()]);
  });
  afterEach(async () => {
    await icinga[Symbol.asyncDispose]();
    await influxdb[Symbol.asyncDispose]();
    await gearmand.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = () =>
    startWriter(
      [
        ...[`server=127.0.0.1:${gearmand.port}`, "encryption=no", "batch_age=50"],
        ...[`target=main ${influxdb.url} database=nagflux`, `spool=${join(folder, "spool")}`],
        ...[`livestatus=${icinga.livestatus}`, "livestatus_interval=1"],
      ],
      folder,
    );
  const command = (...words: readonly unknown[]) => sendCommand(icinga, words);
  /** As histou asks, but for the time: a downtime ends later. */
  const annotations = async (type: string, service: string) => {
    const where = `type = '${type}' AND host = '${HOST}' AND service = '${service}'`;
    const rows = await influxdb.query(`SELECT * FROM messages WHERE ${where}`);
    return rows.map(({ author, value }) => [author, value]);
  };
  const shows = (type: string, service: string, rows: readonly (readonly string[])[]) =>
    vi.waitFor(async () => expect(await annotations(type, service)).toEqual(rows), PATIENCE);

  it("writes comments, acknowledgements and downtimes as histou's annotations, each once, over restarts and with the database away", async () => {
    const target = { host: HOST, service: SERVICE };
    for (const state of [0, 2]) await setState(icinga, target, state);
    await setState(icinga, { host: HOST }, 1);
    // What the core has before the writer is started is written, too.
    await command("ACKNOWLEDGE_SVC_PROBLEM", HOST, SERVICE, 2, 0, 1, "Änna", 'on "it"');
    const first = await start();
    await shows("acknowledgement", SERVICE, [["Änna", 'on "it"']]);
    await command("ADD_SVC_COMMENT", HOST, ODD_SERVICE, 1, "ada", "full");
    await shows("comment", ODD_SERVICE.replaceAll("\\", "\\\\"), [["ada", "full"]]);
    await command("ADD_HOST_COMMENT", HOST, 1, "ada", "moved");
    await shows("comment", "hostcheck", [["ada", "moved"]]);
    expect(await first.end("SIGTERM")).toBe(0);

    await influxdb.stop();
    const end = Math.floor(Date.now() / 1_000) + 3_600;
    await using second = await start();
    await command("SCHEDULE_SVC_DOWNTIME", HOST, SERVICE, end - 3_600, end, 1, 0, 3_600, "ada", "disk");
    await second.logged("batches are kept in the spool");
    await influxdb.start();
    await shows("downtime", SERVICE, [
      ["ada", "Downtime start: <br>disk"],
      ["ada", "Downtime end: <br>disk"],
    ]);
    await icinga.stop();
    await second.logged("no annotations are written: livestatus at ");
    expect(await second.end("SIGTERM")).toBe(0);
    expect(await annotations("acknowledgement", SERVICE)).toHaveLength(1);
    expect(await influxdb.query("SELECT * FROM messages")).toHaveLength(5);
  });
});
