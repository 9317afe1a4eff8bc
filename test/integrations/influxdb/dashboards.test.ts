import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkLeaks } from "../../support/leaks.ts";
import { serviceRecord } from "../../support/perfdata/records.ts";
import { linesOf, write } from "../../support/perfdata/write-lines.ts";
import { type Influxdb, startInfluxdb } from "../../support/servers/influxdb.ts";
import { hasServer } from "../../support/servers/installed.ts";

/** A whole hour, so that the intervals of panels begin with it. */
const BEGIN = 1_441_789_200;
const LIMITS = ["value", "warn", "warn-min", "warn-max", "crit", "crit-min", "crit-max"];

type Tags = Readonly<Record<string, string>>;

interface Panel {
  readonly tags: Tags;
  /** By the name in the answer. Without it: the fields that histou's panels draw. */
  readonly select?: Readonly<Record<string, string>>;
  readonly every?: string;
  readonly by?: string;
}

const DRAWN = Object.fromEntries(LIMITS.map((field) => [field, `mean("${field}")`]));

/** As Grafana's editor renders a panel of histou. A tag between slashes is a pattern. */
function panelQuery({ tags, select = DRAWN, every = "1m", by = "" }: Panel): string {
  const columns = Object.entries(select).map(([name, what]) => `${what} AS "${name}"`);
  const range = `time >= ${BEGIN}000ms and time <= ${BEGIN + 3_599}999ms`;
  return `SELECT ${columns.join(", ")} FROM "metrics" WHERE (${conditions(tags)}) AND ${range} GROUP BY time(${every})${by} fill(null)`;
}

function conditions(tags: Tags): string {
  return Object.entries(tags)
    .map(([name, value]) => {
      if (/^\/.*\/$/.test(value)) return `"${name}" =~ ${value}`;
      return `"${name}" = '${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
    })
    .join(" AND ");
}

/** As Sakuli 1 sends it. */
function sakuliPerfdata(suite: number, login: number): string {
  return [
    `suite_shop=${suite}s;300;400;; graph_type_suite=0;;;; suite__state=2;;;; suite__warning=300s;;;; suite__critical=400s;;;;`,
    `c_001__state=0;;;; c_001__warning=20s;;;; c_001__critical=30s;;;; c_001_login=${login}s;20;30;;`,
    "s_001_001_open=1.28s;5;;; s_001_002_log_in=2.5s;5;;;",
    "c_002__state=2;;;; c_002_pay=20s;10;15;; s_002_001_pay=20s;5;;; [check_sakuli]",
  ].join(" ");
}

describe.skipIf(!hasServer("influxd"))("dashboards of histou on a real InfluxDB", () => {
  let influxdb: Influxdb;
  beforeAll(async () => {
    influxdb = await startInfluxdb(["nagflux"]);
  });
  afterAll(() => influxdb[Symbol.asyncDispose]());
  checkLeaks();

  interface Told {
    readonly minute?: number;
    readonly perfdata: string;
    readonly isInDowntime?: boolean;
  }

  /** Writes what a service has told. */
  async function store({ host, service = "s", command = "check_x" }: Tags, ...told: readonly Told[]) {
    const lines = told.map(({ minute = 0, perfdata, isInDowntime = false }) => {
      const time = BEGIN + minute * 60;
      const name = { host: host ?? "", service, command: `${command}!1` };
      const record = serviceRecord({ ...name, time, perfdata: Buffer.from(perfdata).toString("latin1") });
      return linesOf(`${record.trimEnd()}\tHOSTDOWNTIME::0\tSERVICEDOWNTIME::${isInDowntime ? 1 : 0}`);
    });
    const url = `${influxdb.url}/write?db=nagflux&precision=ms`;
    expect(await write(url, lines.join(""))).toEqual({ kind: "written", refusals: [] });
  }

  /** The points of a panel that have a value, their times in minutes. */
  async function drawn(panel: Panel) {
    const rows = await influxdb.query(panelQuery(panel));
    return rows
      .map(({ time, ...row }) => {
        const values = Object.entries(row).filter(([, value]) => value !== null);
        return { minute: (Number(time) / 1_000 - BEGIN) / 60, ...Object.fromEntries(values) };
      })
      .filter((row) => Object.keys(row).some((name) => name !== "minute" && name !== "performanceLabel"));
  }

  it("draw the mean of each interval by the four tags, and nothing of another host, service, command or label", async () => {
    const tags = { host: "web1", service: "Disk", command: "check_disk", performanceLabel: "/" };
    const perfdata = (value: number, label = "/") => `${label}=${value}%;80;90;0;100`;
    await store(
      tags,
      ...[10, 20, 30].map((value, minute) => ({ minute, perfdata: perfdata(value) })),
      { minute: 7, perfdata: perfdata(50) },
      { perfdata: perfdata(1_000, "/var") },
    );
    for (const other of [{ host: "web2" }, { service: "Load" }, { command: "check_other" }])
      await store({ ...tags, ...other }, { perfdata: perfdata(1_000) });
    const select = { ...DRAWN, min: 'mean("min")', max: 'mean("max")' };
    const limits = { warn: 80, crit: 90, min: 0, max: 100 };
    const expected = [
      { minute: 0, value: 15, ...limits },
      { minute: 2, value: 30, ...limits },
      { minute: 6, value: 50, ...limits },
    ];
    expect(await drawn({ tags, select, every: "2m" })).toEqual(expected);
    const patterns = Object.fromEntries(
      Object.entries(tags).map(([name, value]) => [name, `/^${value.replaceAll("/", "\\/")}$/`]),
    );
    expect(await drawn({ tags: patterns, select, every: "2m" })).toEqual(expected);
    // Intervals without a value are there, too: they are the gaps of a line.
    expect(await influxdb.query(panelQuery({ tags, every: "2m" }))).toHaveLength(30);
  });

  it.each([
    ["a=5;8;9", { warn: 8, crit: 9 }, { "warn-fill": "none", "crit-fill": "none" }],
    ["a=5;8:;~:9", { warn: 8, crit: 9 }, { "warn-fill": "none", "crit-fill": "none" }],
    [
      "a=5;2:8;@1:9",
      { "warn-min": 2, "warn-max": 8, "crit-min": 1, "crit-max": 9 },
      { "warn-fill": "outer", "crit-fill": "inner" },
    ],
    ["a=5;;9", { crit: 9 }, { "crit-fill": "none" }],
    ["a=5", {}, {}],
  ])("have the lines of the thresholds of %s, and how they are filled", async (perfdata, lines, fills) => {
    const host = `limits ${perfdata}`;
    await store({ host }, { perfdata });
    const tags = { host, service: "s", command: "check_x", performanceLabel: "a" };
    expect(await drawn({ tags })).toEqual([{ minute: 0, value: 5, ...lines }]);
    const [row = {}] = await influxdb.query(`select * from metrics where host='${host}'`);
    const stored = Object.entries(row).filter(([name, value]) => name.endsWith("-fill") && value !== null);
    expect(Object.fromEntries(stored)).toEqual(fills);
  });

  it("draw one line where thresholds change and a downtime comes, and mark the downtime", async () => {
    await store(
      { host: "marked" },
      { minute: 0, perfdata: "a=1;8;9" },
      { minute: 1, perfdata: "a=2;8;9", isInDowntime: true },
      { minute: 2, perfdata: "a=3;2:8;9", isInDowntime: true },
      { minute: 3, perfdata: "a=4" },
    );
    const tags = { host: "marked", service: "s", performanceLabel: "a" };
    const select = { value: 'mean("value")' };
    const values = [1, 2, 3, 4].map((value, minute) => ({ minute, value }));
    expect(await drawn({ tags, select })).toEqual(values);
    expect(await drawn({ tags: { ...tags, downtime: "true" }, select })).toEqual(values.slice(1, 3));
  });

  it("draw what a counter grows by in a second, and no point where it begins anew", async () => {
    const counts = [1_000, 1_600, 100, 700];
    await store(
      { host: "counter" },
      ...counts.map((count, minute) => ({ minute, perfdata: `octets=${count}c` })),
    );
    const tags = { host: "counter", service: "s", performanceLabel: "octets" };
    const select = { value: 'non_negative_derivative(mean("value"), 1s)' };
    expect(await drawn({ tags, select })).toEqual([
      { minute: 1, value: 10 },
      { minute: 3, value: 10 },
    ]);
  });

  it("find each label by the name that histou's query gives it", async () => {
    const labels = ["C:\\", "D:\\ used %", "it''s", "größe", "a=b, c", "/var/lib", "x.y[0]", "100%"];
    await store({ host: "names" }, { perfdata: labels.map((label, at) => `'${label}'=${at}`).join(" ") });
    const found = await influxdb.query(
      "select * from metrics where host='names' and service='s' GROUP BY performanceLabel ORDER BY time DESC LIMIT 1 SLIMIT 101",
    );
    expect(found).toHaveLength(labels.length);
    for (const { performanceLabel, value } of found) {
      const tags = { host: "names", service: "s", performanceLabel: String(performanceLabel) };
      expect(await drawn({ tags })).toEqual([{ minute: 0, value }]);
    }
  });

  it("keep the annotations that nagflux has written, and have none where there are none", async () => {
    const kinds = ["host_notification", "service_notification", "comment", "acknowledgement", "downtime"];
    const range = `time >= ${BEGIN}000ms and time <= ${BEGIN + 3_599}999ms`;
    const annotations = (type: string, service: string) =>
      influxdb.query(
        `SELECT * FROM messages WHERE type = '${type}' AND host = 'web1' AND service = '${service}' AND ${range}`,
      );
    await store({ host: "web1", service: "new" }, { perfdata: "a=1" });
    for (const kind of kinds) expect(await annotations(kind, "new")).toEqual([]);
    // As nagflux writes what it has from livestatus.
    const old = `messages,host=web1,service=old,type=comment,author=ada value="new disk" ${BEGIN}000\n`;
    const url = `${influxdb.url}/write?db=nagflux&precision=ms`;
    expect(await write(url, old)).toEqual({ kind: "written", refusals: [] });
    await store({ host: "web1", service: "old" }, { perfdata: "a=1" });
    expect(await annotations("comment", "old")).toMatchObject([
      { type: "comment", author: "ada", value: "new disk" },
    ]);
    expect(await annotations("comment", "new")).toEqual([]);
  });

  it("show Sakuli's suite, cases and steps by the names that its template looks for", async () => {
    // The record has the command of the passive check, the perfdata that of Sakuli.
    await store(
      { host: "client", service: "shop", command: "check_dummy" },
      { minute: 0, perfdata: sakuliPerfdata(46.96, 14.13) },
      { minute: 1, perfdata: sakuliPerfdata(48, 15) },
    );
    const of = (performanceLabel: string) => ({
      host: "client",
      service: "shop",
      command: "check_sakuli",
      performanceLabel,
    });
    const shown = await influxdb.query(
      `SHOW TAG VALUES WITH KEY = "performanceLabel" WHERE "host" = 'client' AND "service" = 'shop'`,
    );
    const cases = shown.map(({ value }) => /^c_(\d\d\d)/.exec(String(value))?.[1]);
    expect(new Set(cases)).toEqual(new Set([undefined, "001", "002"]));

    const select = { value: 'mean("value")' };
    const suite = await drawn({ tags: of("suite_shop") });
    expect(suite).toEqual([
      { minute: 0, value: 46.96, warn: 300, crit: 400 },
      { minute: 1, value: 48, warn: 300, crit: 400 },
    ]);
    expect(await drawn({ tags: of("suite__warning"), select })).toMatchObject([
      { value: 300 },
      { value: 300 },
    ]);
    const by = ', "performanceLabel"';
    expect(await drawn({ tags: of("/^c_001_[^_].*$/"), select, by })).toEqual([
      { performanceLabel: "c_001_login", minute: 0, value: 14.13 },
      { performanceLabel: "c_001_login", minute: 1, value: 15 },
    ]);
    expect(await drawn({ tags: of("/^s_001.*$/"), select, by })).toMatchObject([
      { performanceLabel: "s_001_001_open", value: 1.28 },
      { performanceLabel: "s_001_001_open", value: 1.28 },
      { performanceLabel: "s_001_002_log_in", value: 2.5 },
      { performanceLabel: "s_001_002_log_in", value: 2.5 },
    ]);
    const states = await influxdb.query(
      `SELECT last("value") AS "value" FROM "metrics" WHERE (${conditions(of("c_002__state"))}) AND time >= ${BEGIN}000ms`,
    );
    expect(states).toMatchObject([{ value: 2 }]);
  });
});
