import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ReadBudget } from "../../../src/config/read/budget.ts";
import { loadConfig, thisMachine } from "../../../src/index.ts";
import { loadMinimal, problemsOf } from "../../support/config/load-memory.ts";
import { createFolder } from "../../support/folder.ts";

const HINT = "(name a file of key=value lines)";

/** The problems of a file that is included after a good server and `encryption=no`. */
function problemsIn(content: string, others: Readonly<Record<string, string>> = {}): readonly string[] {
  const files = { "/w.conf": content, ...others };
  return problemsOf(() => loadMinimal(["config=/w.conf"], { files })) ?? [];
}

/** Before there were bounds, each of these took between four seconds and for ever. */
describe("what is no configuration is told in a moment", () => {
  it("a file that includes itself several times", () => {
    const text = "deep recursion in config files! (/w.conf seems to include itself)";
    expect(problemsIn("config=/w.conf\n".repeat(3))).toEqual(
      [1, 2, 3].map((line) => `/w.conf:${line}: ${text}`),
    );
  });

  it("two files that include one another", () => {
    expect(problemsIn("config=/other\n".repeat(3), { "/other": "config=/w.conf\n".repeat(3) })).toHaveLength(
      3,
    );
  });

  it("files that fan out", () => {
    const fan = (at: number) => [`/${at}`, `config=/${at + 1}\n`.repeat(10)] as const;
    const files = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map(fan));
    const problems = problemsIn("config=/1", { ...files, "/8": "debug=1" });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(
      "is not read: the configuration would have more than 1000 files and folders",
    );
  });

  it("a key of a million characters", () => {
    const shown = "x".repeat(60);
    const { warnings } = loadMinimal(["config=/w.conf"], {
      files: { "/w.conf": `${"x".repeat(1_000_000)}=1` },
    });
    expect(warnings).toMatchObject([{ line: 1, message: `unknown option '${shown}...'` }]);
  });

  it.each([
    ["unknown keys", "unknown option 'x0'", (at: number) => `x${at}=1`],
    ["words", "unknown option '****'", (at: number) => `word${at}`],
    ["wrong values", "debug: 'x' is no whole number, ignored", () => "debug=x"],
  ])("100,000 %s", (_, first, line) => {
    const problems = problemsIn(Array.from({ length: 100_000 }, (_, at) => line(at)).join("\n"));
    expect(problems).toHaveLength(11);
    expect(problems[0]).toBe(`/w.conf:1: warning: ${first}`);
    expect(problems[10]).toBe(
      `/w.conf looks like no configuration: more than 1000 of its lines are wrong ${HINT}`,
    );
  });

  it("50,000 lines of one list", () => {
    const lines = Array.from({ length: 50_000 }, (_, at) => `server=127.0.0.1:${at + 1}`);
    expect(problemsIn(lines.join("\n"))).toEqual([
      "/w.conf: server has more than 1000 lines or 10000 values",
    ]);
  });

  it("a list of 100,000 values in one line, which is a configuration", () => {
    const names = Array.from({ length: 100_000 }, (_, at) => `web${at}`).join(",");
    expect(problemsIn(`server=${names}\nhostgroups=${names}`)).toEqual([]);
  });

  it.each(["#", "-", "=", " \t", "x ", "'", "key "])("a line of a million %j", (part) => {
    expect(problemsIn(`${part.repeat(1_000_000 / part.length)}x`).length).toBeLessThan(2);
  });

  it("a program, or a text of 16 bits a character", () => {
    const text = `/w.conf: /w.conf looks like no configuration: it has NUL bytes ${HINT}`;
    expect(problemsIn("\x7fELF\0\0")).toEqual([text]);
    expect(problemsIn("d\0e\0b\0u\0g\0")).toEqual([text]);
  });
});

describe("on the disk", () => {
  const problemsOfPath = (path: string, option = "config") => {
    const argv = ["server=localhost", "encryption=no", `${option}=${path}`];
    return problemsOf(() => loadConfig(argv, thisMachine())) ?? [];
  };
  const cannot = (path: string, why: string) => [
    `command line: could not open file: ${path}: ${why} ${HINT}`,
  ];

  it.each(["/dev/zero", "/dev/urandom", "/dev/tty0"])("a device is not read: %s", (path) => {
    expect(problemsOfPath(path)).toEqual([expect.stringContaining(`could not open file: ${path}: `)]);
  });

  it("/dev/null is an empty file", () => {
    expect(problemsOfPath("/dev/null")).toEqual([]);
  });

  it("nobody is waited for who might write to a named pipe", () => {
    using folder = createFolder();
    const path = join(folder.path, "pipe");
    execFileSync("mkfifo", [path]);
    expect(problemsOfPath(path)).toEqual(cannot(path, "it is a named pipe, not a file"));
  });

  it("a file of megabytes is not read to its end", () => {
    using folder = createFolder();
    const path = join(folder.path, "image");
    writeFileSync(path, Buffer.alloc(3_000_000, "a=1\n"));
    expect(problemsOfPath(path)).toEqual(cannot(path, "it is larger than 1048576 bytes"));
  });

  it("a folder with a link to itself ends", () => {
    using folder = createFolder();
    mkdirSync(join(folder.path, "sub"));
    symlinkSync("..", join(folder.path, "sub", "loop"));
    expect(problemsOfPath(folder.path)[0]).toContain("deep recursion in config files!");
  });

  it("a keyfile may not be a device either", () => {
    const argv = ["server=localhost", "keyfile=/dev/zero"];
    expect(problemsOf(() => loadConfig(argv, thisMachine()))).toEqual([
      "command line: could not open keyfile: /dev/zero: it is a device or a socket, not a file",
    ]);
  });
});

describe("the whole configuration has a bound, too", () => {
  it.each<[string, (budget: ReadBudget) => void]>([
    ["more than 1000 files and folders", (budget) => Array.from({ length: 1001 }, () => budget.countFile(1))],
    ["more than 8388608 bytes", (budget) => budget.countFile(9_000_000)],
    ["more than 20000 names in folders", (budget) => budget.countFolder(20_001)],
  ])("%s", (excess, spend) => {
    const budget = new ReadBudget();
    expect(budget.excess).toBeUndefined();
    spend(budget);
    expect(budget.excess).toBe(excess);
  });

  it("of problems", () => {
    const files = Object.fromEntries(
      Array.from({ length: 9 }, (_, at) => [`/d/${at}.conf`, "x=1\n".repeat(900)]),
    );
    const problems = problemsOf(() => loadMinimal(["config=/d"], { files })) ?? [];
    expect(problems).toHaveLength(3002);
    expect(problems.at(-1)).toBe(`there are more than 3000 problems ${HINT}`);
  });
});
