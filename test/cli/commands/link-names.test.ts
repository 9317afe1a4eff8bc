import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { makeLinks } from "../../../src/cli/names/make-links.ts";
import { COMPATIBLE_NAMES } from "../../../src/cli/tools/tool-commands.ts";
import { run } from "../io.ts";

const NAMES = ["mod_gearman_worker", "send_gearman"];

let folder: string;
let program: string;
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), "link-names-"));
  folder = join(root, "bin");
  mkdirSync(folder);
  program = join(root, "omd-worker.js");
  writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
});

const place = (name: string) => join(folder, name);
const make = (force = false) => makeLinks({ folder, names: NAMES, program, force });

describe("link-names", () => {
  it("makes a link by each name", () => {
    expect(make()).toEqual({ made: NAMES.map((name) => `${place(name)} -> ${program}`), problems: [] });
    expect(NAMES.map((name) => readlinkSync(place(name)))).toEqual([program, program]);
    expect(readdirSync(folder).sort()).toEqual(NAMES);
  });

  it("may be called again", () => {
    make();
    expect(make().made).toEqual(NAMES.map((name) => `${place(name)} is there already`));
  });

  it("leaves a link alone that comes here by another one", () => {
    symlinkSync(program, place("omd-worker"));
    symlinkSync("omd-worker", place("send_gearman"));
    make();
    expect(readlinkSync(place("send_gearman"))).toBe("omd-worker");
  });

  it.each([
    ["a file", () => writeFileSync(place("send_gearman"), "theirs")],
    ["a folder", () => mkdirSync(place("send_gearman"))],
    ["a link to /usr/bin/other", () => symlinkSync("/usr/bin/other", place("send_gearman"))],
  ])("never replaces %s, and makes no link then", (what, prepare) => {
    prepare();
    const before = lstatSync(place("send_gearman")).ino;
    for (const force of [false, true]) {
      const { made, problems } = make(force);
      expect(made).toEqual([]);
      expect(problems).toEqual([
        expect.stringContaining(`${place("send_gearman")} is ${what} of another program, and stays`),
      ]);
    }
    expect(lstatSync(place("send_gearman")).ino).toBe(before);
    expect(readdirSync(folder)).toEqual(["send_gearman"]);
  });

  it.each([
    "/opt/omd-worker/lib/node_modules/omd-worker/dist/src/cli/omd-worker.js",
    "/opt/omd-worker/lib/node_modules/omd-worker/dist/src/cli/send_gearman.js",
    "/usr/nowhere/bin/omd-worker",
  ])("replaces a link to our %s only with --force, also if that is gone", (other) => {
    symlinkSync(other, place("send_gearman"));
    expect(make().problems).toEqual([
      expect.stringMatching(/send_gearman is a link to another installation, .*: --force replaces it$/),
    ]);
    expect(make(true).problems).toEqual([]);
    expect(readlinkSync(place("send_gearman"))).toBe(program);
  });
});

describe("omd-worker link-names", () => {
  it.each<[string, () => readonly string[], number, string]>([
    ["no folder", () => [], 3, "usage: omd-worker link-names [--force] DIR"],
    ["two folders", () => [folder, folder], 3, "usage: "],
    ["an unknown option", () => ["--all"], 3, "unknown option '--all'"],
    ["a folder that is not there", () => [`${folder}/x`], 1, "is not there: make it first"],
    ["a file in place of the folder", () => [program], 1, "is no folder"],
  ])("with %s says what is wrong", async (_, argv, code, text) => {
    const said = await run("link-names", argv());
    expect(said).toEqual({ code, stdout: "", stderr: expect.stringContaining(text) });
  });

  it("needs a program that can be started", async () => {
    const isExecutable = (lstatSync("src/cli/omd-worker.ts").mode & 0o111) !== 0;
    const { code, stderr } = await run("link-names", [folder]);
    expect(code).toBe(isExecutable ? 0 : 1);
    expect(stderr.includes("is not executable")).toBe(!isExecutable);
    expect(readdirSync(folder).sort()).toEqual(isExecutable ? [...COMPATIBLE_NAMES].sort() : []);
  });

  it("names all of them in its help", async () => {
    const { stdout } = await run("link-names", ["--help"]);
    const text = stdout.replace(/\s+/g, " ");
    expect(COMPATIBLE_NAMES.filter((name) => !text.includes(name))).toEqual([]);
    expect(COMPATIBLE_NAMES).toContain("mod_gearman_worker");
    expect(readFileSync("docs/installation.md", "utf8")).toContain("omd-worker link-names");
  });
});
