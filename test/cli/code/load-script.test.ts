import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { codeFile, loadScript } from "../../../src/cli/code/load-script.ts";
import { createFolder } from "../../support/folder.ts";

const folder = createFolder();
afterAll(() => folder[Symbol.dispose]());
let scripts = 0;

interface Exports {
  readonly double: (value: number) => number;
  readonly filename: string;
  readonly separator: string;
}

const SCRIPT = `(function (exports, require, __filename) {"use strict";
exports.double = (value) => 2 * value;
exports.filename = __filename;
exports.separator = require("node:path").sep;
})`;

it("a script is given its exports, its path, and a require of its place", () => {
  const path = writeScript();
  expect(existsSync(codeFile(path))).toBe(false);
  const { exports, script } = loadScript<Exports>(pathToFileURL(path));
  expect({ ...exports, double: exports.double(21) }).toEqual({ double: 42, filename: path, separator: "/" });
  expect(script.cachedDataRejected).toBeUndefined();
});

it("compiled code beside the script is used", () => {
  const path = writeScript();
  writeFileSync(codeFile(path), compile());
  const { exports, script } = loadScript<Exports>(pathToFileURL(path));
  expect(script.cachedDataRejected).toBe(false);
  expect(exports.double(21)).toBe(42);
});

it.each([
  ["is no compiled code", () => Buffer.from("?")],
  ["was cut off", (code: Buffer) => code.subarray(0, code.length / 2)],
])("a file that %s does no harm", (_, damage) => {
  const path = writeScript();
  writeFileSync(codeFile(path), damage(compile()));
  const again = loadScript<Exports>(pathToFileURL(path));
  expect(again.script.cachedDataRejected).toBe(true);
  expect(again.exports.double(21)).toBe(42);
});

it("compiled code of another script is refused", () => {
  const path = writeScript(SCRIPT.replace("2 * value", "value + value + 0"));
  writeFileSync(codeFile(path), compile());
  const { exports, script } = loadScript<Exports>(pathToFileURL(path));
  expect(script.cachedDataRejected).toBe(true);
  expect(exports.double(21)).toBe(42);
});

it("a stack names the file as a URL, as those of modules do", () => {
  const path = writeScript('(function (exports) {exports.fail = () => { throw new Error("no"); }; })');
  const { exports } = loadScript<{ readonly fail: () => void }>(pathToFileURL(path));
  expect(() => exports.fail()).toThrow(
    expect.objectContaining({ stack: expect.stringContaining(pathToFileURL(path).href) }),
  );
});

/** Of the same script in another place: V8 does not read the code of a script that it has compiled itself. */
function compile(): Buffer {
  return loadScript(pathToFileURL(writeScript())).script.createCachedData();
}

function writeScript(text = SCRIPT): string {
  scripts += 1;
  const path = join(folder.path, `${scripts}.cjs`);
  writeFileSync(path, text);
  return path;
}
