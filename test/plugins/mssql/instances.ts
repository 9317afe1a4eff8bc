import type { Column, Value } from "../../support/tds/columns.ts";
import type { DatabaseModel, Instance, JobModel } from "../../support/tds/sql-server.ts";
import type { Reply } from "../../support/tds/tds-server.ts";

const one = (type: Column["type"], value: Value, more: Partial<Column> = {}): Reply => ({
  results: [{ columns: [{ name: "n", type, ...more }], rows: [[value]] }],
});

/** Statements of operators, with each kind of value. */
const STATEMENTS: Readonly<Record<string, Reply>> = {
  "select 42": one("int", 42),
  "select 0": one("int", 0),
  "select -7": one("smallint", -7),
  "SELECT COUNT(*) FROM sessions": one("int", 3),
  "select big": one("bigint", "9007199254740993"),
  "select flag": one("bit", true),
  "select 98.5": one("numeric", "98.50", { precision: 5, scale: 2 }),
  "select whole": one("decimal", "5.000", { precision: 9, scale: 3 }),
  "select e": one("float", 271_828_182_845e-11),
  "select three": one("float", 3),
  "select tiny": one("float", 0.00001),
  "select real": one("real", 0.1),
  "select price": one("money", 12.5),
  "select word": one("nvarchar", "all is well"),
  "select status": one("varchar", "OK 12|34"),
  "select digits": one("varchar", "17"),
  "select padded": one("varchar", "007"),
  "select null": one("int", null),
  "select nothing": { results: [{ columns: [{ name: "n", type: "int" }], rows: [] }] },
  "select two": {
    results: [
      {
        columns: [
          { name: "a", type: "int" },
          { name: "b", type: "float" },
          { name: "c", type: "int" },
        ],
        rows: [
          [1, 2.5, 3],
          [4, 5, 6],
        ],
      },
    ],
  },
  "exec sp_sizes": {
    results: [
      { columns: [{ name: "a", type: "int" }], rows: [[1], [2]] },
      { columns: [{ name: "b", type: "int" }], rows: [[3]] },
    ],
  },
  "select wrong from nowhere": {
    messages: [{ number: 208, severity: 16, text: "Invalid object name 'nowhere'." }],
  },
  "print 'hello'": { messages: [{ number: 0, severity: 0, text: "hello" }] },
};

const GIB = 131_072;
const NO_LIMIT = -1;
const TWO_TIB = 268_435_456;

const DATABASES: readonly DatabaseModel[] = [
  {
    name: "master",
    files: [
      ["PRIMARY", "master", 1000, NO_LIMIT, 10, 800, "ROWS", "C"],
      ["TLOGS", "mastlog", 500, TWO_TIB, 10, 100, "LOG", "C"],
    ],
  },
  {
    name: "tempdb",
    backupAge: null,
    backupDuration: null,
    files: [
      ["PRIMARY", "tempdev", GIB, NO_LIMIT, 10, 100, "ROWS", "D"],
      ["PRIMARY", "temp2", GIB, NO_LIMIT, 10, 100, "ROWS", "D"],
      ["TLOGS", "templog", 1000, NO_LIMIT, 10, null, "LOG", "D"],
    ],
  },
  {
    name: "Sales",
    backupAge: 60,
    backupDuration: 15,
    files: [
      ["PRIMARY", "sales", 10_000, 10_000, 0, 9700, "ROWS", "E"],
      ["ARCHIVE", "old", 20_000, 30_000, 10, 19_000, "ROWS", "E"],
      ["ARCHIVE", "older", 20_000, NO_LIMIT, 10, 19_999, "ROWS", "F"],
      ["TLOGS", "saleslog", 4000, 4000, 0, 3900, "LOG", "E"],
    ],
  },
  { name: "reports", backupAge: 100, files: [["PRIMARY", "rep", 5000, 6000, 1, 5900, "ROWS", "Q"]] },
  { name: "Zoo", state: 6, stateName: "OFFLINE", collation: null, backupAge: null, age: 10 },
  { name: "mirrored", state: 1, stateName: "RESTORING", role: "MIRROR", collation: null },
  { name: "restoring", state: 1, stateName: "RESTORING", collation: null, backupAge: 3 },
  { name: "recovering", state: 2, stateName: "RECOVERING", collation: null },
  { name: "suspect", state: 4, stateName: "SUSPECT", collation: null, backupAge: 500 },
  { name: "closed", collation: null, backupAge: null, age: 24, files: [] },
];

const JOBS: readonly JobModel[] = [
  {
    name: "backup",
    seconds: 45,
    start: "2024-05-02 11:50:00",
    status: "Succeeded",
    message: "The job succeeded.",
  },
  { name: "index", seconds: 200, start: "2024-05-02 11:45:00", status: "Succeeded", message: "ok" },
  { name: "long", seconds: 4000, start: "2024-05-02 10:50:00", status: "Succeeded", message: "ok" },
  {
    name: "old failure",
    seconds: 5,
    start: "2024-05-01 10:00:00",
    status: "Failed",
    message: "The job failed.",
  },
  {
    name: "new failure",
    seconds: 5,
    start: "2024-05-02 11:55:00",
    status: "Failed",
    message: "The job failed.",
  },
  { name: "again", seconds: 5, start: "2024-05-02 11:58:00", status: "Retry", message: "retrying" },
  { name: "stopped", seconds: 9, start: "2024-05-02 11:57:00", status: "Canceled", message: "by sa" },
  { name: "never", seconds: null, start: null, status: "DidNeverRun", message: null, frequency: 4 },
  {
    name: "cdc.Sales_capture",
    seconds: 90_000,
    start: "2024-05-01 11:00:00",
    status: "Running",
    message: null,
  },
  {
    name: "agent",
    seconds: 90_000,
    start: "2024-05-01 11:00:00",
    status: "Running",
    message: null,
    frequency: 64,
  },
  { name: "now", seconds: 100, start: "2024-05-02 11:58:20", status: "Running", message: null },
];

const COUNTERS = {
  "SQL Statistics/Batch Requests/sec": "123456",
  "Buffer Manager/Page life expectancy": "250",
  "Buffer Manager/Buffer cache hit ratio": "9987",
  "Buffer Manager/Buffer cache hit ratio base": "10000",
};

/** Servers that differ in what decides how they are asked and judged. */
export const INSTANCES: Readonly<Record<string, Instance>> = {
  usual: {
    version:
      "Microsoft SQL Server 2019 (RTM-CU18) (KB5017593) - 15.0.4261.1 (X64) \n\tSep 12 2022 15:07:06 \n\tCopyright (C) 2019 Microsoft Corporation",
    service: "MSSQLSERVER",
    counters: COUNTERS,
    databases: DATABASES,
    jobs: JOBS,
    drives: { C: 2048, D: 100, E: 50, F: 1 },
    statements: STATEMENTS,
  },
  group: {
    version: "Microsoft SQL Server 2016 (SP2) - 13.0.5026.0 (X64) \n\tMar 18 2018",
    service: "PROD",
    hasGroups: true,
    users: 63,
    uptime: 500,
    startedAt: "2024-05-02T11:51:40",
    counters: { ...COUNTERS, "Buffer Manager/Page life expectancy": "90000" },
    hitRatio: "85.2500000000000",
    databases: [
      { name: "master", backupAge: 10, files: [["PRIMARY", "m", 1000, 2000, 1, 900, "ROWS", "C"]] },
      { name: "shared", isJoined: true, isPreferred: 0, backupAge: null, files: [] },
      { name: "primary", isJoined: true, isPreferred: 1, backupAge: 50 },
      {
        name: "replica",
        isSecondary: true,
        isJoined: true,
        isPreferred: 0,
        state: 1,
        stateName: "RESTORING",
      },
    ],
    rights: [0, 0],
    jobs: JOBS.slice(0, 3),
    statements: STATEMENTS,
  },
  old: {
    version: "Microsoft SQL Server 2005 - 9.00.5000.00 (Intel X86) \n\tDec 10 2010",
    service: "MSSQLSERVER",
    users: 90,
    uptime: 250,
    hitRatio: "79.9000000000000",
    counters: { ...COUNTERS, "Buffer Manager/Page life expectancy": "20" },
    cpuBusy: 4_000_000_000,
    ioBusy: 0,
    databases: DATABASES.slice(0, 3),
    jobs: [],
    statements: STATEMENTS,
  },
  bare: {
    version: "Microsoft SQL Server 2022 (RTM) - 16.0.1000.6 (X64) \n\tOct  8 2022",
    service: "EXPRESS",
    users: null,
    cpuBusy: null,
    ioBusy: null,
    hitRatio: null,
    databases: [],
    jobs: [{ name: "none", seconds: null, start: null, status: "DidNeverRun", message: null }],
    statements: STATEMENTS,
  },
};
