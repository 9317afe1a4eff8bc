import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readStatus } from "../../src/gearman/admin.ts";
import type { Submitter } from "../../src/gearman/submitter.ts";
import { createEnvelope } from "../../src/payload/crypt.ts";
import { keyFromPassword } from "../../src/payload/key.ts";
import { freePort } from "../support/free-port.ts";
import { Actors } from "../support/gearman/actors.ts";
import { type Gearmand, startGearmand } from "../support/gearman/gearmand.ts";
import { createPki, TLS_SERVERS } from "../support/gearman/tls-gearmand.ts";
import { serviceRecord } from "../support/perfdata/records.ts";
import { startWriter } from "../support/perfdata/writer.ts";
import { type Influxdb, startInfluxdb } from "../support/servers/influxdb.ts";
import { hasServer } from "../support/servers/installed.ts";

const KEY = "only for tests of perfdata";
const TIME = 1_441_791_000;
const PATIENCE = { timeout: 30_000, interval: 20 };

const { seal } = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(KEY)) });

describe.skipIf(!hasServer("gearmand") || !hasServer("influxd"))("the perfdata writer", () => {
  const actors = new Actors();
  let gearmand: Gearmand;
  let influxdb: Influxdb;
  let client: Submitter;
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "perfdata-"));
    [gearmand, influxdb] = await Promise.all([startGearmand(), startInfluxdb()]);
    client = await actors.client({ host: "127.0.0.1", port: gearmand.port });
  });
  afterEach(async () => {
    await actors.stop();
    await influxdb[Symbol.asyncDispose]();
    await gearmand.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const options = (...more: readonly string[]) => [
    `server=127.0.0.1:${gearmand.port}`,
    `key=${KEY}`,
    `target=main ${influxdb.url} database=nagflux`,
    `spool=${join(folder, "spool")}`,
    "batch_age=50",
    ...more,
  ];
  const start = (...more: readonly string[]) => startWriter(options(...more), folder);
  const submit = (text: string) => client.submit({ queue: "perfdata", unique: "", workload: seal(text) });
  const jobs = async () => {
    const queues = await readStatus({ host: "127.0.0.1", port: gearmand.port });
    return queues.find(({ queue }) => queue === "perfdata");
  };
  const waiting = async () => (await jobs())?.total ?? 0;
  const untilEmpty = () => vi.waitFor(async () => expect(await waiting()).toBe(0), PATIENCE);
  /** A record a job; each has a value of its own. */
  const fill = async (from: number, to: number) => {
    const all = Array.from({ length: to - from }, (_, index) => {
      const at = from + index;
      const record = {
        host: `h${at % 100}`,
        service: `s${at}`,
        time: TIME,
        perfdata: `a=${at};1;2 b=${at / 8}s`,
      };
      return submit(serviceRecord(record));
    });
    await Promise.all(all);
  };
  /** Every value once, and equal. */
  const expectStored = async (count: number) => {
    const rows = await influxdb.query(
      "select value from metrics where host =~ /^h/ group by service, performanceLabel",
    );
    const wrong = rows.filter(({ service, performanceLabel, value }) => {
      const at = Number(String(service).slice(1));
      return value !== (performanceLabel === "a" ? at : at / 8);
    });
    expect(wrong).toEqual([]);
    expect(rows).toHaveLength(2 * count);
  };

  it("writes what is in the queue, though it is killed in the middle, and the database is away for a while", async () => {
    await fill(0, 2000);
    const first = await start("batch_lines=500");
    await vi.waitFor(
      async () => expect(await influxdb.query("show series limit 1")).toHaveLength(1),
      PATIENCE,
    );
    await first.end("SIGKILL");

    await influxdb.stop();
    await fill(2000, 4000);
    await using second = await start("batch_lines=500");
    await second.logged("cannot write to the database");
    await untilEmpty();
    expect(readdirSync(join(folder, "spool", "main")).length).toBeGreaterThan(2);

    await influxdb.start();
    await second.logged("the database takes lines again");
    await fill(4000, 5000);
    await untilEmpty();
    await vi.waitFor(() => expect(readdirSync(join(folder, "spool", "main"))).toHaveLength(2), PATIENCE);
    await expectStored(5000);
    expect(await second.end("SIGTERM")).toBe(0);
  });

  it("delivers at its end, and the spool at the next start", async () => {
    const first = await start("batch_age=60000");
    await fill(0, 50);
    await vi.waitFor(async () => expect((await jobs())?.running).toBe(50), PATIENCE);
    expect(await first.end("SIGTERM")).toBe(0);
    await untilStored(50);
    await influxdb.stop();
    const second = await start();
    await fill(50, 100);
    await untilEmpty();
    expect(await second.end("SIGTERM")).toBe(0);
    await influxdb.start();
    await using _third = await start();
    await untilStored(100);
    await expectStored(100);
  });
  const untilStored = (count: number) =>
    vi.waitFor(async () => {
      const rows = await influxdb.query("select value from metrics group by *");
      expect(rows.length).toBe(2 * count);
    }, PATIENCE);

  it("leaves jobs in gearmand while the database is away and there is no spool", async () => {
    const port = await freePort();
    const without = options(
      "spool=",
      `target=gone http://127.0.0.1:${port} database=x`,
      "jobs_at_once=20",
      "shutdown_timeout=1",
    );
    const writer = await startWriter(without, folder);
    await fill(0, 100);
    await writer.logged("jobs stay in gearmand");
    expect(await waiting()).toBeGreaterThan(0);
    expect(await writer.end("SIGTERM")).toBe(1);
    expect(writer.log()).toMatch(/jobs are given back to gearmand.*jobs=\d+/);
    expect(await waiting()).toBe(100);
  });

  it("is not stopped by hostile records, many records in a job, other keys or a job that nobody can read", async () => {
    await using writer = await start(
      `accepted_key=${KEY}-old`,
      `prometheus_server=127.0.0.1:${await freePort()}`,
    );
    const old = createEnvelope({ encryption: true, key: keyFromPassword(Buffer.from(`${KEY}-old`)) });
    const good = (at: number) => ({
      host: `h${at}`,
      service: `s${at}`,
      time: TIME,
      perfdata: `a=${at} b=${at / 8}s`,
    });
    const hostile = [
      "'C:\\'=1",
      "'a\nb'=1",
      `'${"x".repeat(1_000_000)}'=1`,
      "a=nan",
      "'",
      "a=U b=1e999",
      "=",
      `${"'a=".repeat(1000)}`,
    ];
    const records = hostile.map((perfdata) =>
      serviceRecord({ host: "evil", service: "s\\", time: TIME, perfdata }),
    );
    await submit(records.join(serviceRecord(good(0))));
    await submit(`${serviceRecord(good(1))}${serviceRecord(good(2))}`);
    await client.submit({ queue: "perfdata", unique: "", workload: old.seal(serviceRecord(good(3))) });
    await client.submit({ queue: "perfdata", unique: "", workload: Buffer.from("junk") });
    await untilEmpty();
    await expectStored(4);
    const evil = await influxdb.query(
      "select value from metrics where host='evil' group by performanceLabel",
    );
    expect(evil.map((row) => row["performanceLabel"])).toContain("C:\\_");
    await writer.logged("cannot read a job: ");

    const port = /port (\d+)/.exec(writer.log())?.[1];
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toContain("omd_perfdata_jobs_unreadable_total 1\n");
    expect(metrics).toContain('omd_perfdata_target_up{target="main"} 1\n');
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  });

  it("writes to several targets, and records for pnp4nagios beside them", async () => {
    await influxdb.query("CREATE DATABASE second");
    const pnp = join(folder, "pnp");
    mkdirSync(pnp);
    await using _writer = await start(`target=second ${influxdb.url} database=second`, `pnp_spool=${pnp}`);
    const record = serviceRecord({ host: "h", service: "s", time: TIME, perfdata: "a=1" });
    const own = record.replace("\n", "\tNAGFLUX:TARGET::second\n").replace("HOSTNAME::h", "HOSTNAME::own");
    await submit(record);
    await submit(own);
    await untilEmpty();
    const hosts = async (database: string) => {
      const rows = await influxdb.query(`select value from ${database}.autogen.metrics group by host`);
      return rows.map(({ host }) => host);
    };
    expect(await hosts("nagflux")).toEqual(["h"]);
    expect(await hosts("second")).toEqual(["h", "own"]);
    const files = readdirSync(pnp).sort();
    expect(files.join()).toMatch(/^perfdata\.\d+\.\d+\.\d+(?:,perfdata\.\d+\.\d+\.\d+)?$/);
    expect(files.map((name) => readFileSync(join(pnp, name), "utf8")).join("")).toBe(record + own);
  });

  it("waits for a database that is made later, and loses nothing", async () => {
    await using writer = await start(`target=late ${influxdb.url} database=late`);
    await fill(0, 10);
    await writer.logged("the database refuses to be written to: 404 database not found");
    await untilEmpty();
    await influxdb.query("CREATE DATABASE late");
    await writer.logged("the database takes lines again");
    await vi.waitFor(async () => {
      const rows = await influxdb.query("select value from late.autogen.metrics group by *");
      expect(rows).toHaveLength(20);
    }, PATIENCE);
  });
});

describe.each(TLS_SERVERS)("the perfdata writer on $name", ({ isThere, start }) => {
  it.skipIf(!isThere || !hasServer("influxd"))("writes what is in the queue", async () => {
    using pki = createPki();
    await using server = await start(pki);
    await using influxdb = await startInfluxdb();
    const actors = new Actors();
    const client = await actors.client(server.direct);
    const records = Array.from({ length: 100 }, (_, at) =>
      serviceRecord({ host: `h${at}`, service: "s", time: TIME, perfdata: `a=${at}` }),
    );
    await Promise.all(
      records.map((text) => client.submit({ queue: "perfdata", unique: "", workload: seal(text) })),
    );
    await using _writer = await startWriter([
      ...[`server=127.0.0.1:${server.port}`, `key=${KEY}`, "batch_age=50"],
      ...[`target=main ${influxdb.url} database=nagflux`, "tls=yes", `tls_ca_file=${pki.file("server.crt")}`],
      ...[`tls_certificate=${pki.file("client.crt")}`, `tls_key=${pki.file("client.key")}`],
    ]);
    await vi.waitFor(async () => {
      const rows = await influxdb.query("select value from metrics group by host");
      expect(rows.map(({ host, value }) => host === `h${value}`)).toEqual(records.map(() => true));
    }, PATIENCE);
    await actors.stop();
  });
});
