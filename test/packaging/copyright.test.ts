import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderCopyright } from "../../packaging/deb/copyright.ts";

/** A folder of modules, each with its files. */
function modules(all: Readonly<Record<string, Readonly<Record<string, string>>>>): string {
  const folder = join(mkdtempSync(join(tmpdir(), "modules-")), "node_modules");
  for (const [name, files] of Object.entries(all)) {
    mkdirSync(join(folder, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
  }
  return folder;
}

const MIT = "MIT License\n\nCopyright (c) 2020 A. Author\n\nPermission is hereby granted\n";

describe("the copyright file of the Debian package", () => {
  it("has a stanza with the text for each module, of scopes and of modules, too", () => {
    const text = renderCopyright(
      modules({
        one: { "package.json": '{"license":"MIT"}', LICENSE: MIT },
        "@a/two": { "package.json": '{"license":"ISC"}', "LICENSE.md": MIT },
        "one/node_modules/three": { "package.json": '{"licenses":[{"type":"MIT"}]}', licence: MIT },
        "one/lib": { "package.json": '{"type":"module"}' },
      }),
    );
    const files = [...text.matchAll(/^Files: (.*)$/gm)].map(([, path]) => path);
    expect(files.toSorted()).toEqual([
      "*",
      "usr/lib/omd-worker/bin/node",
      "usr/lib/omd-worker/node_modules/@a/two/*",
      "usr/lib/omd-worker/node_modules/one/*",
      "usr/lib/omd-worker/node_modules/one/node_modules/three/*",
    ]);
    expect(text).toContain("Copyright: Copyright (c) 2020 A. Author\nLicense: ISC\n MIT License\n .\n ");
  });

  it("points to the text of Apache's licence that Debian has", () => {
    const apache = "Apache License\nTERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION\n";
    const file = '{"license":"Apache-2.0","author":{"name":"B"}}';
    const text = renderCopyright(modules({ one: { "package.json": file, LICENSE: apache } }));
    expect(text).toContain("Copyright: B\nLicense: Apache-2.0\n");
    expect(text).not.toContain("TERMS AND CONDITIONS");
  });

  it.each([
    ["no licence", "{}", "one names no licence"],
    ["an unusual one without a text", '{"license":"WTFPL"}', "brings no text of it: WTFPL"],
  ])("fails for a module with %s", (_, file, fault) => {
    expect(() => renderCopyright(modules({ one: { "package.json": file } }))).toThrow(fault);
  });

  it("can be made of the modules that are bundled now", () => {
    const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
    const rows = Object.entries<{ readonly dev?: true; readonly optional?: true }>(lock.packages);
    const paths = rows
      .filter(([path, { dev, optional }]) => path !== "" && !dev && !optional)
      .map(([path]) => path.replace(/^node_modules\//, ""));
    expect(paths.length).toBeGreaterThan(50);
    const text = renderCopyright("node_modules", (path) => paths.includes(path));
    expect(paths.filter((path) => !text.includes(`/omd-worker/node_modules/${path}/*\n`))).toEqual([]);
  });
});
