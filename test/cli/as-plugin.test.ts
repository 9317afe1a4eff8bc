import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { asPlugin } from "../../src/cli/as-plugin.ts";

const PROGRAM = join(import.meta.dirname, "../../src/cli/omd-worker.ts");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "links-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("a link by a plugin's name answers as the plugin does", async () => {
  const link = join(folder, "check_dummy");
  symlinkSync(PROGRAM, link);
  const { exitCode, stdout } = await execa(process.execPath, [link, "2", "two  blanks"], { reject: false });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "CRITICAL: two  blanks" });
});

it("what is executed is the plugin where plugins are, never the link again", () => {
  const plugins = join(folder, "lib/monitoring-plugins");
  mkdirSync(plugins, { recursive: true });
  const plugin = join(plugins, "check_x");
  const link = join(folder, "check_x");
  symlinkSync(PROGRAM, link);
  writeFileSync(plugin, "");
  expect(asPlugin(link, ["-H"], { OMD_ROOT: folder })).toEqual(["check", "--", plugin, "-H"]);
  rmSync(plugin);
  symlinkSync(PROGRAM, plugin);
  expect(asPlugin(link, ["-H"], { OMD_ROOT: folder })).toEqual(["check", "--", "/nonexistent/check_x", "-H"]);
});

it("by its own name it is the worker", () => {
  expect(asPlugin(PROGRAM, ["check_x"], {})).toBeUndefined();
});
