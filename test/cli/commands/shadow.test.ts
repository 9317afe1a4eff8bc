import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WrittenReport } from "../../../src/worker/reports/shadow-file.ts";
import { run } from "../io.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shadow-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const REPORT: WrittenReport = {
  written: "2026-11-23T13:01:00.123Z",
  since: "2026-11-23T12:00:00.456Z",
  share: 10,
  checks: {
    check_tcp: { agreed: 20_000, different: 1, declined: 0, examples: [] },
    check_http: {
      agreed: 9,
      different: 1,
      declined: 2,
      examples: [
        {
          at: "2026-11-23T12:34:56.789Z",
          command: "/p/check_http -H x -a ***",
          plugin: { returnCode: 0, output: "HTTP OK\nmore\n" },
          native: { returnCode: undefined, output: "crashed: Error: a fault" },
        },
      ],
    },
    check_icmp: { agreed: 0, different: 0, declined: 3, examples: [] },
  },
};

async function show(text: string) {
  const file = join(folder, "shadow.json");
  writeFileSync(file, text);
  return run("shadow", ["report", `shadow_file=${file}`]);
}

describe("omd-worker shadow report shows", () => {
  it("each check's runs and agreement, and the last differences", async () => {
    expect(await show(JSON.stringify(REPORT))).toEqual({
      code: 0,
      stdout: `Written 2026-11-23 13:01:00 UTC, 10 % of the jobs are compared.
Since 2026-11-23 12:00:00 UTC:

check       runs   agreed  different  left to plugin  agreement
check_http  12     9       1          2               90.00 %
check_icmp  3      0       0          3
check_tcp   20001  20000   1          0               99.99 %

check_http, the last differences:
  2026-11-23 12:34:56 UTC /p/check_http -H x -a ***
    plugin 0 HTTP OK
             more
    native - crashed: Error: a fault
`,
      stderr: "",
    });
  });

  it("that nothing was compared", async () => {
    const { stdout } = await show(JSON.stringify({ ...REPORT, since: undefined, checks: {} }));
    expect(stdout).toContain("Nothing was compared yet.");
  });
});

describe("omd-worker shadow cannot", () => {
  it.each(["{", "{}", "null", "7"])("show a report that is none: %s", async (text) => {
    const { code, stderr } = await show(text);
    expect(code).toBe(1);
    expect(stderr).toContain("it is no report");
  });

  it.each<[string, readonly string[], number, string]>([
    ["without a file", ["report"], 1, "shadow_file is not set"],
    ["with one that is missing", ["report", "shadow_file=/nowhere/shadow.json"], 1, "/nowhere/shadow.json"],
    ["with a file's name alone", ["report", "/x.json"], 1, "warning: unknown option '/x.json'"],
    ["without a word", [], 3, "usage: omd-worker shadow show"],
    ["with another word", ["status"], 3, "usage: omd-worker shadow show"],
    ["set no share", ["set"], 3, "see: omd-worker shadow --help"],
    ["ask a worker that is not there", ["show", "identifier=nowhere"], 1, "no worker listens"],
    ["with a bad option", ["report", "encryption=maybe"], 3, "encryption"],
  ])("%s", async (_, argv, code, says) => {
    expect(await run("shadow", argv)).toEqual({
      code,
      stdout: "",
      stderr: expect.stringContaining(says),
    });
  });
});
