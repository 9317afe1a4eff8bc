import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MAX_OUTPUT } from "../../../src/outcome/outcome.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { exited, fixture, membersOf, startShells, stdoutOf, until, VIAS } from "../warm-shells.ts";

checkLeaks();

const EVERY_BYTE = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
const EVERY_BYTE_BUT_NUL = EVERY_BYTE.slice(1);

describe.each(VIAS)("output, via %s", (via) => {
  it("is complete and separate if both streams are far larger than a pipe", async () => {
    await using pool = await startShells();
    const outcome = await pool.words(via, [fixture("both-streams")]);
    expect(outcome).toEqual(exited(3, "o".repeat(5_000_000), "e".repeat(5_000_000)));
  });

  it("is kept up to a limit, and a plugin that exceeds it still ends with its own return code", async () => {
    await using pool = await startShells();
    const outcome = await pool.words(via, [fixture("no-newline")]);
    expect(outcome).toEqual(exited(1, "x".repeat(MAX_OUTPUT)));
    expect(pool.warnings).toEqual([
      { fields: { dropped: 12_000_000 - MAX_OUTPUT }, message: expect.stringContaining("cutting off") },
    ]);
  });

  it("without end is cut off and ended at the time-out", async () => {
    await using pool = await startShells();
    const outcome = await pool.words(via, [fixture("endless")], 1);
    expect(outcome.kind).toBe("timed-out");
    if (outcome.kind !== "timed-out") return;
    for (const text of [outcome.stdout, outcome.stderr]) {
      expect(text.length).toBeGreaterThan(100_000);
      expect(text.length).toBeLessThanOrEqual(MAX_OUTPUT);
    }
  });

  it("keeps every byte on both streams", async () => {
    await using pool = await startShells();
    const file = join(mkdtempSync(join(tmpdir(), "every-byte-")), "data");
    writeFileSync(file, EVERY_BYTE, "latin1");
    const outcome = await pool.script(via, `cat ${file}; cat ${file} >&2`);
    rmSync(file);
    rmdirSync(join(file, ".."));
    expect(outcome).toEqual(exited(0, EVERY_BYTE, EVERY_BYTE));
  });

  it("of a background child belongs to its check, which waits for it, and to no other", async () => {
    await using pool = await startShells();
    const first = pool.words(via, [fixture("late-child")]);
    const others = await Promise.all([1, 2, 3].map((number) => pool.script(via, `echo ${number}`)));
    expect(others.map(stdoutOf)).toEqual(["1\n", "2\n", "3\n"]);
    expect(await first).toEqual(exited(0, "now\nlate\n"));
    const next = await Promise.all([4, 5, 6, 7].map((number) => pool.script(via, `echo ${number}`)));
    expect(next.map(stdoutOf)).toEqual(["4\n", "5\n", "6\n", "7\n"]);
  });

  it("that a background child has closed is not waited for", async () => {
    await using pool = await startShells();
    const outcome = await pool.words(via, [fixture("quiet-child")]);
    process.kill(Number(stdoutOf(outcome)), "SIGKILL"); // throws when it is not there any more
    expect(outcome).toMatchObject({ kind: "exited", returnCode: 0 });
  });

  it.each(["1", "2", "1 2"])("closed by the plugin (descriptors %s) does not end the run", async (closed) => {
    await using pool = await startShells();
    expect(await pool.words(via, [fixture("closed-streams"), closed])).toEqual(exited(3));
    expect(await pool.script(via, "echo next")).toEqual(exited(0, "next\n"));
  });

  it("of a plugin with nothing but a background child's is partly there at the time-out", async () => {
    await using pool = await startShells();
    const outcome = await pool.script(via, "sleep 60 & echo now", 0.2);
    expect(outcome).toEqual({ kind: "timed-out", after: 0.2, stdout: "now\n", stderr: "" });
  });
});

describe.each(VIAS)("a time-out, via %s", (via) => {
  it.each(["stubborn", "orphan"])(
    "comes at its deadline and ends the whole process group: %s",
    async (name) => {
      const pool = await startShells();
      const outcome = await pool.words(via, [fixture(name)], 0.3);
      expect(outcome.kind).toBe("timed-out");
      const group = Number(stdoutOf(outcome));
      expect(membersOf(group).length, "the deadline does not wait for the end of the group").toBeGreaterThan(
        1,
      );
      expect(await pool.script(via, "echo next"), "another shell goes on").toEqual(exited(0, "next\n"));
      await until(() => membersOf(group).length === 0);
      await pool.shells.stop();
    },
  );

  it("does not hit a plugin that ended in time while the worker was busy", async () => {
    await using pool = await startShells();
    const outcome = pool.script(via, "sleep 0.05; echo in time", 0.2);
    await new Promise(setImmediate);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    expect(await outcome).toEqual(exited(0, "in time\n"));
  });

  it("ends a plugin that has stopped its shell", async () => {
    await using pool = await startShells();
    const outcome = await pool.script(via, "echo $PPID; kill -STOP $PPID; exit 0", 0.3);
    expect(outcome.kind).toBe("timed-out");
    await until(() => membersOf(Number(stdoutOf(outcome))).length === 0);
  });
});

describe.each(VIAS)("starting, via %s", (via) => {
  it.each([
    ["what is not there", "/nope/plugin", 127],
    ["what is not executable", fixture("not-executable"), 126],
    ["a directory", "/tmp", 126],
    ["a script whose interpreter is not there", fixture("bad-interpreter"), 127],
  ])("%s", async (_, path, returnCode) => {
    await using pool = await startShells();
    const outcome = await pool.words(via, [path, "argument"]);
    expect(outcome).toMatchObject({ kind: "exited", returnCode, stdout: "" });
    const words = returnCode === 127 ? "not found" : "Permission denied";
    const stderr = via === "plugin" ? "" : `sh: 1: ${path}: ${words}\n`;
    expect(outcome).toMatchObject({ stderr });
  });

  it("a script without #! has sh run it", async () => {
    await using pool = await startShells();
    expect(await pool.words(via, [fixture("no-shebang"), "a b"])).toEqual(exited(2, "run by sh: a b\n"));
  });

  it("keeps the plugin's own message with 127", async () => {
    await using pool = await startShells();
    const outcome = await pool.words(via, [fixture("says-it-itself")]);
    expect(outcome).toEqual(exited(127, "", "sh: 1: something: not found\n"));
  });

  it("gives every byte unchanged in arguments, and empty ones", async () => {
    await using pool = await startShells();
    const words = [
      "",
      ...EVERY_BYTE_BUT_NUL,
      "",
      EVERY_BYTE_BUT_NUL,
      "a\nb",
      "'",
      '"',
      "$HOME",
      "`id`",
      "-n",
      "",
    ];
    const outcome = await pool.words(via, [fixture("words"), ...words]);
    expect(stdoutOf(outcome).split("\0").slice(1)).toEqual([fixture("words"), ...words, ""]);
  });

  it("gives thousands of arguments", async () => {
    await using pool = await startShells();
    const words = Array.from({ length: 5000 }, (_, number) => `argument ${number} ${"x".repeat(25)}`);
    const outcome = await pool.words(via, [fixture("words"), ...words]);
    expect(stdoutOf(outcome).split("\0").slice(2)).toEqual([...words, ""]);
    expect(await pool.script(via, "echo next")).toEqual(exited(0, "next\n"));
  });

  it("an argument larger than the kernel takes gives 126", async () => {
    await using pool = await startShells();
    const outcome = await pool.words(via, ["/bin/true", "x".repeat(200_000)]);
    expect(outcome).toMatchObject({ kind: "exited", returnCode: 126 });
    expect(await pool.script(via, "echo next")).toEqual(exited(0, "next\n"));
  });

  it("gives an empty input", async () => {
    await using pool = await startShells();
    expect(await pool.words(via, [fixture("reads-stdin")])).toEqual(exited(0, "end of input: 0\n"));
  });

  it("gives the worker's environment, nothing added and nothing lost", async () => {
    await using pool = await startShells();
    const outcome = await pool.words(via, [fixture("environment")]);
    expect(stdoutOf(outcome).split("\0").filter(Boolean).sort()).toEqual(ownEnvironment());
  });

  it("adds variables with every byte to the environment, even those to which a shell reacts", async () => {
    await using pool = await startShells();
    const path = `/nope:${process.env["PATH"]}`;
    for (const added of [
      [
        ["NAGIOS_X", EVERY_BYTE_BUT_NUL],
        ["EMPTY", ""],
      ],
      [["PATH", path]],
    ] as const) {
      const command = {
        via,
        argv: [fixture("environment")],
        commandLine: fixture("environment"),
        env: added,
      };
      const got = stdoutOf(await pool.shells.run(command, 10)).split("\0");
      expect(got).toEqual(expect.arrayContaining(added.map(([name, value]) => `${name}=${value}`)));
    }
    const next = await pool.words(via, [fixture("environment")]);
    expect(stdoutOf(next).split("\0").filter(Boolean).sort()).toEqual(ownEnvironment());
  });

  it("happens in the shell's own session and process group", async () => {
    await using pool = await startShells();
    const outcome = await pool.script(via, "cut -d' ' -f5,6 /proc/self/stat; echo $PPID");
    const [ids = "", shell] = stdoutOf(outcome).split("\n");
    expect(ids.split(" ")).toEqual([shell, shell]);
    expect(Number(shell)).not.toBe(process.pid);
  });

  it("works in a directory that was removed", async () => {
    const home = process.cwd();
    const gone = mkdtempSync(join(tmpdir(), "gone-"));
    process.chdir(gone);
    rmdirSync(gone);
    try {
      await using pool = await startShells();
      expect(await pool.script(via, "echo fine; exit 1")).toMatchObject({ returnCode: 1, stdout: "fine\n" });
    } finally {
      process.chdir(home);
    }
  });
});

describe.each(VIAS)("return codes, via %s", (via) => {
  it("are all told", async () => {
    await using pool = await startShells();
    const codes = Array.from({ length: 256 }, (_, code) => code);
    const told: unknown[] = [];
    for (const code of codes) told.push(await pool.script(via, `exit ${code}`));
    expect(told).toEqual(codes.map((code) => exited(code)));
  });
});

describe("a plugin killed by a signal", () => {
  const harmless = ["SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGWINCH"];
  const deadly = Object.entries(constants.signals).filter(([name]) => !harmless.includes(name));

  it.each([...deadly, ["the first real-time signal", 34] as const])(
    "gives 128 and its number, without the shell's word for it: %s",
    async (_, signal) => {
      await using pool = await startShells();
      const outcome = await pool.plugin([fixture("die"), String(signal)]);
      expect(outcome).toEqual(exited(128 + signal, "", "own words\n"));
    },
  );
});

function ownEnvironment(): readonly string[] {
  return Object.entries(process.env)
    .map(([name, value]) => Buffer.from(`${name}=${value}`).toString("latin1"))
    .sort();
}
