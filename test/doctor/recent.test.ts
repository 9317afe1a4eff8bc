import { expect, it } from "vitest";
import { examineRecent, type RecentFacts } from "../../src/doctor/recent.ts";

const NONE: RecentFacts = { unusable: [] };

function found(facts: RecentFacts | undefined): readonly string[] {
  return examineRecent(facts).map(({ about, severity, text }) => `${severity} ${about}: ${text}`);
}

it("says that no worker runs here", () => {
  expect(found(undefined)).toEqual([
    "fine jobs: no worker with this identifier runs here, so no recent jobs were looked at",
  ]);
});

it.each<[number | undefined, readonly string[]]>([
  [undefined, []],
  [0.3, ["fine clock: the times of jobs agree with this machine's clock"]],
  [-1.5, ["fine clock: the times of jobs agree with this machine's clock"]],
  [-7.25, ["warning clock: a job began 7.3 s before the time that the core had planned for it"]],
  [3_600, ["warning clock: of the last minutes no job began less than 3600.0 s after its time"]],
])("judges the clock by the quickest start, %s seconds", (leastLatency, expected) => {
  const lines = found({ ...NONE, leastLatency });
  expect(lines.filter((line) => line.includes("clock:"))).toEqual(expected);
});

it.each<[string, RecentFacts["unreadable"], readonly string[]]>([
  ["nothing if every job could be read", undefined, []],
  [
    "of jobs that could not be read, and why",
    { count: 7, lastTime: 985, why: "wrong key?" },
    ["error jobs: the running worker could not read 7 jobs, the last 15 s ago; wrong key?"],
  ],
  [
    "of a single one",
    { count: 1, lastTime: 1_000, why: "wrong key?" },
    ["error jobs: the running worker could not read a job, the last 0 s ago; wrong key?"],
  ],
  ["nothing of what is long ago, as it may be mended", { count: 7, lastTime: 99, why: "x" }, []],
])("tells %s", (_, unreadable, expected) => {
  const facts = { ...NONE, ...(unreadable && { unreadable }) };
  const lines = examineRecent(facts, 1_000).map(
    ({ severity, about, text, advice }) => `${severity} ${about}: ${text}; ${advice}`,
  );
  expect(lines.filter((line) => line.includes("jobs:"))).toEqual(expected);
});

it("names plugins that cannot be started, and none that has come meanwhile", () => {
  const unusable = [
    { path: "/bin/sh", why: "not found" },
    { path: "/nowhere/check_\x1bx", why: "not found" },
    { path: "/etc/passwd", why: "not executable" },
    { path: "check_without_path", why: "not found" },
  ];
  expect(found({ unusable })).toEqual([
    "warning plugin: /nowhere/check_?x: not found, and recent jobs have named it",
    "warning plugin: /etc/passwd: not executable, and recent jobs have named it",
    "warning plugin: check_without_path: not found, and recent jobs have named it",
  ]);
  expect(found(NONE)).toEqual(["fine plugin: every plugin that recent jobs have named can be started"]);
});
