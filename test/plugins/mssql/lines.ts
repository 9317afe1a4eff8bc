import { type Choices, seldom } from "../differential.ts";

/** Logins, with which all servers of the tests are asked. */
const LOGIN = ["--username", "mon", "--password", "secret"];

export const LOGINS: Choices = [
  ...Array.from({ length: 8 }, () => LOGIN),
  ["--username=mon", "--password=secret"],
  ["--username", "rfc3986://m%6fn", "--password", "rfc3986://secret"],
  ["--username", "DOM\\mon", "--password", "nt"],
  [...LOGIN, "--currentdb", "Sales"],
];

const RANGES = ["10", "10:", "~:10", "@10:50", "40:50", "0", "-1:1", "x", "10:20:30", ".5", "5", "95:", "1:"];
const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);

const COMMON: readonly Choices[] = [
  seldom(given("--warning", RANGES), 5),
  seldom(given("--critical", RANGES), 6),
  seldom(
    [
      ["--negate", "warning=critical"],
      ["--negate", "ok=unknown", "--negate", "CRITICAL=ok"],
    ],
    9,
  ),
  seldom(
    [["--multiline"], ["--report", "short"], ["--report=long"], ["--commit"], ["-t", "30"], ["--timeout=20"]],
    8,
  ),
];

const NAMES = ["master", "SALES", "tempdb", "Zoo", "mirrored", "nothing", "shared", "closed"];
const PATTERNS = ["^(master|Sales)$", "e", "^re", "[xyz]", "^(?!(tempdb|Zoo))", "\\d", "s$", "(", "a{2}"];

const SELECTION: readonly Choices[] = [
  seldom([...given("--name", NAMES), ...given("--name", PATTERNS).map((words) => [...words, "--regexp"])], 4),
  seldom([["--notemp"], ["--nooffline"], ["--notemp", "--nooffline"]], 7),
];

const FREE: readonly Choices[] = [
  ...SELECTION,
  seldom(given("--units", ["%", "MB", "GB", "KB", "mb", "TB"]), 5),
  seldom([["--offlineok"], ["--mitigation", "2"], ["--mitigation=critical"], ["--mitigation", "ok=3"]], 8),
  seldom(given("--name2", ["Sales", "Sales::ARCHIVE", "master::PRIMARY"]), 9),
  seldom(
    [["--warningx", "db_sales_free_pct=50:"], ["--criticalx=db_master_free=99999:"], ["--warningx", "db*=1"]],
    9,
  ),
];

const STATEMENTS = [
  "select 42",
  "select 0",
  "select -7",
  "SELECT COUNT(*) FROM sessions",
  "select%20COUNT(*)%20from%20nowhere",
  "rfc3986://select%2042",
  "select big",
  "select flag",
  "select 98.5",
  "select whole",
  "select e",
  "select three",
  "select real",
  "select price",
  "select word",
  "select status",
  "select digits",
  "select padded",
  "select null",
  "select nothing",
  "select two",
  "exec sp_sizes",
  "select wrong from nowhere",
  "print 'hello'",
];

const SQL: readonly Choices[] = [
  given("--name", STATEMENTS),
  seldom(given("--name2", ["Sessions", "one two three", " padded", "a|b", "it's"]), 5),
  seldom(given("--units", ["s", "%", "MB"]), 7),
];

const TEXTS: readonly Choices[] = [
  given("--name", [
    "select word",
    "select status",
    "select 42",
    "select nothing",
    "select null",
    "select 98.5",
  ]),
  [["--regexp"]],
  given("--name2", [
    "well",
    "!well",
    "^OK",
    "!^OK",
    "\\d+",
    "^42$",
    "(a|b)",
    "all.*well",
    "x{2}",
    "(unclosed",
    "OK$",
  ]),
];

/** The words of each mode besides those of the connection. */
export const MODE_ROWS: Readonly<Record<string, readonly Choices[]>> = {
  "connected-users": COMMON,
  uptime: COMMON,
  "database-online": [...COMMON, ...SELECTION],
  "database-free": [...COMMON, ...FREE],
  "database-data-free": [...COMMON, ...FREE],
  "database-log-free": [...COMMON, ...FREE],
  "backup-age": [
    ...[...COMMON, ...SELECTION],
    seldom(
      [["--mitigation", "ok=24"], ["--mitigation", "1"], ["--mitigation=unknown"], ["--check-all-replicas"]],
      6,
    ),
    seldom([["--warningx", "Sales_bck_age=70"]], 9),
  ],
  "database-backup-age": [...COMMON, ...SELECTION],
  "failed-jobs": [
    ...COMMON,
    seldom([["--lookback", "5"], ["--lookback", "100000"], ["--lookback=60"]], 5),
    seldom(
      [
        ["--name", "backup"],
        ["--name", "^(new|old)", "--regexp"],
        ["--name", "cdc.Sales_capture"],
      ],
      7,
    ),
    seldom([["--criticalx", "job_long_runtime=9000"]], 9),
  ],
  "page-life-expectancy": COMMON,
  "mem-pool-data-buffer-hit-ratio": COMMON,
  "buffer-cache-hit-ratio": COMMON,
  sql: [...COMMON, ...SQL],
  "sql ": [...COMMON, ...TEXTS],
  "sql-runtime": [...COMMON, ...SQL],
  "connection-time": COMMON,
};

/** Modes that compare with the run before, and so are run one after the other. */
export const COUNTING_MODES = ["batch-requests", "cpu-busy", "io-busy"] as const;

export const COUNTING_ROWS = COMMON;
