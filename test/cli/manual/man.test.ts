import { globSync } from "node:fs";
import { resolve } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { fill, plain, term } from "../../../src/cli/manual/man/roff.ts";
import { workerGroups } from "../../../src/config/worker/options.ts";
import { hasServer } from "../../support/servers/installed.ts";

const PAGES = globSync("man/*").sort();
const WIDE = { LC_ALL: "C.UTF-8", MANWIDTH: "200" };

describe("roff", () => {
  it.each([
    ["a dash and a quote", "--key='x'", "\\-\\-key=\\(aqx\\(aq"],
    ["a backslash", "a\\tb", "a\\etb"],
    ["other characters", "FILE… ←", "FILE... \\[u2190]"],
  ])("%s stay what they are", (_, text, source) => expect(plain(text)).toBe(source));

  it("a line never begins as a request does", () => {
    expect(fill(".conf is read")).toBe("\\&.conf is read\n");
    expect(term(".x", "y\n")).toBe(".TP\n\\&.x\ny\n");
  });
});

describe.skipIf(!hasServer("man"))("man", () => {
  it.each(PAGES)("reads %s without a warning", async (page) => {
    const env = { LC_ALL: "C.UTF-8", MANWIDTH: "80" };
    const { stdout, stderr } = await execa({ env })`man --warnings -E UTF-8 -l ${page}`;
    expect(stderr).toBe("");
    expect(stdout.length).toBeGreaterThan(500);
  });

  it("shows dashes and quotes that can be copied", async () => {
    const { stdout } = await execa({ env: WIDE })`man -E UTF-8 -l man/omd-worker-send.1`;
    expect(stdout).toContain("--service=backup --returncode=0 --message='OK|t=1'");
    expect(stdout).toContain("printf 'web1\\tHTTP\\t0\\tOK\\n' |");
  });

  it("finds every command and every option", async () => {
    const page = await execa({ env: WIDE })`man -E UTF-8 -l man/omd-worker.1`;
    const others = COMMANDS.map(({ name }) => name).filter((name) => name !== "run");
    expect(others.filter((name) => !page.stdout.includes(name))).toEqual([]);
    const conf = await execa({ env: WIDE })`man -E UTF-8 -l man/omd-worker.conf.5`;
    const options = workerGroups([]).flatMap((group) => group.options.map(({ name }) => name));
    expect(options.filter((name) => !conf.stdout.includes(name))).toEqual([]);
  });
});

describe.skipIf(!hasServer("groff"))("groff", () => {
  it.each(PAGES)("reads %s without a warning", async (page) => {
    const { stderr } = await execa`groff -ww -man -Tutf8 -z ${resolve(page)}`;
    expect(stderr).toBe("");
  });
});

describe.skipIf(!hasServer("mandoc"))("mandoc", () => {
  it.each(PAGES)("finds no fault in %s", async (page) => {
    const { stdout } = await execa({ reject: false })`mandoc -T lint -W warning ${page}`;
    expect(stdout).toBe("");
  });
});
