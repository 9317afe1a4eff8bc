import type { ByteString } from "../../byte-string.ts";
import type { Output } from "../../outcome.ts";
import type { Assignment, ShellCommand } from "../command.ts";
import { quoteWord } from "./quote-word.ts";

/** How one kind of /bin/sh is started and spoken to, and what it adds to the output. */
export interface ShellDialect {
  /** Arguments with which it reads its commands from a named pipe. */
  readonly start: (commandPipe: string) => readonly string[];
  readonly text: (command: ShellCommand) => ByteString;
  /** Takes the shell's own words out, so that what is left is what a fresh start would have left. */
  readonly clean: (command: ShellCommand, returnCode: number, output: Output) => Output;
}

export interface DialectOptions {
  /** Of the shells' pipes; its name is in every message of a shell about a plugin it could not start. */
  readonly directory: string;
  readonly shellPath: string;
  /** What we know well enough to let it run lines itself, in a subshell; others get a fresh shell for each. */
  readonly isDash: boolean;
}

/** Variables a shell watches: giving them a value could end it or change it, so they are set in a child. */
const WATCHED = new Set(
  (
    "BASHOPTS BASH_ENV ENV EUID FUNCNAME GROUPS HISTFILE IFS LINENO OPTARG OPTIND PATH POSIXLY_CORRECT PPID PS4 " +
    "PWD SHELLOPTS UID"
  ).split(" "),
);

/** `$$` and PPID would name the warm shell and the worker; messages in an eval or a trap would look different. */
const NEEDS_FRESH_SHELL = /\$\$|\$\{\$|PPID|\b(?:eval|trap)\b/;

/** `sh: 1: eval: x: not found` is `sh: 1: x: not found` where no eval is. */
const EVAL = /^(sh: \d+: )eval: /gm;

/** strsignal(3) of what dash and busybox print for a killed child; `signal` is the return code less 128. */
const SIGNAL_WORDS: Readonly<Record<number, string>> = {
  1: "Hangup",
  3: "Quit",
  4: "Illegal instruction",
  5: "Trace/breakpoint trap",
  6: "Aborted",
  7: "Bus error",
  8: "Floating point exception",
  9: "Killed",
  10: "User defined signal 1",
  11: "Segmentation fault",
  12: "User defined signal 2",
  14: "Alarm clock",
  15: "Terminated",
  16: "Stack fault",
  24: "CPU time limit exceeded",
  25: "File size limit exceeded",
  26: "Virtual timer expired",
  27: "Profiling timer expired",
  29: "I/O possible",
  30: "Power failure",
  31: "Bad system call",
};
const FIRST_REAL_TIME_SIGNAL = 34;

export function createDialect({ directory, shellPath, isDash }: DialectOptions): ShellDialect {
  const isEvaluated = (line: ByteString) => isDash && !NEEDS_FRESH_SHELL.test(line);
  return {
    // Named `sh` as well; others than dash read such a file to its end before they run its first line.
    start: (commandPipe) => (isDash ? ["-c", `. ${quoteWord(commandPipe)}`, "sh"] : [commandPipe]),
    text(command) {
      const { via, env } = command;
      if (via === "plugin") return pluginText(command);
      const line = quoteWord(command.commandLine);
      // Given this name, and not its path, a fresh shell's messages start as they do when a worker starts it.
      const run = isEvaluated(command.commandLine)
        ? `eval ${line}`
        : `exec ${quoteWord(shellPath)} -c -- ${line} sh`;
      return env.length === 0 ? `( ${run} )` : `( export ${env.map(assignment).join(" ")}; ${run} )`;
    },
    clean(command, returnCode, output) {
      if (command.via === "plugin") return withoutMessages(output, returnCode, directory);
      return isEvaluated(command.commandLine) ? withoutEval(output) : output;
    },
  };
}

function pluginText({ argv, env }: ShellCommand & { readonly via: "plugin" }): ByteString {
  const words = argv.map(quoteWord).join(" ");
  if (env.length === 0) return words;
  const isWatched = env.some(([name]) => WATCHED.has(name));
  return `${isWatched ? "/usr/bin/env " : ""}${env.map(assignment).join(" ")} ${words}`;
}

function assignment([name, value]: Assignment): ByteString {
  return `${name}=${quoteWord(value)}`;
}

function withoutMessages(output: Output, returnCode: number, directory: string): Output {
  const { stderr } = output;
  if (stderr === "" || returnCode < 126) return output;
  if (returnCode <= 127) return isOfShell(stderr, directory) ? { ...output, stderr: "" } : output;
  const words = signalWords(returnCode - 128);
  const ending = [`${words}\n`, `${words} (core dumped)\n`].find((text) => stderr.endsWith(text));
  return ending === undefined ? output : { ...output, stderr: stderr.slice(0, -ending.length) };
}

/** The plugin could not be started, so all there is was said about that. */
function isOfShell(stderr: ByteString, directory: string): boolean {
  return stderr.replace(/^sh: \d+: /, "").startsWith(`${directory}/`);
}

function signalWords(signal: number): string {
  return SIGNAL_WORDS[signal] ?? `Real-time signal ${signal - FIRST_REAL_TIME_SIGNAL}`;
}

function withoutEval({ stdout, stderr }: Output): Output {
  return { stdout: withoutEvalIn(stdout), stderr: withoutEvalIn(stderr) };
}

function withoutEvalIn(text: ByteString): ByteString {
  return text.includes(": eval: ") ? text.replace(EVAL, "$1") : text;
}
