import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWarmPlugins, type WarmPlugin } from "../../../src/executor/interpreters/warm-plugin.ts";
import { PipeDirectory } from "../../../src/executor/named-pipes.ts";
import type { Outcome } from "../../../src/outcome/outcome.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { exited, membersOf, startShells, stdoutOf, until } from "../warm-shells.ts";

checkLeaks();

const TIMEOUT = 20;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "warm-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const warm = createWarmPlugins({
  perl: "implicitly",
  python: "implicitly",
  path: process.env["PATH"] ?? "",
  include: [],
  except: [],
  load: [],
  lookAgainAfterMs: 0,
});

/** Writes a plugin into the folder of the test. */
function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}

function warmPlugin(file: string): WarmPlugin {
  const plugin = warm(file);
  if (plugin === undefined) throw new Error(`${file} does not qualify`);
  return plugin;
}

type Pool = Awaited<ReturnType<typeof startShells>>;

function run(
  pool: Pool,
  file: string,
  args: readonly string[] = [],
  timeout = TIMEOUT,
  signal?: AbortSignal,
) {
  const command = { via: "warm", plugin: warmPlugin(file), argv: [file, ...args], env: [] } as const;
  return pool.shells.run(command, timeout, signal);
}

const LANGUAGES = [
  {
    language: "perl",
    server: "perl",
    /** Prints the ids of its own and its parent process, to show that it was forked by a template. */
    family: `#!/usr/bin/perl\nprint "$$ " . getppid() . "\\n"; exit 0;\n`,
    echo: `#!/usr/bin/perl\nprint "@ARGV|$ENV{NAGIOS_TEST}\\n"; print STDERR "err\\n"; exit 2;\n`,
    sleep: `#!/usr/bin/perl\n$| = 1; print "partly\\n"; system("sleep 60"); exit 0;\n`,
    nap: `#!/usr/bin/perl\nselect undef, undef, undef, $ARGV[0]; print "$$ " . getppid() . "\\n"; exit 0;\n`,
    slow: `#!/usr/bin/perl\nBEGIN { select undef, undef, undef, 1 } print "$$ " . getppid() . "\\n"; exit 0;\n`,
    killParent: `#!/usr/bin/perl\nkill KILL => getppid(); sleep 60; exit 0;\n`,
    broken: `#!/usr/bin/perl\nuse strict; print $undeclared; exit 0;\n`,
  },
  {
    language: "python",
    server: "python3",
    family: `#!/usr/bin/python3\nimport os\nprint(os.getpid(), os.getppid())\n`,
    echo: `#!/usr/bin/python3\nimport os, sys\nprint(" ".join(sys.argv[1:]) + "|" + os.environ.get("NAGIOS_TEST", ""))\nsys.stderr.write("err\\n")\nsys.exit(2)\n`,
    sleep: `#!/usr/bin/python3\nimport subprocess\nprint("partly", flush=True)\nsubprocess.call(["sleep", "60"])\n`,
    nap: `#!/usr/bin/python3\nimport os, sys, time\ntime.sleep(float(sys.argv[1]))\nprint(os.getpid(), os.getppid())\n`,
    slow: `#!/usr/bin/python3\n# omd-worker: warm\nimport os, slow_to_load\nprint(os.getpid(), os.getppid())\n`,
    killParent: `#!/usr/bin/python3\nimport os, time\nos.kill(os.getppid(), 9)\ntime.sleep(60)\n`,
    broken: `#!/usr/bin/python3\nprint("no end\n`,
  },
] as const;

describe.each(LANGUAGES.filter(({ server }) => hasServer(server)))(
  "a warm $language plugin",
  ({ language, family, echo, sleep, nap, slow, killParent, broken }) => {
    it("runs in a child of one process for all its checks, in its own process group", async () => {
      await using pool = await startShells();
      const file = write("check_family", family);
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => run(pool, file)));
      const processes = outcomes.map((outcome) => stdoutOf(outcome).trim().split(" "));
      expect(new Set(processes.map(([pid]) => pid)).size).toBe(10);
      expect(new Set(processes.map(([, parent]) => parent)).size).toBe(1);
    });

    it("gets its words and variables, and gives return code, stdout and stderr", async () => {
      await using pool = await startShells();
      const file = write("check_echo", echo);
      const words = ["-w", "a b", "tab\tnewline\nback\\slash", "", "\xc3\xa4"];
      const command = { via: "warm", plugin: warmPlugin(file), argv: [file, ...words] } as const;
      expect(await pool.shells.run({ ...command, env: [["NAGIOS_TEST", "one\ttwo"]] }, TIMEOUT)).toEqual(
        exited(2, `${words.join(" ")}|one\ttwo\n`, "err\n"),
      );
      expect(await pool.shells.run({ ...command, env: [] }, TIMEOUT)).toEqual(
        exited(2, `${words.join(" ")}|\n`, "err\n"),
      );
    });

    it.each([
      ["UTF-8", "\xc3\xbcber"],
      ["other bytes", "\xfcber \xff\x80"],
      ["characters that mean something to a shell", "$a %d \\n'\"`-\n"],
    ])("has a path of %s", async (_, name) => {
      await using pool = await startShells();
      mkdirSync(Buffer.from(join(folder, name), "latin1"));
      const file = join(folder, name, `check_${name}`);
      writeFileSync(Buffer.from(file, "latin1"), family, { mode: 0o755 });
      const outcomes = [await run(pool, file), await run(pool, file)];
      const parents = outcomes.map((outcome) => /^\d+ (\d+)\n$/.exec(stdoutOf(outcome))?.[1]);
      expect(parents).toEqual([expect.any(String), parents[0]]);
    });

    it("ends with its children at the time-out, and does not disturb the next check", async () => {
      await using pool = await startShells();
      const file = write("check_sleep", sleep);
      const [slow, other] = await Promise.all([run(pool, file, [], 1), run(pool, write("f", family))]);
      expect(slow).toEqual({ kind: "timed-out", after: 1, stdout: "partly\n", stderr: "" });
      const [group] = stdoutOf(other).split(" ");
      await until(() => membersOf(Number(group)).length === 0);
      expect(stdoutOf(await run(pool, write("f", family)))).toMatch(/^\d+ \d+\n$/);
    });

    it("ends when it is cancelled", async () => {
      await using pool = await startShells();
      const wanted = new AbortController();
      const outcome = run(pool, write("check_sleep", sleep), [], TIMEOUT, wanted.signal);
      wanted.abort(new Error("no longer"));
      expect(await outcome).toEqual({ kind: "crashed", error: new Error("no longer") });
    });

    it("is compiled again when its file has changed", async () => {
      await using pool = await startShells();
      const file = write("check_it", family);
      expect(stdoutOf(await run(pool, file))).toMatch(/^\d+ \d+\n$/);
      write("check_it", `${echo}\n# changed\n`);
      expect(await run(pool, file, ["new"])).toEqual(exited(2, "new|\n", "err\n"));
    });

    it("that kills its parent fails alone, and is executed if it does so again", async () => {
      await using pool = await startShells();
      const file = write("check_kill", killParent);
      for (let i = 0; i < 3; i++) {
        expect(await run(pool, file, [], 5)).toEqual({
          kind: "crashed",
          error: new Error("the warm interpreter of the plugin was killed"),
        });
      }
      write("check_kill_not", family);
      expect(stdoutOf(await run(pool, join(folder, "check_kill_not")))).toMatch(/^\d+ \d+\n$/);
      expect(pool.warnings.map(({ message }) => message)).toEqual(
        Array(3).fill("a warm interpreter was killed"),
      );
    });

    it("that does not compile gives the message of the compiler", async () => {
      await using pool = await startShells();
      const outcome = await run(pool, write("check_broken", broken));
      if (language === "perl") {
        expect(outcome).toEqual({
          kind: "not-compiled",
          plugin: join(folder, "check_broken"),
          complaint: expect.stringMatching(/^Global symbol "\$undeclared" requires explicit package name/),
        });
      } else {
        expect(outcome).toMatchObject({ kind: "exited", returnCode: 1, stdout: "" });
        expect(outcome).toMatchObject({ stderr: expect.stringContaining("SyntaxError") });
      }
    });

    it("that begins late disturbs no other check of its plugin", async () => {
      await using pool = await startShells();
      const file = write("check_nap", nap);
      const [, template] = stdoutOf(await run(pool, file, ["0"]))
        .trim()
        .split(" ");
      const other = run(pool, file, ["0.5"]);
      await run(pool, file, ["0"]);
      process.kill(Number(template), "SIGSTOP");
      expect(await run(pool, file, ["0"], 0.1)).toMatchObject({ kind: "timed-out" });
      process.kill(Number(template), "SIGCONT");
      expect(await other).toMatchObject({ kind: "exited", returnCode: 0 });
      await until(() => !existsSync(`/proc/${template}`));
      expect(pool.warnings).toEqual([]);
    });

    it("that its parent never starts leaves nothing behind", async () => {
      await using pool = await startShells();
      const file = write("check_family", family);
      const [, template] = stdoutOf(await run(pool, file))
        .trim()
        .split(" ");
      process.kill(Number(template), "SIGSTOP");
      expect(await run(pool, file, [], 0.1)).toMatchObject({ kind: "timed-out" });
      expect(await run(pool, file), "another parent has it").toMatchObject({ kind: "exited" });
      await until(() => !existsSync(`/proc/${template}`));
    });

    it("whose parent is stopped does not keep the worker from stopping", async () => {
      const pool = await startShells();
      const [, template] = stdoutOf(await run(pool, write("check_family", family)))
        .trim()
        .split(" ");
      process.kill(Number(template), "SIGSTOP");
      await pool.shells.stop();
      expect(existsSync(`/proc/${template}`)).toBe(false);
    });

    it("that takes too long to compile is compiled again", async () => {
      await using pool = await startShells();
      write("slow_to_load.py", "import time\ntime.sleep(1)\n");
      const file = write("check_slow", slow);
      const outcomes = await Promise.all([0.2, TIMEOUT].map((timeout) => run(pool, file, [], timeout)));
      expect(outcomes).toEqual([
        expect.objectContaining({ kind: "timed-out" }),
        expect.objectContaining({ returnCode: 0 }),
      ]);
      expect(pool.warnings.map(({ message }) => message)).toEqual(["a warm interpreter was killed"]);
      const families = await Promise.all([1, 2].map(() => run(pool, file)));
      expect(new Set(families.map((outcome) => stdoutOf(outcome).split(" ")[1])).size, "one parent").toBe(1);
    });

    it("whose pipes were removed gives no answer, and the next one gets others", async () => {
      const directory = new PipeDirectory([folder]);
      await using pool = await startShells({ directory });
      const file = write("check_echo", echo);
      expect(await run(pool, file)).toMatchObject({ returnCode: 2 });
      rmSync(directory.path, { recursive: true });
      const error = new Error(`the pipes of plugins were removed from ${directory.path}`);
      expect(await run(pool, file)).toEqual({ kind: "crashed", error });
      expect(await run(pool, file)).toEqual(exited(2, "|\n", "err\n"));
    });

    it("leaves no process when the worker stops, whatever it does", async () => {
      const pool = await startShells();
      const file = write("check_sleep", sleep);
      const slow = run(pool, file);
      const { stdout } = (await run(pool, write("check_family", family))) as Outcome & { stdout: string };
      const [, template] = stdout.trim().split(" ");
      await pool.shells.stop();
      expect((await slow).kind).toBe("crashed");
      expect(existsSync(`/proc/${template}`)).toBe(false);
      expect(pool.warnings).toEqual([]);
    });
  },
);

describe.skipIf(!hasServer("perl"))("a warm Perl plugin", () => {
  it("that does not call exit gives what it gives executed", async () => {
    await using pool = await startShells();
    const file = write("check_fall", `#!/usr/bin/perl\nprint "OK - fell off\\n";\n`);
    expect(await run(pool, file)).toEqual(exited(0, "OK - fell off\n"));
  });

  it("that prints while it is compiled is started anew for each check", async () => {
    await using pool = await startShells();
    const log = join(folder, "log");
    const file = write(
      "check_begin",
      `#!/usr/bin/perl\nBEGIN { print "compiled\\n" } open my $l, ">>", "${log}"; print $l getppid(), "\\n"; print "ran\\n"; exit 1;\n`,
    );
    expect(await run(pool, file)).toEqual(exited(1, "compiled\nran\n"));
    expect(await run(pool, file)).toEqual(exited(1, "compiled\nran\n"));
    expect(readFileSync(log, "latin1").split("\n").filter(Boolean)).toHaveLength(2);
  });
});

describe.skipIf(!hasServer("python3"))("a warm Python plugin", () => {
  it("that leaves a process behind while it is compiled does not keep the worker from stopping", async () => {
    const pool = await startShells();
    const pidFile = join(folder, "pid");
    write(
      "leaves.py",
      `import subprocess
if "warm.py" in open("/proc/self/cmdline").read():
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    open("${pidFile}", "w").write(str(process.pid))
`,
    );
    const file = write(
      "check_leaves",
      "#!/usr/bin/python3\n# omd-worker: warm\nimport leaves\nprint('fine')\n",
    );
    expect(await run(pool, file)).toEqual(exited(0, "fine\n"));
    await pool.shells.stop();
    process.kill(Number(readFileSync(pidFile, "latin1")), "SIGKILL"); // throws when it is not there any more
  });
});
