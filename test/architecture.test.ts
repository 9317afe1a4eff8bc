import { globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { type Import, type Module, readModules, toModule } from "./support/modules.ts";

/** Files of src/ itself which every room of src/ may import. */
const GROUND = [
  "byte-string",
  "collect-garbage",
  "error-text",
  "log",
  "open-file",
  "probe-server",
  "seldom",
  "terminal",
];

/**
 * The rooms from the ground up, each with the rooms it may import besides itself and the ground. A row names
 * only rooms that are listed before it, which are lower in the house, and only arrows that some file uses.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  libc: [],
  sdk: ["libc"],
  transport: ["libc", "sdk"],
  family: ["libc", "sdk", "transport"],
  shelf: ["sdk", "transport", "family"],
  "byte-string": [],
  "collect-garbage": [],
  "open-file": [],
  "error-text": [],
  "probe-server": [],
  seldom: [],
  terminal: [],
  log: [],
  system: [],
  gearman: [],
  payload: [],
  job: ["payload"],
  config: ["sdk", "gearman", "job"],
  handlers: [],
  outcome: [],
  executor: ["outcome"],
  run: ["sdk", "config", "job", "outcome", "executor"],
  result: ["gearman", "job", "outcome"],
  worker: ["sdk", "gearman", "config", "payload", "job", "handlers", "outcome", "executor", "run", "result"],
  demo: ["sdk", "gearman", "config", "payload", "worker"],
  survey: ["sdk", "config", "outcome", "run"],
  doctor: ["gearman", "config", "payload", "job", "outcome", "executor"],
  control: ["worker"],
  metrics: ["config", "payload", "job", "handlers", "outcome", "worker"],
  tools: ["gearman", "config", "payload", "outcome", "executor", "result"],
  page: ["config", "payload", "job", "outcome", "worker"],
  spool: [],
  backends: ["config"],
  influxdb: ["gearman", "payload", "config", "spool", "backends"],
  "metrics-text": [],
  "chat-server": [],
  zulip: ["gearman", "config", "handlers", "spool", "backends", "metrics-text"],
  cli: [
    "sdk",
    "shelf",
    "config",
    "job",
    "handlers",
    "outcome",
    "executor",
    "run",
    "result",
    "worker",
    "system",
    "demo",
    "survey",
    "doctor",
    "control",
    "metrics",
    "tools",
    "page",
    "spool",
    "backends",
    "influxdb",
    "chat-server",
    "zulip",
  ],
  index: ["shelf", "config", "worker"],
};

/** Where a package may be imported: one file each, so that a driver can be replaced in one place. */
const DOORS: Readonly<Record<string, string>> = {
  pino: "src/log.ts",
  mssql: "plugins/mssql/client/driver.ts",
  "net-snmp": "plugins/snmp/session/session.ts",
  "prom-client": "src/metrics/registry.ts",
  bcryptjs: "src/page/web/login.ts",
  mysql2: "plugins/mysql/client/session.ts",
  pg: "plugins/pgsql/client/session.ts",
  ssh2: "plugins/ssh/client/connection.ts",
};

/** getaddrinfo blocks a thread of the few there are: sdk/resolve.ts decides which. */
const RESOLVES = "sdk/names/getaddrinfo.ts";

/** Folders that may hold a single file. */
const SINGLE_FILE_FOLDERS: readonly string[] = [];

/** The one place that loads files nobody could name beforehand: the thread of a site's own checks. */
const LOADS_COMPUTED = ["src/run/site/inside/entry.ts"];

/** Tells the author of a check what the check has called. */
const NAMES_EXIT = ["src/run/site/threads/ending.ts"];

const PURE = /^src\/(?:job\/|outcome\/|result\/(?:judge|output|encode)\.ts$)/;
const WITHOUT_IO = ["node:assert", "node:buffer", "node:crypto", "node:util"];
const VAGUE_NAME = /^(?:utils?|lib|common|helpers?|misc|types)(?:\.ts)?$/;
const ENDS_PROCESS = /\bprocess\s*\.\s*(?:exit|exitCode|abort|reallyExit)\b|\bfrom "(?:node:)?process"/;
const MAX_LINES = 299;
const MAX_FILES = 20;
/** The formatter wraps code only. */
const MAX_COLUMNS = JSON.parse(readFileSync("biome.json", "utf8")).formatter.lineWidth;

interface Rule {
  readonly says: string;
  readonly broken: (modules: readonly Module[]) => readonly string[];
  /** Small trees, each of which breaks the rule: they prove that it can fail. */
  readonly bad: readonly Readonly<Record<string, string>>[];
}

const RULES: readonly Rule[] = [
  {
    says: "a room imports only the rooms its row names",
    broken: (modules) =>
      ownImports(modules).flatMap(({ from, target }) => {
        const [room, other] = [roomOf(from), roomOf(target)];
        const ground = /^(?:src|integrations)\//.test(from) ? GROUND : [];
        const allowed = [room, ...(ROOMS[room] ?? []), ...ground];
        if (ROOMS[room] === undefined) return [`${from}: the room ${room} has no row`];
        return allowed.includes(other) ? [] : [`${from} imports ${target}`];
      }),
    bad: [
      { "src/gearman/a.ts": 'import { Job } from "../job/job.ts";' },
      { "src/payload/a.ts": 'import type { Config } from "../config/load.ts";' },
      { "src/job/a.ts": 'export { run } from "../run/route.ts";' },
      { "src/executor/a.ts": 'import type { Route } from "../run/routing/route.ts";' },
      { "src/outcome/a.ts": 'import type { Job } from "../job/job.ts";' },
      { "src/executor/shells/a.ts": 'import type { Job } from "../../job/job.ts";' },
      { "src/run/a.ts": 'const { judge } = await import("../result/judge.ts");' },
      { "src/worker/a.ts": 'import { BUILTIN_CHECKS } from "../../plugins/index.ts";' },
      { "src/run/a.ts": 'import { check } from "../../plugins/tcp/check_tcp.ts";' },
      { "src/attic/a.ts": 'import { log } from "../log.ts";' },
      { "plugins/tcp/check_a.ts": 'import { createLog } from "../../src/log.ts";' },
      { "sdk/a.ts": 'import type { Check } from "../plugins/core/check_dummy.ts";' },
      { "src/worker/a.ts": 'import { write } from "../../integrations/influxdb/write.ts";' },
      { "plugins/libc/a.ts": 'import type { State } from "../../sdk/state.ts";' },
      { "plugins/transport/a.ts": 'import { checkTcp } from "../tcp/check_tcp.ts";' },
    ],
  },
  {
    says: "every arrow a row permits is used by some file",
    broken: (modules) => {
      const used = new Set(
        ownImports(modules).map(({ from, target }) => `${roomOf(from)} → ${roomOf(target)}`),
      );
      const rows = Object.entries(ROOMS).filter(([room]) =>
        modules.some(({ path }) => roomOf(path) === room),
      );
      return rows
        .flatMap(([room, others]) => others.map((other) => `${room} → ${other}`))
        .filter((arrow) => !used.has(arrow));
    },
    bad: [{ "src/executor/a.ts": 'import { log } from "../log.ts";' }],
  },
  {
    says: "no import cycles, type-only ones included",
    broken: cycles,
    bad: [
      {
        "src/run/a.ts": 'import { b } from "./b.ts";',
        "src/run/b.ts": 'import { c } from "./c.ts";',
        "src/run/c.ts": 'import type { A } from "./a.ts";',
      },
      { "src/run/a.ts": 'import type { A } from "./a.ts";' },
    ],
  },
  {
    says: "no family imports another",
    broken: (modules) =>
      ownImports(modules)
        .filter(({ from, target }) => roomOf(from) === "family" && roomOf(target) === "family")
        .filter(({ from, target }) => familyOf(from) !== familyOf(target))
        .map(({ from, target }) => `${from} imports ${target}`),
    bad: [{ "plugins/tcp/check_a.ts": 'import { session } from "../snmp/session.ts";' }],
  },
  {
    says: "an npm package is imported through its one door",
    broken: (modules) =>
      importsOf(modules, "package")
        .filter(({ from, target }) => DOORS[target] !== from)
        .map(({ from, target }) => `${from} imports ${target}`),
    bad: [
      { "src/worker/a.ts": 'import type { Logger } from "pino";' },
      { "src/log.ts": 'import { execa } from "execa";' },
      { "sdk/a.ts": 'import { pino } from "pino";' },
      { "plugins/tcp/check_a.ts": 'const { Client } = await import("ssh2");' },
    ],
  },
  {
    says: "getaddrinfo is called in one place",
    broken: (modules) =>
      importsOf(modules, "builtin")
        .filter(({ from, target }) => /^node:dns\b/.test(target) && from !== RESOLVES)
        .map(({ from, target }) => `${from} imports ${target}`),
    bad: [
      { "plugins/tcp/check_a.ts": 'import { lookup } from "node:dns/promises";' },
      { "src/worker/a.ts": 'const { resolve4 } = await import("node:dns");' },
    ],
  },
  {
    says: "job, outcome, and judge, output and encode of result do no I/O, nor does what they import",
    broken: (modules) =>
      modules.filter(({ path }) => PURE.test(path)).flatMap((module) => reachedIo(module, modules)),
    bad: [
      { "src/job/decode.ts": 'import { globSync, readFileSync } from "node:fs";' },
      { "src/outcome/refusal.ts": 'import { globSync, readFileSync } from "node:fs";' },
      { "src/result/judge.ts": 'const { spawn } = await import("node:child_process");' },
      {
        "src/result/encode.ts": 'import { seal } from "../payload/crypt.ts";',
        "src/payload/crypt.ts": 'import { connect } from "node:net";',
      },
    ],
  },
  {
    says: "only the thread of a site's checks loads files by a computed path",
    broken: (modules) =>
      modules
        .filter((module) => module.importsComputed && !LOADS_COMPUTED.includes(module.path))
        .map((module) => module.path),
    bad: [{ "src/worker/a.ts": "await import(path);" }],
  },
  {
    says: "only cli ends the process",
    broken: (modules) =>
      modules
        .filter(({ path, code }) => roomOf(path) !== "cli" && ENDS_PROCESS.test(code))
        .filter(({ path }) => !NAMES_EXIT.includes(path))
        .map((module) => module.path),
    bad: [
      { "src/worker/a.ts": "if (failed) process.exit(1);" },
      { "src/run/a.ts": 'import { exit } from "node:process";' },
      { "plugins/tcp/check_a.ts": "process.exitCode = 2;" },
    ],
  },
  {
    says: "a folder holds more than one file",
    broken: (modules) =>
      [...folders(modules)]
        .filter(([folder, entries]) => entries.size === 1 && !SINGLE_FILE_FOLDERS.includes(folder))
        .map(([folder]) => folder),
    bad: [{ "src/a/a.ts": "", "src/b.ts": "" }],
  },
  {
    says: "a folder holds no more files than a reader can take in",
    broken: (modules) =>
      [...folders(modules)]
        .map(
          ([folder, entries]) =>
            [folder, [...entries].filter((entry) => entry.endsWith(".ts")).length] as const,
        )
        .filter(([, files]) => files > MAX_FILES)
        .map(([folder, files]) => `${folder}: ${files} files`),
    bad: [Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`src/run/a${at}.ts`, ""]))],
  },
  {
    says: "a name says what a file is, not where it is kept",
    broken: (modules) =>
      modules.map(({ path }) => path).filter((path) => path.split("/").some((word) => VAGUE_NAME.test(word))),
    bad: ["src/utils/a.ts", "src/run/types.ts", "plugins/common/a.ts", "src/helper.ts"].map((path) => ({
      [path]: "",
    })),
  },
  {
    says: "a file stays under 300 lines",
    broken: (modules) =>
      modules.filter(({ lines }) => lines > MAX_LINES).map(({ path, lines }) => `${path}: ${lines} lines`),
    bad: [{ "src/run/a.ts": "a;\n".repeat(300) }],
  },
  {
    says: "comments are as wide as the formatter lets code be",
    broken: (modules) =>
      modules
        .filter(({ commentWidth }) => commentWidth > MAX_COLUMNS)
        .map(({ path, commentWidth }) => `${path}: ${commentWidth} columns`),
    bad: ["// ", "/** ", " * "].map((begin) => ({ "src/run/a.ts": `${begin}${"word ".repeat(30)}` })),
  },
];

/** Rules for bench/ and fuzz/, whose folders have no rows. */
const HOLD_FOR_BENCH: readonly string[] = [
  "no import cycles, type-only ones included",
  "a folder holds more than one file",
  "a folder holds no more files than a reader can take in",
  "a file stays under 300 lines",
  "comments are as wide as the formatter lets code be",
];

describe("the house", () => {
  const tree = readModules("src", "plugins", "sdk", "integrations");

  it("has modules to look at", () => {
    expect(tree.length).toBeGreaterThan(1);
  });

  it("has rows that name only rooms above them", () => {
    const rooms = Object.keys(ROOMS);
    const backwards = Object.entries(ROOMS).flatMap(([room, others]) =>
      others
        .filter((other) => !rooms.slice(0, rooms.indexOf(room)).includes(other))
        .map((other) => `${room} → ${other}`),
    );
    expect(backwards).toEqual([]);
  });

  describe.each(RULES)("$says", ({ broken, bad }) => {
    it("holds", () => expect(broken(tree)).toEqual([]));

    it.each(bad)("can fail, sample %#", (sample) => {
      const modules = Object.entries(sample).map(([path, text]) => toModule(path, text));
      expect(broken(modules)).not.toEqual([]);
    });
  });
});

describe.each(["bench", "fuzz"])("the files of %s", (folder) => {
  const modules = readModules(folder);
  const rules = RULES.filter(({ says }) => HOLD_FOR_BENCH.includes(says));

  it("have modules to look at, and every rule named for them", () => {
    expect(modules.length).toBeGreaterThan(1);
    expect(rules).toHaveLength(HOLD_FOR_BENCH.length);
  });

  it.each(rules)("$says", ({ broken }) => expect(broken(modules)).toEqual([]));
});

describe("the scripts of the chart", () => {
  const modules = readModules("helm");
  // Beside them are the files of the chart, which are no modules.
  const rules = RULES.filter(
    ({ says }) => HOLD_FOR_BENCH.includes(says) && !/^a folder holds more/.test(says),
  );

  it.each(rules)("$says", ({ broken }) => {
    expect(modules.length).toBeGreaterThan(1);
    expect(broken(modules)).toEqual([]);
  });
});

it("the tests' comments are as wide as the formatter lets code be", () => {
  const rule = RULES.find(({ says }) => says.startsWith("comments are"));
  const modules = readModules("test").filter(({ path }) => !path.startsWith("test/fixtures/"));
  expect(rule?.broken(modules)).toEqual([]);
});

it("no object literal is spread into another one: properties that no type has would not be found", () => {
  const spread = /\.\.\.\{/;
  expect("({ ...{ a: 1 } })").toMatch(spread);
  const paths = globSync("{src,plugins,sdk,integrations,helm,bench,fuzz,test,examples}/**/*.{ts,js}");
  expect(paths.length).toBeGreaterThan(1000);
  expect(paths.filter((path) => spread.test(readFileSync(path, "utf8")))).toEqual([
    "test/architecture.test.ts",
  ]);
});

it("a file of Perl or Python stays under 300 lines", () => {
  const paths = globSync("{src,plugins,sdk,integrations,bench}/**/*.{pl,pm,py}");
  const tooLong = paths.filter((path) => countLines(readFileSync(path, "utf8")) > MAX_LINES);
  expect(paths.length).toBeGreaterThan(1);
  expect(tooLong).toEqual([]);
});

function countLines(text: string): number {
  return text.trimEnd().split("\n").length;
}

/** `src/gearman/packet.ts` → `gearman`, `src/log.ts` → `log`, a plugin's folder → `family`. */
function roomOf(path: string): string {
  if (path.startsWith("sdk/")) return "sdk";
  if (path.startsWith("plugins/libc/")) return "libc";
  if (path.startsWith("plugins/transport/")) return "transport";
  if (/^plugins\/[^/]+\.ts$/.test(path)) return "shelf";
  if (path.startsWith("plugins/")) return "family";
  return (path.split("/")[1] ?? path).replace(/\.ts$/, "");
}

/** `plugins/ssh/openssh/config.ts` → `ssh` */
function familyOf(path: string): string {
  return path.split("/")[1] ?? path;
}

type Arrow = Import & { readonly from: string };

function importsOf(modules: readonly Module[], kind: Import["kind"]): readonly Arrow[] {
  return modules
    .flatMap(({ path, imports }) => imports.map((one) => ({ ...one, from: path })))
    .filter((arrow) => arrow.kind === kind);
}

function ownImports(modules: readonly Module[]): readonly Arrow[] {
  return importsOf(modules, "own");
}

function cycles(modules: readonly Module[]): readonly string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
    if (trail.includes(path) || done.has(path)) return;
    for (const { target } of byPath.get(path)?.imports ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of modules) visit(path, []);
  return found;
}

/** What a module loads at run time, itself or through others, that could do I/O. */
function reachedIo(start: Module, modules: readonly Module[]): readonly string[] {
  const reached = new Set([start]);
  const found: string[] = [];
  for (const module of reached) {
    for (const { target, kind } of module.imports.filter((one) => !one.isTypeOnly)) {
      if (kind === "builtin" && WITHOUT_IO.includes(target)) continue;
      const next = modules.find(({ path }) => path === target);
      if (next) reached.add(next);
      else if (kind !== "own") found.push(`${start.path} reaches ${target} in ${module.path}`);
    }
  }
  return found;
}

/** Every folder with what lies directly in it, files and folders. */
function folders(modules: readonly Module[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { path } of modules) {
    for (let entry = path; posix.dirname(entry) !== "."; entry = posix.dirname(entry)) {
      const folder = posix.dirname(entry);
      found.set(folder, (found.get(folder) ?? new Set()).add(entry));
    }
  }
  return found;
}
