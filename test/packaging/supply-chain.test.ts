import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inProduction, licenceOf, PERMISSIVE, readLock, renderLicences } from "../../packaging/licences.ts";

const LOCK = readLock(".");
const IN_PRODUCTION = inProduction(LOCK);
const { allowScripts, dependencies } = JSON.parse(readFileSync("package.json", "utf8"));

/** They compile code that makes something faster, and do without. */
const WITHOUT_THEIR_SCRIPTS = ["node_modules/cpu-features", "node_modules/ssh2"];

describe("the packages that the worker runs with", () => {
  it("are all those that package.json names, and theirs", () => {
    const paths = IN_PRODUCTION.map(([path]) => path);
    expect(paths).toEqual(
      expect.arrayContaining(Object.keys(dependencies).map((name) => `node_modules/${name}`)),
    );
    expect(paths.length).toBeGreaterThan(50);
  });

  it("have permissive licences", () => {
    const found = IN_PRODUCTION.map(([path, locked]) => [path, licenceOf(".", path, locked)] as const);
    expect(found.filter(([, licence]) => !PERMISSIVE.includes(licence))).toEqual([]);
  });

  it("are listed in docs/licences.md: npm run docs", () => {
    expect(readFileSync("docs/licences.md", "utf8")).toBe(renderLicences("."));
  });

  it("run nothing at their installation", () => {
    const withScripts = IN_PRODUCTION.filter(([, { hasInstallScript }]) => hasInstallScript).map(
      ([path]) => path,
    );
    expect(withScripts.toSorted()).toEqual(WITHOUT_THEIR_SCRIPTS);
    for (const path of withScripts) expect(allowScripts[path.replace("node_modules/", "")]).toBe(false);
  });
});

describe("every package, also those of tests", () => {
  it("has a checksum", () => {
    const without = [...LOCK].filter(([, { integrity = "" }]) => !/^sha512-[\w+/]{86}==$/.test(integrity));
    expect(without.map(([path]) => path)).toEqual([]);
  });

  it("runs a script at its installation only where package.json says so", () => {
    const names = [...LOCK]
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace("node_modules/", ""));
    expect(names.filter((name) => allowScripts[name] === undefined)).toEqual([]);
  });
});
