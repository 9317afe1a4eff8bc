import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderFiles } from "../../packaging/render.ts";

const FILES = renderFiles();

describe("man pages and completions", () => {
  it("are those that the tables make, and no others: npm run docs", () => {
    expect(globSync(["man/*", "completions/*"]).sort()).toEqual([...FILES.keys()].sort());
  });

  it.each([...FILES])("%s is up to date: npm run docs", (path, text) => {
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("have names that no other package has", () => {
    const names = [...FILES.keys()].filter((path) => path.startsWith("man/"));
    expect(names.filter((path) => !/^man\/omd-worker[.-]/.test(path))).toEqual([]);
  });
});

it("the npm package brings no program by another's name, which an installation would fail on", () => {
  const { bin } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(Object.keys(bin)).toEqual(["omd-worker"]);
});
