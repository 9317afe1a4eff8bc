import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { createFolder } from "../support/folder.ts";

const SCRIPT = "packaging/require-rolldown.mjs";

/** Beside a package named rolldown with this code. */
async function run(code: string) {
  using folder = createFolder();
  const inside = join(folder.path, "node_modules/rolldown");
  mkdirSync(inside, { recursive: true });
  writeFileSync(join(inside, "package.json"), '{"type":"module","exports":"./index.js"}');
  writeFileSync(join(inside, "index.js"), code);
  const script = join(folder.path, "script.mjs");
  copyFileSync(SCRIPT, script);
  const { exitCode, stderr } = await execa(process.execPath, [script], { reject: false });
  return { exitCode, lines: stderr.split("\n") };
}

it("says what to do where npm has left out the compiled part of rolldown", async () => {
  const { exitCode, lines } = await run(
    'throw new Error("Cannot find native binding. npm has a bug.\\nmore");',
  );
  expect({ exitCode, lines }).toEqual({
    exitCode: 1,
    lines: [
      "rolldown, which tests and builds need, cannot be loaded: Cannot find native binding",
      expect.stringContaining("a Node.js older than 20.19 or 22.12"),
      "  npx --yes --package=node@24 --package=npm@10 npm ci",
    ],
  });
});

it("says nothing where rolldown can be loaded", async () => {
  expect(await run("export const rolldown = 1;")).toEqual({ exitCode: 0, lines: [""] });
});

it.each(["pretest", "prepack"])("the script %s of package.json asks for it first", (name) => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(scripts[name]).toMatch(new RegExp(`^node ${SCRIPT}(?: && |$)`));
});
