import { createRequire } from "node:module";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  importAtOnce,
  importBuiltinsByName,
  placeFile,
  requireOnFirstUse,
} from "../../packaging/rewrite-code.ts";

it.each([
  [
    'import { join, resolve as find } from "node:path";\nimport pino from "pino";',
    'const { join, resolve: find } = process.getBuiltinModule("node:path");\nimport pino from "pino";',
  ],
  ['const text = `\nimport { a } from "node:x";\n`;', 'const text = `\nimport { a } from "node:x";\n`;'],
])("takes built-in modules by name: %s", (code, rewritten) => {
  expect(importBuiltinsByName(code)).toBe(rewritten);
});

it.each(['import fs from "node:fs";', 'import * as fs from "node:fs";'])("refuses %s", (code) => {
  expect(() => importBuiltinsByName(code)).toThrow("node:fs: imported as a whole");
});

it.each([
  ["const a = import.meta.url;", 'const a = new URL("../x.js", import.meta.url).href;'],
  ["const ä = 'import.meta.url'; // import.meta.url", "const ä = 'import.meta.url'; // import.meta.url"],
  ["import.meta.dirname;", "import.meta.dirname;"],
])("gives a file its place: %s", (code, rewritten) => {
  expect(placeFile(code, "../x.js")).toBe(rewritten);
});

it("imports at once what would be imported later, but for packages and names that are made", () => {
  const code = 'const ö = [import("./a.js"), import("./b.js"), import("./a.js"), import("c"), import(name)];';
  expect(importAtOnce(code).split("\n")).toEqual([
    'import * as importedAtOnce0 from "./a.js";',
    'import * as importedAtOnce1 from "./b.js";',
    `const ö = [${["0", "1", "0"].map((n) => `Promise.resolve(importedAtOnce${n})`).join(", ")}, import("c"), import(name)];`,
  ]);
});

describe("what a script requires", () => {
  const run = (code: string) => {
    const load = createRequire(import.meta.url);
    const required: string[] = [];
    const require = (id: string) => {
      required.push(id);
      return load(id);
    };
    const exports: { value?: unknown } = {};
    runInNewContext(requireOnFirstUse(code), { require, exports });
    return { value: exports.value, required };
  };

  it("is required when it is used first, once, and texts stay", () => {
    const { value, required } = run(`
      let node_path = require("node:path");
      let node_url = require("node:url");
      let node_net = require("node:net");
      let later;
      const own = { node_path: "Ä node_path.sep" };
      later = [(0, node_path.join)("a", "b"), node_path.sep, String(new node_url.URL("x:y")), own.node_path];
      exports.value = JSON.stringify(later);
      exports.unused = () => node_net.connect();`);
    expect(value).toBe('["a/b","/","x:y","Ä node_path.sep"]');
    expect(required).toEqual(["node:path", "node:url"]);
  });

  it.each([
    ["x = 1;", "AssignmentExpression"],
    ["function a(x) {}", "FunctionDeclaration"],
    ["{ const x = 1; }", "VariableDeclarator"],
    ["const a = { x };", "Property"],
  ])("is not rewritten where its name is another thing: %s", (code, kind) => {
    expect(() => requireOnFirstUse(`let x = require("x");\n${code}`)).toThrow(
      `x is a module, but not in this ${kind}`,
    );
  });
});
