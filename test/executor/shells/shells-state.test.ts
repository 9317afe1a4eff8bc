import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { checkLeaks } from "../../support/leaks.ts";
import { exited, membersOf, startShells, stdoutOf, until, VIAS } from "../warm-shells.ts";

checkLeaks();

/** Prints all state of a shell that a line could have changed. */
const STATE = "pwd; umask; ulimit -a; alias; set; echo $-; env | sort; ls /proc/self/fd; hash; jobs";
/** A line that prints the process id of the warm shell. */
const SHELL = "echo $PPID";

describe("a line changes nothing for the next one", () => {
  it.each([
    "cd /",
    "cd /; unset PWD OLDPWD",
    "umask 077",
    "ulimit -n 64",
    "ulimit -t 1",
    "exec true",
    "exec >/dev/null 2>&1",
    "exec 3</etc/passwd 9>/dev/null 10<&-",
    "exit 7",
    "trap 'echo trapped' EXIT; exit 3",
    "trap '' TERM HUP INT",
    "trap - TERM",
    "set -e; false",
    "set -eu -x; : $NOPE",
    "set -f -C -a -v",
    "set -n",
    "set -- a b c",
    "export FOO=bar PATH=/nope HOME=/nope",
    "FOO=bar; readonly FOO",
    "unset PATH HOME",
    "IFS=0123456789",
    "PS4=x OPTIND=7 LINENO=9",
    "echo() { command echo mine; }; eval() { :; }",
    "echo() { command echo mine; }; exit() { :; }",
    "alias echo=false exit=true ls=nope",
    "sleep 60 >/dev/null 2>&1 & kill -9 $!",
    "hash ls cat",
    "return 3",
    "break 5; continue 5",
    "nope",
    "echo 'unbalanced",
    'echo "unbalanced',
    ") 2>&1; echo injected; (",
    "' ) >/dev/null; echo 99 0; ( eval '",
    "\n)\n",
    "cat <<EOT",
    "echo a \\",
    "# comment",
    "command exec nope",
    ". /nope",
    "wait; times",
    "kill 0",
    "kill -HUP 0",
    "kill -INT 0",
    "kill -PIPE 0",
    "kill -9 $$",
    "kill -TERM $PPID",
    "kill -USR1 $PPID; kill -ALRM $PPID",
  ])("%j", async (hostile) => {
    await using pool = await startShells();
    const before = { state: await pool.line(STATE), shell: await pool.line(SHELL) };
    await pool.line(hostile);
    expect({ state: await pool.line(STATE), shell: await pool.line(SHELL) }).toEqual(before);
    expect(pool.countShells(), "it is the same shell").toBe(1);
    expect(pool.warnings).toEqual([]);
  });
});

describe.each(VIAS)("signals to the process group, via %s", (via) => {
  it.each([
    ["kill 0", 143],
    ["kill -TERM $PPID; sleep 0; exit 0", 0],
    ["kill -9 $$", 137],
  ])("%s gives %i and harms no other check", async (script, returnCode) => {
    await using pool = await startShells();
    expect(await pool.script(via, `echo before; ${script}`)).toMatchObject({
      returnCode,
      stdout: "before\n",
    });
    expect(await pool.script(via, "echo next")).toEqual(exited(0, "next\n"));
  });

  it.each(["kill -9 $PPID; sleep 60", "kill -9 $PPID", "kill -9 0"])(
    "%s kills the shell: it is judged as any signal, the shell replaced and nothing left of it",
    async (script) => {
      await using pool = await startShells();
      const group = Number(stdoutOf(await pool.line(SHELL)));
      const outcome = await pool.script(via, `echo before; ${script}`);
      expect(outcome).toEqual({ kind: "signalled", signal: 9, stdout: "before\n", stderr: "" });
      expect(pool.warnings).toEqual([]);
      expect(await pool.script(via, "echo next")).toEqual(exited(0, "next\n"));
      await until(() => membersOf(group).length === 0);
    },
  );

  it("a word of more than 128 KiB is told, as by a shell", async () => {
    await using pool = await startShells();
    const outcome = await pool.words(via, ["/bin/echo", "x".repeat(200_000)]);
    expect(outcome).toEqual(exited(126, "", "sh: 1: /bin/echo: Argument list too long\n"));
  });
});

it("a shell killed while idle is replaced", async () => {
  await using pool = await startShells();
  const shell = Number(stdoutOf(await pool.line(SHELL)));
  process.kill(shell, "SIGKILL");
  await until(() => pool.countShells() === 0);
  expect(await pool.line("echo next")).toEqual(exited(0, "next\n"));
});

it("$$ and $PPID are not the worker's, $0 is sh and there are no arguments", async () => {
  await using pool = await startShells();
  const line = 'echo $$ $PPID "$0" $#; exec sh -c "echo \\$\\$ \\$PPID"';
  const [first = "", second] = stdoutOf(await pool.line(line)).split("\n");
  const [own, parent, ...rest] = first.split(" ");
  expect(rest).toEqual(["sh", "0"]);
  expect(second).toBe(`${own} ${parent}`);
  expect([own, parent]).not.toContain(String(process.pid));
  expect(own).not.toBe(parent);
});

it.each(VIAS)("no descriptor of the worker or the shell reaches a plugin, via %s", async (via) => {
  await using pool = await startShells();
  const fromHere = spawnSync("ls", ["/proc/self/fd"], { encoding: "latin1" }).stdout;
  expect(stdoutOf(await pool.words(via, ["/bin/ls", "/proc/self/fd"]))).toBe(fromHere);
});

it("a line with a NUL byte does not disturb the next one", async () => {
  await using pool = await startShells();
  await pool.line("echo a\0b");
  await pool.plugin(["/bin/echo", "a\0b"]);
  expect(await pool.line("echo next")).toEqual(exited(0, "next\n"));
});
