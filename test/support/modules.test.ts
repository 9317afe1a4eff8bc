import { describe, expect, it } from "vitest";
import { type Import, toModule } from "./modules.ts";

const own = (target: string): Import => ({ target, kind: "own", isTypeOnly: false });

describe("the imports of a module", () => {
  it.each<[string, string, Import]>([
    ["static", 'import { a } from "../b/c.ts";', own("src/b/c.ts")],
    ["over several lines", 'import {\n  a,\n  type B as C,\n} from "./c.ts";', own("src/a/c.ts")],
    ["default and namespace", 'import a, * as b from "./c.ts";', own("src/a/c.ts")],
    ["for its effect", 'import "./c.ts";', own("src/a/c.ts")],
    ["re-export", 'export * from "./c.ts";', own("src/a/c.ts")],
    ["dynamic", 'const { a } = await import("./c.ts");', own("src/a/c.ts")],
    ["a type by import()", 'type A = import("./c.ts").A;', own("src/a/c.ts")],
    ["type-only", 'import type { A } from "./c.ts";', { ...own("src/a/c.ts"), isTypeOnly: true }],
    ["type-only re-export", 'export type { A } from "./c.ts";', { ...own("src/a/c.ts"), isTypeOnly: true }],
    ["a value called type", 'import type from "./c.ts";', own("src/a/c.ts")],
    ["builtin", 'import { a } from "node:fs/promises";', { ...own("node:fs/promises"), kind: "builtin" }],
    ["package", 'import { a } from "pino/file";', { ...own("pino"), kind: "package" }],
    ["scoped package", 'import { a } from "@a/b/c";', { ...own("@a/b"), kind: "package" }],
  ])("%s", (_, text, expected) => {
    expect(toModule("src/a/a.ts", text).imports).toEqual([expected]);
  });

  it.each([
    ["a comment", '// import { a } from "./c.ts";\n  // await import("./c.ts")'],
    ["a docstring", '/**\n * import("./c.ts")\nimport "./c.ts"\n */'],
    ["an exported string", 'export const from = "./c.ts";'],
    ["a computed path", "await import(path);"],
  ])("none in %s", (_, text) => {
    expect(toModule("src/a/a.ts", text).imports).toEqual([]);
  });

  it("tells a computed path from a literal one", () => {
    expect(toModule("src/a/a.ts", "await import(path);").importsComputed).toBe(true);
    expect(toModule("src/a/a.ts", 'await import("./c.ts");').importsComputed).toBe(false);
  });
});
