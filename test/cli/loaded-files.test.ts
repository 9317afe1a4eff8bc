import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const TELL_FILES = `import { registerHooks } from "node:module";
registerHooks({ load(url, context, next) {
  if (url.startsWith("file:")) process.stderr.write(url + "\\n");
  return next(url, context);
} });`;

/** Every file a call of omd-worker loads. */
async function loadedBy(...argv: readonly string[]): Promise<readonly string[]> {
  const hook = `--import=data:text/javascript,${encodeURIComponent(TELL_FILES)}`;
  const program = join(ROOT, "src/cli/omd-worker.ts");
  const { stderr } = await execa(process.execPath, [hook, program, ...argv], { reject: false });
  return stderr
    .split("\n")
    .filter((line) => line.startsWith("file:"))
    .map((url) => relative(ROOT, fileURLToPath(url)));
}

describe("a command loads only what it needs", () => {
  it("--version", async () => {
    expect((await loadedBy("--version")).toSorted()).toEqual([
      "src/cli/commands.ts",
      "src/cli/io.ts",
      "src/cli/main.ts",
      "src/cli/node-version.ts",
      "src/cli/omd-worker.ts",
      "src/cli/process-title.ts",
      "src/cli/programs.ts",
      "src/cli/reports.ts",
      "src/cli/tools/tool-commands.ts",
      "src/cli/usual-plugin-folders.ts",
      "src/cli/version.ts",
      "src/config/read/info-request.ts",
      "src/config/variables.ts",
    ]);
  });

  it.each([
    ["--help"],
    ["config", "sample"],
    ["send", "--server=127.0.0.1:1", "--host=h", "--message=x"],
    ["check-gearman", "-H", "127.0.0.1:1"],
    ["top", "-b", "-H127.0.0.1:1"],
    ["plugin", "new"],
    ["shadow", "report", "shadow_file=/nowhere"],
    ["notify", "zulip", "--spool=/proc/none", "HOSTNAME=h"],
  ])("%s %s: no package, no check and no worker", async (...argv) => {
    const files = await loadedBy(...argv);
    expect(files).toContain("src/cli/main.ts");
    // worker-status.ts imports nothing but types.
    const much = /^node_modules\/|^src\/(?:worker(?!\/worker-status\.ts$)|executor)\/|check_\w+\.ts$/;
    expect(files.filter((file) => much.test(file))).toEqual([]);
  });
});
