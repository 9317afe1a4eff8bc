import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineCheck } from "../../sdk/index.ts";
import { createShelf, SiteShelf } from "../../src/run/shelf.ts";
import { stubLog } from "../support/stub-log.ts";

const define = (name: string) =>
  defineCheck({ name, summary: "", read: () => ({}), run: () => ({ returnCode: 0, output: "" }) });

it("finds a check by the name of the plugin's file, exactly", () => {
  const check = define("check_a");
  const shelf = createShelf([define("check_b"), check]);
  expect(shelf.find("check_a")).toBe(check);
  expect(["check", "check_A", "check_a ", "/check_a", "constructor", ""].map(shelf.find)).toEqual(
    Array(6).fill(undefined),
  );
});

it("refuses two checks that have one name", () => {
  expect(() => createShelf([define("check_a"), define("check_b"), define("check_a")])).toThrow(
    "two checks are called check_a",
  );
});

describe("a site's own checks", () => {
  let folder: string;
  let log: ReturnType<typeof stubLog>;
  let shelf: SiteShelf;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "shelf-"));
    log = stubLog();
    shelf = new SiteShelf({ builtin: [define("check_a"), define("check_own")], log });
  });
  afterEach(async () => {
    await shelf[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  let written = 0;
  /** Replaces a file as editors do. Every file has another inode, so its times do not matter. */
  const write = (name: string, text: string) => {
    written += 1;
    writeFileSync(join(folder, `.${written}`), text);
    renameSync(join(folder, `.${written}`), join(folder, name));
  };
  const source = (name: string, summary: string) => `
import { defineCheck } from "omd-worker/sdk";
type Options = { readonly words: readonly string[] };
export const check = defineCheck({
  name: "${name}",
  summary: "${summary}",
  read: (words: readonly string[]): Options => ({ words }),
  run: () => ({ returnCode: 0, output: "" }),
});
`;
  const summaries = () => shelf.checks.map(({ name, summary }) => [name, summary]);

  it.each(["check_site.ts", "check_site.mts"])("are read from %s, which finds the SDK", async (file) => {
    write(file, source("check_site", "the site's"));
    await shelf.open([folder]);
    expect(summaries()).toEqual([
      ["check_a", ""],
      ["check_own", ""],
      ["check_site", "the site's"],
    ]);
    const check = shelf.find("check_site");
    expect(check && shelf.originOf(check)).toBe(join(folder, file));
    expect(log.info.mock.calls).toEqual([[`check_site is read from ${join(folder, file)}`]]);
  });

  it.each(["check_site.js", "check_site.mjs"])("and from %s", async (file) => {
    const text = source("check_site", "plain")
      .replace(/^type.*$/m, "")
      .replace(/: (?:readonly string\[\]|Options)/g, "");
    write(file, text);
    await shelf.open([folder]);
    expect(shelf.find("check_site")?.summary).toBe("plain");
  });

  it.each([
    "check_site.test.ts",
    "check_site.d.ts",
    "site.ts",
    ".check_site.ts",
    "check_site.ts~",
    "check_site",
  ])("are not looked for in %s", async (file) => {
    write(file, source("check_site", ""));
    await shelf.open([folder]);
    expect(shelf.find("check_site")).toBeUndefined();
    expect(log.error).not.toHaveBeenCalled();
  });

  it("come before the worker's own, which answer again when the files are gone", async () => {
    write("check_own.ts", source("check_own", "the site's"));
    await shelf.open([folder]);
    expect(shelf.find("check_own")?.summary).toBe("the site's");
    rmSync(join(folder, "check_own.ts"));
    await shelf.refresh();
    expect(shelf.find("check_own")?.summary).toBe("");
    expect(log.info.mock.calls.flat()).toEqual([
      `check_own is read from ${join(folder, "check_own.ts")}, and comes before the worker's own`,
      "check_own is the worker's own again",
    ]);
  });

  it("are loaded again after a change, and the generation changes", async () => {
    write("check_site.ts", source("check_site", "one"));
    await shelf.open([folder]);
    const { generation } = shelf;
    await shelf.refresh();
    expect(shelf.generation).toBe(generation);
    write("check_site.ts", source("check_site", "two"));
    await shelf.refresh();
    expect(shelf.find("check_site")?.summary).toBe("two");
    expect(shelf.generation).toBeGreaterThan(generation);
  });

  it("are loaded again with the files that they import from their folder", async () => {
    write("words.ts", 'export const word: string = "one";');
    write(
      "check_site.ts",
      source("check_site", "")
        .replace('summary: ""', "summary: word")
        .replace("\n", '\nimport { word } from "./words.ts";\n'),
    );
    await shelf.open([folder]);
    expect(shelf.find("check_site")?.summary).toBe("one");
    write("words.ts", 'export const word: string = "two";');
    await shelf.refresh();
    expect(shelf.find("check_site")?.summary).toBe("two");
  });

  it("are gone when their file is", async () => {
    write("check_site.ts", source("check_site", ""));
    await shelf.open([folder]);
    rmSync(join(folder, "check_site.ts"));
    await shelf.refresh();
    expect(shelf.find("check_site")).toBeUndefined();
    expect(log.info).toHaveBeenLastCalledWith("check_site is gone");
  });

  it("of one name: that of the first folder is used, and the log names the other", async () => {
    for (const [name, summary] of [
      ["first", "one"],
      ["second", "two"],
    ] as const) {
      mkdirSync(join(folder, name));
      write(`${name}/check_site.ts`, source("check_site", summary));
    }
    const [first, second] = [join(folder, "first"), join(folder, "second")];
    await shelf.open([first, second]);
    expect(shelf.find("check_site")?.summary).toBe("one");
    expect(log.warn.mock.calls).toEqual([
      [`check_site of ${second}/check_site.ts is not used: ${first}/check_site.ts has one, too`],
    ]);
    await shelf.open([second, first]);
    expect(shelf.find("check_site")?.summary).toBe("two");
  });

  it("may be in a folder that is created later", async () => {
    const later = join(folder, "later");
    await shelf.open([later]);
    mkdirSync(later);
    write("later/check_site.ts", source("check_site", ""));
    await shelf.refresh();
    expect(shelf.find("check_site")).toBeDefined();
  });

  it.each<[what: string, text: string, fault: string, file?: string]>([
    ["a wrong type", "\nexport const a: = 5;\n", ":2: Unexpected token `=`."],
    ["wrong JavaScript", "\n\nexport const a = (;\n", ":3: Unexpected token", "check_site.js"],
    ["what strip-only types forbid", "\nenum A { B }\n", ":2: TypeScript enum is not supported"],
    ["an SDK's name that is none", '\nimport { x } from "omd-worker/sdk";', ":2: The requested module"],
    ["a file that is not there", '\n\nimport "./nowhere.ts";', ":3: Cannot find module"],
    ["a package that is not there", 'import x from "nowhere";', ":1: Cannot find package 'nowhere'"],
    ["a check's bad name", source("a b", ""), ':4: a check is named as a file: "a b"'],
    [
      "a name that is not the SDK's",
      '\nimport { x } from "omd-worker";',
      ': a check imports from "omd-worker/sdk", not from "omd-worker"',
    ],
    ["a throw", "\n\n\nthrow new Error('no luck');", ":4: no luck"],
    ["no error at all", "throw 'text';", ": text"],
    ["what no text can be made of", "throw Object.create(null);", ": [Object: null prototype] {}"],
    [
      "no check",
      "export const a = { name: 'check_site' };",
      ": exports no check made by defineCheck: write export",
    ],
  ])(
    "are refused with file and line for %s, and what was there stays",
    async (_, text, fault, file = "check_site.ts") => {
      write(
        file,
        source("check_site", "good")
          .replace(/^type.*$/m, "")
          .replace(/: (?:readonly string\[\]|Options)/g, ""),
      );
      await shelf.open([folder]);
      const good = shelf.find("check_site");
      expect(good).toBeDefined();
      write(file, text);
      await shelf.refresh();
      expect(shelf.find("check_site")).toBe(good);
      const [[line = ""] = []] = log.error.mock.calls;
      expect(line.startsWith(`refused ${join(folder, file)}${fault}`), line).toBe(true);
      expect(line).toContain("; what was loaded of it before stays");
      await shelf.refresh();
      expect(log.error).toHaveBeenCalledTimes(1);
    },
  );

  it("are refused if a file that they import is faulty", async () => {
    write("words.ts", "\nexport const word = ;");
    write("check_site.ts", 'import "./words.ts";');
    await shelf.open([folder]);
    expect(log.error.mock.calls).toEqual([
      [`refused ${folder}/check_site.ts: ${folder}/words.ts:2: Expression expected`],
    ]);
  });
});
