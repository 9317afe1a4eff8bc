import { type ByteString, toByteString } from "../../byte-string.ts";
import type { Output } from "../../outcome/outcome.ts";
import { NOT_EXECUTABLE, NOT_FOUND } from "../../outcome/shell-codes.ts";
import { lackIn } from "../../outcome/shortage.ts";
import type { Assignment, ShellCommand } from "../command.ts";
import { CANNOT_CONFINE, type Confinement, confiningWords, identityOf } from "../confinement/confinement.ts";
import { quoteWord } from "./quote-word.ts";

/** How one kind of /bin/sh is started, how it is given commands, and what it adds to the output. */
export interface ShellDialect {
  /** The arguments that make it read its commands from a named pipe. */
  readonly start: (commandPipe: string) => readonly string[];
  /** The command in the syntax of the shell. */
  readonly text: (command: ShellCommand) => ByteString;
  /** Removes the shell's own messages. The output is then the same as after a fresh start of the plugin. */
  readonly clean: (command: ShellCommand, returnCode: number, output: Output) => Output;
}

export interface DialectOptions {
  /** The directory of the pipes. A shell's message about a plugin that it could not start names it. */
  readonly directory: string;
  readonly shellPath: string;
  /** dash runs lines itself, in a subshell. With other, less known shells each line gets a fresh shell. */
  readonly isDash: boolean;
}

/** A new value of these variables could end or change a shell, so they are set in a child process. */
const WATCHED = new Set(
  (
    "BASHOPTS BASH_ENV ENV EUID FUNCNAME GROUPS HISTFILE IFS LINENO OPTARG OPTIND PATH POSIXLY_CORRECT PPID PS4 " +
    "PWD SHELLOPTS UID"
  ).split(" "),
);

/** `$$` and PPID differ in a warm shell, and messages in an eval or a trap would look different. */
const NEEDS_FRESH_SHELL = /\$\$|\$\{\$|PPID|\b(?:eval|trap)\b/;

/** Without eval, the message `sh: 1: eval: x: not found` is `sh: 1: x: not found`. */
const EVAL = /^(sh: \d+: )eval: /gm;

/** What dash and busybox print for a child that was killed by this signal: the texts of strsignal(3). */
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
/** With it dash ends a subshell that cannot fork. */
const CANNOT_FORK = 2;

export function createDialect({ directory, shellPath, isDash }: DialectOptions): ShellDialect {
  const isEvaluated = (line: ByteString) => isDash && !NEEDS_FRESH_SHELL.test(line);
  return {
    // The shell is named `sh`. Shells other than dash read a file after `.` to its end before they run its
    // first line.
    start: (commandPipe) => (isDash ? ["-c", `. ${quoteWord(commandPipe)}`, "sh"] : [commandPipe]),
    text(command) {
      const { via, env, confinement } = command;
      if (confinement !== undefined) return confinedText(command, confinement, shellPath);
      if (via === "plugin") return pluginText(command);
      const line = quoteWord(command.commandLine);
      // A fresh shell with the name `sh`, and not its path, begins its messages as if a worker had started
      // it.
      const run = isEvaluated(command.commandLine)
        ? `eval ${line}`
        : `exec ${quoteWord(shellPath)} -c -- ${line} sh`;
      return env.length === 0 ? `( ${run} )` : `( export ${env.map(assignment).join(" ")}; ${run} )`;
    },
    clean(command, returnCode, output) {
      if (command.via === "plugin") return withoutMessages(output, returnCode, directory);
      if (command.confinement !== undefined) return output;
      return isEvaluated(command.commandLine) ? withoutEval(output) : output;
    },
  };
}

/** dash's words, and those of execve(2) after the name of the program. */
const NOT_STARTED =
  /^sh: \d+: .*: (?:Cannot fork|Cannot allocate memory|Resource temporarily unavailable|Too many open files in system)\n$/s;

/** What the shell was short of when it was to start the command. Undefined: the command was started. */
export function findLack(
  { via }: ShellCommand,
  returnCode: number,
  { stdout, stderr }: Output,
): string | undefined {
  if (stderr === "" || stdout !== "") return undefined;
  const isOfStart = returnCode === NOT_EXECUTABLE || (returnCode === CANNOT_FORK && via === "shell");
  return isOfStart && NOT_STARTED.test(stderr) ? lackIn(stderr) : undefined;
}

function pluginText({ argv, env }: ShellCommand & { readonly via: "plugin" }): ByteString {
  const words = argv.map(quoteWord).join(" ");
  if (env.length === 0) return words;
  const isWatched = env.some(([name]) => WATCHED.has(name));
  return `${isWatched ? "/usr/bin/env " : ""}${env.map(assignment).join(" ")} ${words}`;
}

/**
 * The shell has the worker's rights, so it reads nothing of the command: neither a line nor a variable, which
 * could change the programs that take the rights away (LD_PRELOAD).
 */
function confinedText(command: ShellCommand, confinement: Confinement, shellPath: string): ByteString {
  const { env } = command;
  const words = command.via === "plugin" ? command.argv : [shellPath, "-c", "--", command.commandLine, "sh"];
  const variables = env.map(([name, value]) => `${name}=${value}`);
  const all = [...confiningWords(confinement, variables), ...words].map(quoteWord).join(" ");
  const identity = identityOf(confinement).map(([name, value]) => assignment([name, toByteString(value)]));
  if (command.via === "plugin") return [...identity, all].join(" ");
  return `( ${identity.length === 0 ? "" : `export ${identity.join(" ")}; `}exec ${all} )`;
}

function assignment([name, value]: Assignment): ByteString {
  return `${name}=${quoteWord(value)}`;
}

function withoutMessages(output: Output, returnCode: number, directory: string): Output {
  const { stderr } = output;
  if (stderr === "" || returnCode < 126) return output;
  if (returnCode <= NOT_FOUND) return { ...output, stderr: withoutMessageOfStart(stderr, directory) };
  const words = signalWords(returnCode - 128);
  const ending = [`${words}\n`, `${words} (core dumped)\n`].find((text) => stderr.endsWith(text));
  return ending === undefined ? output : { ...output, stderr: stderr.slice(0, -ending.length) };
}

/**
 * Removes the shell's message that the plugin could not be started: `judge` has its own words for the return
 * code. It has none for an argument that is too long, so that message stays, without the name of the pipe.
 */
function withoutMessageOfStart(stderr: ByteString, directory: string): ByteString {
  if (CANNOT_CONFINE.test(stderr)) return withoutConfining(stderr);
  const [, prefix = "", message = stderr] = /^(sh: \d+: )?(.*)$/s.exec(stderr) ?? [];
  if (!message.startsWith(`${directory}/`)) return stderr;
  if (!message.endsWith(": Argument list too long\n")) return "";
  return prefix + message.slice(message.indexOf(": ") + 2);
}

/** What `judge` has no words for stays, as the shell would have said it. */
function withoutConfining(stderr: ByteString): ByteString {
  const [, said, ofEnv = said] = CANNOT_CONFINE.exec(stderr) ?? [];
  return ofEnv === "Argument list too long" || ofEnv === "Resource temporarily unavailable" ? stderr : "";
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
