import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, expect, it } from "vitest";

const PROGRAM = "node src/cli/omd-worker.ts";

const folder = mkdtempSync(join(tmpdir(), "lost-"));
writeFileSync(join(folder, "a.test.mjs"), 'import { test } from "node:test";\ntest("a", () => {});\n');
afterAll(() => rmSync(folder, { recursive: true }));

/** Each of these prints something. */
const CALLS = [
  "--version",
  "--help",
  "plugin list",
  "config sample",
  "config show --server=localhost --encryption=no",
  "check -- /bin/echo hello",
  "check check_tcp --help",
  "demo --seconds 1",
  `plugin test ${folder}/a.test.mjs`,
];

it.each(CALLS)("a reader that has gone ends it without a stack trace: %s", async (call) => {
  const { stdout, stderr } = await execa({
    shell: "/bin/bash",
    reject: false,
    preferLocal: true,
  })`{ sleep 0.2; ${PROGRAM} ${call}; echo $? >&2; } | true`;
  expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "141" });
});

it.each(CALLS)("a full disk is told in a sentence: %s", async (call) => {
  const { stderr, exitCode } = await execa({
    shell: true,
    reject: false,
    preferLocal: true,
  })`${PROGRAM} ${call} > /dev/full`;
  expect({ stderr, exitCode }).toEqual({
    stderr: "cannot write to standard output: ENOSPC: no space left on device, write",
    exitCode: 1,
  });
});
