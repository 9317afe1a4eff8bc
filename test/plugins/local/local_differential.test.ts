import { afterAll, describe, expect, it } from "vitest";
import { findPlugin } from "../core/real-plugins.ts";
import { type Choices, RUNS, randomLines, SEED, seldom, share } from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import { LOCAL_FORMS } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";
import { compareOn, type FakeMachine, MOUNTED, mayHaveMounts } from "./machine.ts";
import type { LocalCheck } from "./machine-run.ts";

const MACHINES: readonly FakeMachine[] = [
  {
    loadavg: "0.00 0.01 0.05",
    cpus: "0",
    swap: { total: 0, free: 0, cached: 0 },
    utmp: undefined,
  },
  {
    loadavg: "3.99 4.00 4.01",
    cpus: "0-3",
    swap: { total: 2_097_148, free: 1_999_999, cached: 1_023 },
    utmp: [2, 1, 7, 8, 7, 6, 7],
  },
  {
    loadavg: "12.34 9.87 6.54",
    cpus: "0-1,4,6-7",
    swap: { total: 999_424, free: 99_942, cached: 5_000 },
    utmp: Array.from({ length: 30 }, () => 7),
  },
  {
    loadavg: "170.25 120.5 88.01",
    cpus: "0-63",
    swap: { total: 71_303_164, free: 100, cached: 0 },
    utmp: [],
  },
];

const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);
const NUMBERS = ["0", "1", "5", "10", "100", "1e2", "0x10", ".5", "3.99", "-1", "", "abc", "5 ", "1048576"];
const RANGES = [...NUMBERS, "10:", "~:10", "@1:5", "5:10", "10:5", "@:0", ":", "@"];
const LOADS = [
  "5,4,3",
  "10,6,4",
  "5",
  "5,4",
  "5,4,3,2",
  "5;4;3",
  "5,x",
  "x",
  ",",
  "1 2 3",
  "4,4,4",
  "nan",
  "",
  "-1,2",
];
const AMOUNTS = [
  ...NUMBERS,
  "20%",
  "10%",
  "0%",
  "100%",
  "101%",
  "abc%",
  "-5%",
  "5.5%",
  "1000000000",
  "90%",
  "99999999999999999999",
];

const GRAMMAR: Readonly<Record<LocalCheck, readonly Choices[]>> = {
  check_load: [
    seldom([["-r"], ["--percpu"]], 5),
    seldom([...given("-w", LOADS), ["--warning=5,4,3"]], 1),
    [...given("-c", [...LOADS, "9", "9", "20", "20,15,10"]), ["--critical=30"], []],
    seldom([["-n", "0"], ["-n", "x"], ["-n5"], ["word"], ["-v"], ["--perc"]], 8),
  ],
  check_users: [
    seldom([["-v"]], 9),
    seldom([...given("-w", RANGES), ["-w5"]], 1),
    seldom([...given("-c", RANGES), ["--critical=50"]], 1),
    seldom([["5"], ["5", "10"], ["-x"], ["--", "3"]], 7),
  ],
  check_swap: [
    seldom([["-a"], ["-v"], ["-vv"], ["-vvv"], ["--allswaps"]], 7),
    seldom(given("-n", ["ok", "WARNING", "3", "Unknown", "x", ""]), 7),
    seldom([...given("-w", AMOUNTS), ["--warning=50%"]], 1),
    [...given("-c", AMOUNTS), ["-c5%"], ["--critical=1%"], []],
    seldom([["word"], ["-w", "30%"]], 9),
  ],
  check_disk: [
    seldom([["-e"], ["-q"], ["-l"], ["-P"], ["-M"], ["-f"], ["-eP"], ["-lM"]], 3),
    seldom([["-E"], ["--exact-match"]], 8),
    seldom([["-k"], ["-m"], ...given("-u", ["bytes", "kB", "MB", "GiB", "TB", "PB", "KB", "gb"])], 7),
    [
      ...given("-w", ["20%", "10", "5:10%", "@3", "99.5%", "100%", "1000000", "10:5", "x", ""]),
      [],
      ["--warning=30%"],
    ],
    [...given("-c", ["10%", "5", "0", "~:5%", "@1:2", "50%", "101%"]), [], ["--critical=3%"]],
    seldom([...given("-W", ["10", "50%", "99%", "@5:10"]), ["-K", "5"], ["-W", "90", "-K", "80"]], 6),
    seldom(
      [
        ["-X", "tmpfs"],
        ["-X", "proc", "-X", "ext4"],
        ["-N", "tmpfs"],
        ["-N", "ramfs", "-N", "x"],
      ],
      6,
    ),
    seldom([...given("-x", [MOUNTED.small, "full", "/", "srv:/share"])], 7),
    seldom(
      [
        ...given("-p", [
          ...Object.values(MOUNTED),
          "/",
          "/tmp",
          "/run/small/inner",
          "/run/nowhere",
          "small",
          "relative",
        ]),
        ["-p", MOUNTED.small, "-w", "50%", "-p", MOUNTED.full],
        ["-p", MOUNTED.full, "-p", MOUNTED.spaced, "-p", MOUNTED.full],
        ["--partition=/proc", "--path=/run/full/data"],
      ],
      2,
    ),
    seldom([["-t", "5"], ["-to", "3"], ["-v"], ["-C"], ["-A"], ["80", "90"], ["-g", "x"], ["-r", "run"]], 8),
  ],
  check_procs: [
    seldom([...given("-w", RANGES), ["--warning=5"]], 2),
    seldom([...given("-c", RANGES), ["-c1:"]], 2),
    seldom([...given("-s", ["RSZDT", "Z", "T", "Zs", "x", "RD", "t"]), ["--status=SZ"]], 3),
    seldom(
      given("-C", ["no-such-program", "kthreadd", "ps", "check_procs", "unshare", "a b", "0:0", "?"]),
      4,
    ),
    seldom(given("-a", ["no such words", "axwwo stat", "[kthreadd]", "machine-run.ts.x", "caf\xc3\xa9"]), 6),
    seldom(
      [
        ["-p", "2"],
        ["-p", "1x"],
        ["-p", "999999"],
        ["-p", "x"],
        ["-p", "5", "-p", "2"],
      ],
      7,
    ),
    seldom([["-k"], ["-t", "20"], ["-v"], ["-m", "CPU"], ["-u", "root"], ["-T"], ["--no-kthreads"]], 8),
    seldom([["5"], ["5", "10"], ["5", "10", "Z"]], 8),
  ],
};

/** How many lines of each check: together they are a family's. */
const PARTS: Readonly<Record<LocalCheck, number>> = {
  check_load: 0.15,
  check_users: 0.1,
  check_swap: 0.15,
  check_disk: 0.3,
  check_procs: 0.1,
};

const MACROS = {
  LOAD: ["5,4,3", "10,6,4", "8", "0.5,0.4", "200"],
  COUNT: ["1", "5", "20", "30"],
  PERCENT: ["20%", "10%", "5%", "50%", "95%"],
  PATH: [...Object.values(MOUNTED), "/", "/tmp", "/boot", "/var/lib"],
  PROGRAM: ["no-such-program", "kthreadd", "gearmand"],
};

const report = new FamilyReport("the machine's own checks");
const isThere = findPlugin("check_load") !== undefined && mayHaveMounts();

describe.skipIf(!isThere)("the same answers as the plugins", () => {
  afterAll(() => report.print());
  const timeout = 120_000 + 200 * RUNS;

  async function expectSame(at: number, task: Parameters<typeof compareOn>[1], mayLeave: number) {
    const machine = MACHINES[at];
    if (machine === undefined) throw new Error(`there is no machine ${at}`);
    const compared = await compareOn(machine, task);
    for (const each of compared) report.add(each);
    expect(compared.flatMap(({ differences }) => differences)).toEqual([]);
    const sum = (count: (one: (typeof compared)[number]) => number) =>
      compared.map(count).reduce((a, b) => a + b, 0);
    const left = sum(({ executed, declined }) => executed + declined.length);
    expect(left).toBeLessThanOrEqual(mayLeave * (left + sum(({ equal }) => equal)));
  }

  it.each(MACHINES.keys().toArray())("on machine %i", { timeout }, (at) => {
    const lines = Object.entries(GRAMMAR).map(([name, rows]) => {
      const count = share((PARTS[name as LocalCheck] ?? 0) / MACHINES.length);
      const all = [...randomLines(rows, { count, seed: SEED + at })];
      return [name, all] as const;
    });
    return expectSame(at, Object.fromEntries(lines), 0.7);
  });

  it("about the number of all processes, and of those that are not the kernel's", { timeout }, async () => {
    const [machine] = MACHINES;
    if (machine === undefined) throw new Error("there is no machine");
    const lines = ["-w 250 -c 400", "-w 1 -c 2", "-c 1:1", "-k", "-k -w 1 -c 400", "250 400", ""];
    const words = lines.map((line) => line.split(" ").filter((word) => word !== ""));
    const [compared] = await compareOn(machine, { check_procs: words });
    expect(compared).toMatchObject({ equal: lines.length, declined: [], differences: [] });
  });

  it.each(MACHINES.keys().toArray())("on machine %i, as configurations call them", { timeout }, (at) => {
    const all = [
      ...realLines(LOCAL_FORMS, MACROS, { count: share(0.25 / MACHINES.length), seed: SEED + at }),
    ];
    const byCheck = Map.groupBy(all, ([name = ""]) => name);
    const lines = [...byCheck].map(([name, each]) => [name, each.map(([, ...argv]) => argv)] as const);
    return expectSame(at, Object.fromEntries(lines), 0.35);
  });
});
