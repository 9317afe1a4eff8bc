import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, expect, it } from "vitest";
import { generateSite } from "../survey/generated-site.ts";

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

it("a slow reader gets all of an output that no pipe can hold", async () => {
  const { cache, resources } = generateSite({ hosts: 10, services: 1990 });
  writeFileSync(join(folder, "objects.cache"), cache);
  writeFileSync(join(folder, "resource.cfg"), resources);
  const { stdout } = await execa({
    shell: "/bin/bash",
    preferLocal: true,
  })`set -o pipefail; ${PROGRAM} survey --list ${folder}/objects.cache ${folder}/resource.cfg | { sleep 2; wc -lc; }`;
  const [lines, bytes] = stdout.trim().split(/ +/).map(Number);
  expect(lines).toBe(2000);
  expect(bytes).toBeGreaterThan(200_000);
});
