import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Refusal } from "../../../integrations/influxdb/delivery/sift-lines.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { recordedPerfdata, serviceRecord } from "../../support/perfdata/records.ts";
import { linesOf, write } from "../../support/perfdata/write-lines.ts";
import { startInfluxdb } from "../../support/servers/influxdb.ts";
import { INFLUXDB2, startInfluxdb2 } from "../../support/servers/influxdb2.ts";
import type { Row } from "../../support/servers/influxql.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { startVictoriaMetrics } from "../../support/servers/victoria-metrics.ts";

const TIME = 1_441_791_000;

/** Label → value as a person reads them of the perfdata, by another way than the program's. */
function valuesOf(perfdata: string): ReadonlyMap<string, number> {
  const items = perfdata.matchAll(
    /(?:'(.*?)'(?==)|([^\s=']\S*?|"it's"))=(-?[\d.]+(?:e[+-]?\d+)?)[^\s\d;]*(?=[;\s]|$)/g,
  );
  return new Map([...items].map(([, quoted, plain, value]) => [quoted ?? plain ?? "", Number(value)]));
}

interface Database extends AsyncDisposable {
  /** Into the bucket or database `nagflux`. */
  write(text: string): ReturnType<typeof write>;
  /** Into one that does not exist. */
  writeElsewhere(): ReturnType<typeof write>;
  query(text: string): Promise<readonly Row[]>;
  /** Writes into one that keeps an hour. */
  writeToHour(text: string): ReturnType<typeof write>;
}

const LINE = "metrics,a=1 v=1 1\n";

async function startFirst(): Promise<Database> {
  const influxdb = await startInfluxdb(["nagflux"]);
  await influxdb.query('CREATE DATABASE "short" WITH DURATION 1h');
  return databaseOf(influxdb, (name, text) => write(`${influxdb.url}/write?db=${name}&precision=ms`, text));
}

async function startSecond(): Promise<Database> {
  const influxdb = await startInfluxdb2(INFLUXDB2 ?? "");
  const { url, org, token } = influxdb;
  await influxdb.createBucket("short", 3600);
  return databaseOf(influxdb, (bucket, text) =>
    write(`${url}/api/v2/write?org=${org}&bucket=${bucket}&precision=ms`, text, `Token ${token}`),
  );
}

function databaseOf(
  { query, [Symbol.asyncDispose]: dispose }: Pick<Database, "query" | typeof Symbol.asyncDispose>,
  writeTo: (name: string, text: string) => ReturnType<typeof write>,
): Database {
  return {
    query,
    write: (text) => writeTo("nagflux", text),
    writeElsewhere: () => writeTo("no", LINE),
    writeToHour: (text) => writeTo("short", text),
    [Symbol.asyncDispose]: dispose,
  };
}

describe.skipIf(!hasServer("influxd"))("a real InfluxDB 1.x", () => takesLines(startFirst));
describe.skipIf(INFLUXDB2 === undefined)("a real InfluxDB 2", () => takesLines(startSecond));

function takesLines(start: () => Promise<Database>): void {
  let database: Database;
  beforeAll(async () => {
    database = await start();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  checkLeaks();

  it("takes every perfdata that real plugins have printed, and gives it back", async () => {
    const corpus = recordedPerfdata();
    expect(corpus.length).toBeGreaterThan(900);
    const records = corpus.map((perfdata, at) =>
      linesOf(serviceRecord({ host: "corpus", service: `s${at}`, time: TIME, perfdata })),
    );
    expect(await database.write(records.join(""))).toEqual({ kind: "written", refusals: [] });

    const rows = await database.query("select * from metrics where host='corpus' group by performanceLabel");
    const found = new Map<string, Map<string, Row>>();
    for (const row of rows) {
      const service = String(row["service"]);
      found.set(service, (found.get(service) ?? new Map()).set(String(row["performanceLabel"]), row));
    }
    const differences: string[] = [];
    let compared = 0;
    for (const [at, perfdata] of corpus.entries()) {
      for (const [label, value] of valuesOf(perfdata)) {
        compared += 1;
        const stored = found.get(`s${at}`)?.get(label)?.["value"];
        if (stored !== value) differences.push(`${perfdata}: ${label} is ${stored}, not ${value}`);
      }
    }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(2000);
  });

  it("answers histou's query", async () => {
    const host =
      "DATATYPE::HOSTPERFDATA\tTIMET::1441791000\tHOSTNAME::web1\tHOSTPERFDATA::rta=0.05ms;3000;5000;0;\tHOSTCHECKCOMMAND::check-host-alive!x";
    expect(await database.write(linesOf(host))).toMatchObject({ kind: "written", refusals: [] });
    const [row, ...more] = await database.query(
      "select * from metrics where host='web1' and service='hostcheck' GROUP BY performanceLabel ORDER BY time DESC LIMIT 1 SLIMIT 5001",
    );
    expect(more).toEqual([]);
    expect(row).toMatchObject({
      performanceLabel: "rta",
      command: "check-host-alive",
      host: "web1",
      service: "hostcheck",
      unit: "ms",
      value: 0.05,
      warn: 3000,
      crit: 5000,
      min: 0,
      "warn-fill": "none",
      "crit-fill": "none",
      time: TIME * 1000,
    });
  });

  it("keeps names as they are, with backslashes, commas, quotes and letters of all kinds", async () => {
    const labels = ["C:\\ used %", "a\\,b", "a\\=b", "it''s", '"q"', "größe", "a=b, c", "x\\\\y", " lead"];
    const perfdata = [...labels.map((label, at) => `'${label}'=${at}`), "'D:\\'=77"].join(" ");
    const record = serviceRecord({ host: "dir\\", service: "Lauf, werk=1", time: TIME, perfdata });
    await database.write(linesOf(Buffer.from(record, "utf8").toString("latin1")));
    const rows = await database.query("select * from metrics where host='dir\\\\_'");
    const stored = rows.map(({ performanceLabel, value }) => [performanceLabel, value]);
    const expected = [...labels.map((label, at) => [label, at]), ["D:\\_", 77]];
    expect(stored.sort()).toEqual(expected.sort());
    expect(new Set(rows.map(({ service }) => service))).toEqual(new Set(["Lauf, werk=1"]));
  });

  it("is given UTF-8 where a plugin has printed Latin-1", async () => {
    const perfdata = `gr\xf6\xdfe=1 ${Buffer.from("süß").toString("latin1")}=2`;
    await database.write(linesOf(serviceRecord({ host: "latin", service: "s", time: TIME, perfdata })));
    const rows = await database.query("select * from metrics where host='latin'");
    expect(rows.map((row) => row["performanceLabel"]).sort()).toEqual(["größe", "süß"]);
  });

  it("has all good lines of a batch with hostile ones, each of which is refused with its reason", async () => {
    const bad = [
      "bad",
      "metrics,host=x,l= v=1 5",
      "metrics,host=x v=nan 5",
      "metrics,host=x value=1i 1441791000000",
    ];
    const good = Array.from({ length: 500 }, (_, at) =>
      linesOf(serviceRecord({ host: "mixed", service: `s${at}`, time: TIME, perfdata: `a=${at}` })),
    );
    const lines = bad.reduce((all, line, at) => all.toSpliced(at * 100, 0, `${line}\n`), good);
    const written = await database.write(lines.join(""));
    const refusals: readonly Refusal[] = written.kind === "written" ? written.refusals : [];
    expect(refusals.map(({ line }) => line).sort()).toEqual(bad.sort());
    expect(refusals.map(({ reason }) => reason).join()).toMatch(
      /missing tag value.*|invalid number|type conflict/,
    );
    const rows = await database.query("select value from metrics where host='mixed' group by service");
    expect(rows).toHaveLength(500);
    expect(rows.filter(({ service, value }) => service !== `s${value}`)).toEqual([]);
  });

  it("keeps what is for a database that is not there", async () => {
    expect(await database.writeElsewhere()).toMatchObject({
      kind: "trouble",
      isRefused: true,
      message: expect.stringMatching(/^404 .*not found/),
    });
  });

  it("drops lines that are older than it keeps them, and the batch goes on", async () => {
    const now = Math.floor(Date.now() / 1000);
    const lines = [TIME, now].map((time) =>
      linesOf(serviceRecord({ host: "old", service: "s", time, perfdata: "a=1" })),
    );
    const written = await database.writeToHour(lines.join(""));
    expect(written).toMatchObject({
      kind: "written",
      tooOld: expect.stringMatching(/(?:beyond|outside) retention policy/),
    });
    expect(await database.query('select * from "short".autogen.metrics')).toHaveLength(1);
  });
}

describe.skipIf(!hasServer("influxd"))("an InfluxDB 1.x", () => {
  checkLeaks();

  it("keeps what is not asked for with the name of a database", async () => {
    await using influxdb = await startInfluxdb(["nagflux"]);
    expect(await write(`${influxdb.url}/write?`, LINE)).toMatchObject({
      kind: "trouble",
      isRefused: true,
      message: expect.stringContaining("400 database is required"),
    });
  });
});

it("a database that is not there is trouble", async () => {
  const written = await write("http://127.0.0.1:1/write", LINE);
  expect(written).toMatchObject({
    kind: "trouble",
    isRefused: false,
    message: expect.stringContaining("ECONNREFUSED"),
  });
});

describe.skipIf(!hasServer("victoriametrics"))("a real VictoriaMetrics", () => {
  it("takes the same lines", async () => {
    await using victoria = await startVictoriaMetrics();
    const time = Math.floor(Date.now() / 1000) - 60;
    const perfdata = "rta=0.05ms;3000;5000;0; 'C:\\ used %'=44%;2:4";
    const record = serviceRecord({ host: "web 1", service: "Disk", time, perfdata });
    expect(await write(`${victoria.url}/write?precision=ms`, linesOf(record, true))).toMatchObject({
      kind: "written",
    });
    const series = await victoria.export('{__name__="metrics_value"}');
    const shown = series.map(({ metric, values, timestamps }) => [
      metric["performanceLabel"],
      metric["host"],
      ...values,
      ...timestamps,
    ]);
    expect(shown.sort()).toEqual([
      ["C:\\ used %", "web 1", 44, time * 1000],
      ["rta", "web 1", 0.05, time * 1000],
    ]);
  });
});
