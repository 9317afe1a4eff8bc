import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TemplateLimits } from "../../../src/executor/interpreters/template-pool.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { startShells, stdoutOf, until } from "../warm-shells.ts";

checkLeaks();

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pool-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const LARGE: TemplateLimits = { most: 100, memoryMib: 1000 };
const CROWDED = "no room for more warm plugins, the least used are started anew for each check";

/** So long that a busy machine changes little of it. */
const COMPILES = "BEGIN { select undef, undef, undef, 0.2 }";

/** Runs plugins by name and tells the parent of each: the same one again is a template. */
async function start(templates: TemplateLimits) {
  const pool = await startShells({ templates });
  const parentOf = async (name: string): Promise<string> => {
    const file = join(folder, name);
    if (!existsSync(file))
      writeFileSync(file, `#!/usr/bin/perl\n${COMPILES}\nprint getppid; exit 0;\n`, { mode: 0o755 });
    const plugin = {
      language: "perl",
      file,
      interpreter: "/usr/bin/perl",
      switches: [],
      load: [],
      version: "1",
      why: "",
    } as const;
    return stdoutOf(await pool.shells.run({ via: "warm", plugin, argv: [file], env: [] }, 20));
  };
  const parentsOf = async (...names: readonly string[]) => {
    const parents: string[] = [];
    for (const name of names) parents.push(await parentOf(name));
    return parents;
  };
  return { ...pool, parentsOf };
}

describe.skipIf(!hasServer("perl"))("the templates that are kept", () => {
  it("are not pushed out by one more plugin that is used as often, which is executed and told once", async () => {
    await using pool = await start({ ...LARGE, most: 2 });
    // What compilation costs is learned first: a dear plugin may take the place of a cheap one.
    for (let round = 0; round < 3; round++) await pool.parentsOf("a", "b", "c");
    const kept = await pool.parentsOf("a", "b", "c");
    expect(kept.filter(isTemplate)).toHaveLength(2);
    for (let round = 0; round < 4; round++) expect(await pool.parentsOf("a", "b", "c")).toEqual(kept);
    expect(pool.warnings).toEqual([
      {
        fields: { plugin: expect.stringContaining(folder), kept: 2, memoryMib: expect.any(Number) },
        message: CROWDED,
      },
    ]);
  });

  it("make room for one that is used more", async () => {
    await using pool = await start({ ...LARGE, most: 1 });
    const [a] = await pool.parentsOf("a");
    const [, , , , , , , once, again] = await pool.parentsOf(...Array(9).fill("b"));
    expect(once).toBe(again);
    expect(await pool.parentsOf("a")).not.toEqual([a]);
  });

  it("are none where no memory is allowed, or no number", async () => {
    for (const limits of [
      { most: 0, memoryMib: 1000 },
      { most: 100, memoryMib: 1 },
    ]) {
      await using pool = await start(limits);
      await pool.parentsOf("a", "a");
      await pool.parentsOf("a", "b", "a", "b");
      expect(pool.warnings.map(({ message }) => message)).toEqual([CROWDED]);
    }
  });

  it("hold no more memory together than they may", async () => {
    await using pool = await start({ most: 100, memoryMib: 3 });
    const parents = await pool.parentsOf("a", "b", "c", "d", "e", "f"); // 0.9 MiB each
    const kept = () => new Set(parents.filter(isTemplate)).size;
    await until(() => kept() <= 3);
    expect(kept()).toBeGreaterThan(0);
  });

  it("are compiled again after a reload", async () => {
    await using pool = await start(LARGE);
    const [before, same] = await pool.parentsOf("a", "a");
    expect(same).toBe(before);
    pool.shells.configure({ warm: 1, idleTimeout: 0, templates: LARGE });
    expect(await pool.parentsOf("a")).not.toEqual([before]);
  });
});

function isTemplate(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("OmdWarm");
  } catch {
    return false; // it is gone
  }
}
