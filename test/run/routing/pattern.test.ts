import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUILTIN_CHECKS } from "../../../plugins/index.ts";
import { readCommandLine } from "../../../src/run/routing/command-line.ts";
import { mayMatchFiles } from "../../../src/run/routing/pattern.ts";
import { createRestriction } from "../../../src/run/routing/restrict.ts";
import { createRouter } from "../../../src/run/routing/router.ts";
import { createShelf } from "../../../src/run/shelf.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "omd-worker-pattern-"));
  for (const name of ["plain", "a b", "index.php?id=1", ".hidden", "a+b", "caf\u00e9"]) {
    writeFileSync(join(folder, name), "");
  }
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "sub/inner"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

const WORDS =
  "F/* F/pl?in F/pl?im F/*n F/index.php?id=1 F/index.php?id=2 F/s?b/inner F/sub/i* F/sub/o* F/.?idden F/.? F/.* F/?hidden F/a+* F/a.? F/caf? F/plain/* F/none/* http://h/x?y=z /nothing.here?a=b /et? F/(?";

describe("whether files match a word", () => {
  it.each(WORDS.split(" "))("%s: no word that sh replaces is taken for a plain one", async (word) => {
    const command = `/bin/echo ${word.replace("F", folder).replace("(", "'('")}`;
    const { stdout } = await execa("/bin/sh", ["-c", command]);
    const read = readCommandLine(command);
    if (read.kind !== "words") throw new Error(read.kind);
    const plain = read.words.slice(1).join(" ");
    if (stdout !== plain) expect(read.patterns.some(mayMatchFiles)).toBe(true);
  });

  it.each([
    ["F/*", true],
    ["F/pl?in", true],
    ["F/zz?", false],
    ["F/sub/o*", false],
    ["F/plain/*", false],
    ["F/none/*", false],
    ["http://h/x?y=z", false],
    ["/cgi-bin/nothing?a=b", false],
    ["-u/nothing?a", false],
  ])("%s: %j", (word, matches) => {
    const text = word.replace("F", folder);
    expect(mayMatchFiles({ text, wild: [text.search(/[?*]/)] })).toBe(matches);
  });
});

describe("a command line with an unquoted ?", () => {
  const router = createRouter({
    shelf: createShelf(BUILTIN_CHECKS),
    identify: () => ({ kind: "replaced", why: "it is the plugin" }),
    switches: {
      mode: "on",
      speaksEnglish: true,
      only: [],
      except: [],
      experimental: [],
      internalOff: [],
    },
  });

  it("is read as it stands while no file matches, and by a shell as soon as one does", () => {
    const commandLine = `/p/check_http -H h -u ${folder}/new?a=b`;
    const argv = commandLine.split(" ");
    expect(router({ commandLine })).toMatchObject({ via: "native", argv });
    writeFileSync(join(folder, "new?a=b"), "");
    expect(router({ commandLine })).toEqual({
      via: "shell",
      why: "files match an unquoted ? or *",
      commandLine,
    });
    rmSync(join(folder, "new?a=b"));
    expect(router({ commandLine })).toMatchObject({ via: "native", argv });
  });

  it("is refused by restrict_path, whether files match or not", () => {
    const restriction = createRestriction({ restrictPath: ["/p"], restrictCommandCharacters: "$" });
    const restricted = createRouter({
      shelf: createShelf([]),
      identify: () => ({ kind: "absent", why: "" }),
      switches: {
        mode: "on",
        speaksEnglish: true,
        only: [],
        except: [],
        experimental: [],
        internalOff: [],
      },
      restrictions: [restriction].flatMap((each) => each ?? []),
    });
    for (const word of ["zz?", "pl?in"]) {
      const commandLine = `/p/x ${folder}/${word}`;
      expect(restricted({ commandLine })).toMatchObject({ refusal: { rule: "forbidden-character" } });
    }
  });
});
