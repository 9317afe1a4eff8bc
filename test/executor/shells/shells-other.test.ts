import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkLeaks } from "../../support/leaks.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { exited, fixture, membersOf, startShells, stdoutOf, until, VIAS } from "../warm-shells.ts";

checkLeaks();

const folder = mkdtempSync(join(tmpdir(), "shells-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Shells that behave as sh if they are called so. */
function namedSh(name: string): string {
  mkdirSync(join(folder, name));
  const path = spawnSync("/bin/sh", ["-c", `command -v ${name}`], { encoding: "latin1" }).stdout.trim();
  symlinkSync(path, join(folder, name, "sh"));
  return join(folder, name, "sh");
}

const SHELLS = (["bash", "busybox"] as const).filter(hasServer).map((name) => [name, namedSh(name)] as const);

describe.each(SHELLS)("with %s as sh", (_, shellPath) => {
  describe.each(VIAS)("via %s", (via) => {
    it("both streams are complete and separate, from far larger than a pipe to empty", async () => {
      await using pool = await startShells({ shellPath });
      const outcome = await pool.words(via, [fixture("both-streams")]);
      expect(outcome).toEqual(exited(3, "o".repeat(5_000_000), "e".repeat(5_000_000)));
      expect(await pool.words(via, ["/bin/true"])).toEqual(exited(0));
    });

    it("return codes are told", async () => {
      await using pool = await startShells({ shellPath });
      for (const code of [0, 1, 2, 3, 126, 127, 128, 255])
        expect(await pool.script(via, `exit ${code}`)).toEqual(exited(code));
    });

    it.each([
      ["what is not there", "/nope/plugin", 127],
      ["what is not executable", fixture("not-executable"), 126],
      ["a directory", "/tmp", 126],
    ])("starting %s", async (_, path, returnCode) => {
      await using pool = await startShells({ shellPath });
      const outcome = await pool.words(via, [path]);
      expect(outcome).toMatchObject({ returnCode, stdout: "" });
      if (via === "plugin") expect(outcome).toEqual(exited(returnCode));
      else expect(outcome).toMatchObject({ stderr: expect.stringMatching(/^sh: /) });
    });

    it("arguments are unchanged", async () => {
      await using pool = await startShells({ shellPath });
      const words = ["", "a b", "a'b", "$HOME", "a\nb", "\xff\x81\x01", "x".repeat(50_000), ""];
      const outcome = await pool.words(via, [fixture("words"), ...words]);
      expect(stdoutOf(outcome).split("\0").slice(2)).toEqual([...words, ""]);
    });

    it("a time-out ends the whole process group", async () => {
      await using pool = await startShells({ shellPath });
      const outcome = await pool.words(via, [fixture("stubborn")], 0.3);
      expect(outcome.kind).toBe("timed-out");
      await until(() => membersOf(Number(stdoutOf(outcome))).length === 0);
    });

    it("a plugin gets only its three descriptors", async () => {
      await using pool = await startShells({ shellPath });
      const fromHere = spawnSync("ls", ["/proc/self/fd"], { encoding: "latin1" }).stdout;
      expect(stdoutOf(await pool.words(via, ["/bin/ls", "/proc/self/fd"]))).toBe(fromHere);
    });

    it.each([
      ["kill 0", 143],
      ["kill -TERM $PPID; exit 2", 2],
      ["kill -9 $$", 137],
      ["cd /; umask 077; exec nope", 127],
      ["echo 'unbalanced", 2],
    ])("%s harms no other check", async (script, returnCode) => {
      await using pool = await startShells({ shellPath });
      expect(await pool.script(via, script)).toMatchObject({ kind: "exited", returnCode });
      expect(await pool.script(via, "echo next; pwd")).toEqual(exited(0, `next\n${process.cwd()}\n`));
      expect(pool.warnings).toEqual([]);
    });
  });

  it("a plugin killed by a signal gives 128 and the signal, without a message of the shell", async () => {
    await using pool = await startShells({ shellPath });
    for (const signal of [1, 6, 9, 11, 13, 15])
      expect(await pool.plugin([fixture("die"), String(signal)])).toEqual(
        exited(128 + signal, "", "own words\n"),
      );
  });
});
