import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Confinement } from "../../src/executor/confinement/confinement.ts";
import { decodeJob } from "../../src/job/decode.ts";
import { judge, judgeSettings } from "../../src/result/judge.ts";
import { createFolder } from "../support/folder.ts";
import { checkLeaks } from "../support/leaks.ts";
import { startShells } from "./warm-shells.ts";

checkLeaks();

const MIB = 1024 * 1024;
const TIMEOUT = 20;
const JOB = decodeJob(
  "type=service\nresult_queue=r\nhost_name=web1\nservice_description=s\ncommand_line=/p/x\n",
);
const SETTINGS = judgeSettings({
  identifier: "gw",
  timeoutReturn: 3,
  showErrorOutput: true,
  debugResult: false,
  workerNameInResult: "off",
  workaroundRc25: false,
});
const outOfBounds = (returnCode: number, hint = "") =>
  `CRITICAL: Return code of ${returnCode} is out of bounds.${hint} (worker: gw)\n`;

type Limit = Confinement["limits"][number];
const limit = (name: string, soft: number, hard = soft): Limit => ({ name, soft, hard });
const perl = (text: string) => ["/usr/bin/perl", "-e", `$| = 1; print "begun\n"; ${text}`];
const python = (text: string) => ["/usr/bin/python3", "-c", `print("begun", flush=True); ${text}`];
const sh = (text: string) => ["/bin/sh", "-c", `echo begun; ${text}`];
const PERL_WANTS_MEMORY = '$n = 200_000_000; $x = "a" x $n; print "done\n"';
const PYTHON_WANTS_MEMORY = 'x = bytearray(200_000_000); print("done")';

interface Case {
  readonly what: string;
  readonly limit: Limit;
  readonly argv: readonly string[];
  /** Of the result. */
  readonly returnCode: number;
  readonly output: string | RegExp;
}

const CASES: readonly Case[] = [
  {
    what: "as: a Perl plugin ends with WARNING",
    limit: limit("as", 64 * MIB),
    argv: perl(PERL_WANTS_MEMORY),
    returnCode: 1,
    output: /^begun\n\[Out of memory/,
  },
  {
    what: "as: a Python plugin without a handler for it ends with WARNING, as of any exception",
    limit: limit("as", 64 * MIB),
    argv: python(PYTHON_WANTS_MEMORY),
    returnCode: 1,
    output: /^begun\n\[Traceback.*\nMemoryError\]$/s,
  },
  {
    what: "as: a program that is larger than the limit does not start",
    limit: limit("as", 32 * MIB),
    argv: [process.execPath, "-e", "console.log(1)"],
    returnCode: 2,
    output: /^CRITICAL: Return code of 1\d\d is out of bounds\./,
  },
  {
    what: "as: a plugin that takes no notice of its child's end answers OK, with what the child said",
    limit: limit("as", 64 * MIB),
    argv: sh(`perl -e '${PERL_WANTS_MEMORY}'; echo OK`),
    returnCode: 0,
    output: /^begun\nOK\n\[Out of memory/,
  },
  {
    what: "data: a Perl plugin ends with WARNING",
    limit: limit("data", 32 * MIB),
    argv: perl(PERL_WANTS_MEMORY),
    returnCode: 1,
    output: /^begun\n\[Out of memory/,
  },
  {
    what: "data: a Python plugin ends with WARNING",
    limit: limit("data", 32 * MIB),
    argv: python(PYTHON_WANTS_MEMORY),
    returnCode: 1,
    output: /^begun\n\[Traceback.*\nMemoryError\]$/s,
  },
  {
    what: "stack: a program that needs more is ended by a signal",
    limit: limit("stack", MIB),
    argv: ["/bin/bash", "-c", "f() { [ $1 = 0 ] || f $(($1 - 1)); }; echo begun; f 2000"],
    returnCode: 2,
    output: `${outOfBounds(139, " Plugin exited by signal SIGSEGV.")}begun`,
  },
  {
    what: "fsize: a plugin that writes a larger file is ended by a signal",
    limit: limit("fsize", 8192),
    argv: sh("exec seq 100000 >FILE"),
    returnCode: 2,
    output: `${outOfBounds(153)}begun`,
  },
  {
    what: "fsize: its child is, and the shell says why",
    limit: limit("fsize", 8192),
    argv: sh("seq 100000 >FILE; echo went on"),
    returnCode: 0,
    output: "begun\nwent on\n[File size limit exceeded]",
  },
  {
    what: "fsize: Python ignores the signal, and has an error",
    limit: limit("fsize", 8192),
    argv: python('open("FILE", "wb", 0).write(b"a" * 8193 * 2); open("FILE", "ab", 0).write(b"a")'),
    returnCode: 1,
    output: /^begun\n\[Traceback.*\nOSError: \[Errno 27\] File too large\]$/s,
  },
  {
    what: "fsize: an output is no file",
    limit: limit("fsize", 0),
    argv: sh("seq 20000 | tail -1"),
    returnCode: 0,
    output: "begun\n20000",
  },
  {
    what: "nofile: a Perl plugin dies with the number of the error as its return code",
    limit: limit("nofile", 16),
    argv: perl('for (1..99) { open($f[$_], "<", "/dev/null") or die "UNKNOWN - $!\n" }'),
    returnCode: 2,
    output: `${outOfBounds(24)}begun\n[UNKNOWN - Too many open files]`,
  },
  {
    what: "nofile: a Python plugin ends with WARNING",
    limit: limit("nofile", 16),
    argv: python('f = [open("/dev/null") for _ in range(99)]'),
    returnCode: 1,
    output: /^begun\n\[Traceback.*\nOSError: \[Errno 24\] Too many open files: '\/dev\/null'\]$/s,
  },
  {
    what: "core: a plugin that crashes leaves no file, and is CRITICAL as every one that crashes",
    limit: limit("core", 0),
    argv: sh("kill -SEGV $$"),
    returnCode: 2,
    output: `${outOfBounds(139, " Plugin exited by signal SIGSEGV.")}begun`,
  },
  {
    what: "cpu: a plugin that computes for too long is ended by a signal",
    limit: limit("cpu", 1, 2),
    argv: sh("while :; do :; done"),
    returnCode: 2,
    output: `${outOfBounds(152)}begun`,
  },
  {
    what: "cpu: one that ignores the signal is killed a second later",
    limit: limit("cpu", 1, 2),
    argv: sh("trap '' XCPU; while :; do :; done"),
    returnCode: 2,
    output: `${outOfBounds(137, " Plugin exited by signal SIGKILL.")}begun`,
  },
];

it.each(CASES)("$what", async ({ limit: met, argv, returnCode, output }) => {
  using folder = createFolder();
  const file = join(folder.path, "file");
  await using pool = await startShells({ warm: 0 });
  const outcome = await pool.shells.run(
    {
      via: "plugin",
      argv: argv.map((word) => word.replaceAll("FILE", file)),
      env: [],
      confinement: { account: undefined, limits: [met] },
    },
    TIMEOUT,
  );
  const said = judge(JOB, outcome, SETTINGS);
  expect(said.returnCode).toBe(returnCode);
  if (typeof output === "string") expect(said.output).toBe(output);
  else expect(said.output).toMatch(output);
  if (existsSync(file)) expect(statSync(file).size).toBe(met.soft);
});
