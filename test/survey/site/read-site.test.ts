import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSite } from "../../../src/survey/site/read-site.ts";
import { createFolder } from "../../support/folder.ts";
import { recordedFile } from "../recorded-site.ts";

const NAME_CACHE =
  "(name the core's objects.cache, as in omd-worker survey /omd/sites/SITE/var/naemon/objects.cache)";
const USED =
  "define command {\n\tcommand_name\tx\n\tcommand_line\t$USER1$/x\n\t}\ndefine host {\n\thost_name\th\n\t}\n";

describe("the files of a site", () => {
  let folder: ReturnType<typeof createFolder>;
  let root: string;
  beforeEach(() => {
    folder = createFolder();
    root = join(folder.path, "site");
    put("var/naemon/objects.cache", "objects.cache");
    put("etc/naemon/resource.cfg", "resource.cfg");
    put("tmp/naemon/naemon.cfg", "naemon.cfg");
  });

  afterEach(() => folder[Symbol.dispose]());

  function put(name: string, recorded: string): void {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    cpSync(recordedFile(recorded), join(root, name));
  }

  it.each<[string, () => ReturnType<typeof readSite>]>([
    ["its folder", () => readSite([root], undefined)],
    ["its cache alone", () => readSite([join(root, "var/naemon/objects.cache")], undefined)],
    ["OMD_ROOT", () => readSite([], root)],
    [
      "all of them, in any order",
      () => readSite([recordedFile("naemon.cfg"), recordedFile("resource.cfg"), root], undefined),
    ],
  ])("are found by %s", (_, read) => {
    const { site, files } = read();
    expect(site.hosts.size).toBe(35);
    expect(site.users.get(20)).toBe("last-one");
    expect(site.main.get("admin_email")).toBe("monitoring@example.org");
    expect(files).toHaveLength(3);
  });

  it.each<[string, string, string]>([
    [
      "a file of another kind",
      "hello\n",
      `FILE: it is no objects.cache, resource.cfg or naemon.cfg ${NAME_CACHE}`,
    ],
    ["an empty file", "", `FILE: it is no objects.cache, resource.cfg or naemon.cfg ${NAME_CACHE}`],
    [
      "a binary file",
      "define host {\0",
      `FILE: it is no objects.cache, resource.cfg or naemon.cfg ${NAME_CACHE}`,
    ],
    ["resource.cfg alone", "$USER1$=x\n", `FILE: no objects.cache is among the files ${NAME_CACHE}`],
    ["a cache without hosts", "define command {\n\t}\n", `FILE: no host is in it ${NAME_CACHE}`],
    [
      "a cache whose $USERn$ are unknown",
      USED,
      "FILE: its commands have $USERn$, and no resource.cfg was found (name the core's resource.cfg, too)",
    ],
  ])("%s is refused", (_, text, message) => {
    const file = join(folder.path, "given");
    writeFileSync(file, text);
    expect(() => readSite([file], undefined)).toThrow(message.replace("FILE", file));
  });

  it("that are not there are told", () => {
    const text =
      "/nowhere/objects.cache: it cannot be read: no such file or directory (run it as the site's user)";
    expect(() => readSite(["/nowhere/objects.cache"], undefined)).toThrow(text);
    const empty = join(root, "etc");
    expect(() => readSite([empty], undefined)).toThrow(
      `${empty}: it is a folder, and no site with an objects.cache`,
    );
  });

  it("of two sites are not surveyed together", () => {
    const cache = recordedFile("objects.cache");
    expect(() => readSite([cache, cache], undefined)).toThrow(
      `${cache}: a second objects.cache, after ${cache}`,
    );
  });
});
