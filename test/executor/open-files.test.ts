import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createWarmPlugins } from "../../src/executor/interpreters/warm-plugin.ts";
import { LIMIT_OPEN_FILES } from "../../src/executor/open-files.ts";
import { checkLeaks } from "../support/leaks.ts";
import { hasServer } from "../support/servers/installed.ts";
import { exited, startShells, VIAS } from "./warm-shells.ts";

checkLeaks();

const HARD = execFileSync("/bin/sh", ["-c", "ulimit -Hn"], { encoding: "utf8" });
const BOTH = exited(0, `1024\n${HARD}`);

const PROGRAM = "ulimit -Sn; ulimit -Hn";
const WARM = [
  { language: "perl", text: `#!/usr/bin/perl\nsystem '${PROGRAM}';\nexit 0;\n` },
  { language: "python3", text: `#!/usr/bin/python3\nimport os\nos.system('${PROGRAM}')\n` },
] as const;

describe("a plugin may open the usual number of files, and may raise the limit", () => {
  it.each(VIAS)("via %s", async (via) => {
    await using pool = await startShells();
    expect(await pool.script(via, PROGRAM)).toEqual(BOTH);
  });

  it.each(WARM.filter(({ language }) => hasServer(language)))("in a warm $language", async ({ text }) => {
    const folder = mkdtempSync(join(tmpdir(), "open-files-"));
    const file = join(folder, "check_x");
    writeFileSync(file, text, { mode: 0o755 });
    const find = createWarmPlugins({
      perl: "implicitly",
      python: "implicitly",
      path: "",
      include: [],
      except: [],
      load: [],
    });
    const plugin = find(file);
    await using pool = await startShells();
    try {
      if (plugin === undefined) throw new Error(`${file} does not qualify`);
      expect(await pool.shells.run({ via: "warm", plugin, argv: [file], env: [] }, 20)).toEqual(BOTH);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it("leaves a lower hard limit as it is", () => {
  const script = `ulimit -n 256; ${LIMIT_OPEN_FILES}; ulimit -Sn; ulimit -Hn`;
  expect(execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" })).toBe("256\n256\n");
});
