import type { Check, NestedCommand } from "../../sdk/check.ts";
import type { ByteString } from "../byte-string.ts";
import type { CommandLine } from "./command-line.ts";
import type { NativeRoute, PluginRoute, RefusedRoute, ShellRoute } from "./route.ts";
import type { Shelf } from "./shelf.ts";
import { findSwitch, type NativeChecks } from "./switches.ts";

/** What holds for a command line for good; restrictions and files are looked at for every job. */
export interface Reading {
  readonly line: ByteString;
  readonly command: CommandLine;
  readonly executed: PluginRoute | ShellRoute | RefusedRoute;
  /** A check that is switched on and has understood every word. */
  readonly native: Omit<NativeRoute, "why" | "nested"> | undefined;
  /** A check that has not understood every word, and stands in for no plugin that could. */
  readonly baffled?: Check;
  /** The command a check has declared, whether or not the check may answer. */
  readonly nested: Reading | undefined;
}

interface ReadingOptions {
  readonly shelf: Shelf;
  readonly nativeChecks: NativeChecks;
  /** Commands around this one. */
  readonly depth: number;
}

export function readLine(line: ByteString, command: CommandLine, options: ReadingOptions): Reading {
  const unread = { line, command, native: undefined, nested: undefined };
  switch (command.kind) {
    case "unrunnable":
      return { ...unread, executed: { via: "refuse", why: command.reason, reason: command.reason } };
    case "needs-shell":
      return { ...unread, executed: { via: "shell", why: command.why, commandLine: line } };
    case "words":
      return readPlugin(line, command, options);
  }
}

type Words = Extract<CommandLine, { kind: "words" }>;

function readPlugin(line: ByteString, command: Words, options: ReadingOptions): Reading {
  const { words: argv, assignments: env } = command;
  const plugin = (why: string): PluginRoute => ({ via: "plugin", why, argv, env });
  const unread = { line, command, native: undefined, nested: undefined };
  const name = readName(argv);
  const check = options.shelf.find(name);
  if (check === undefined) return { ...unread, executed: plugin("no native check has this name") };
  const understood = understand(check, argv, options);
  if (typeof understood === "string") {
    const executed = plugin(understood);
    const isAlone = check.replaces === undefined && findSwitch(check, options.nativeChecks) === undefined;
    return isAlone ? { ...unread, executed, baffled: check } : { ...unread, executed };
  }
  const { keepsState, run, nested } = understood;
  const whyNot = findObstacle(check, command, nested, options.nativeChecks);
  const fallback = plugin(whyNot ?? "no native check was asked");
  if (whyNot !== undefined) return { ...unread, executed: fallback, nested };
  const native = { via: "native", check, name, argv, keepsState, run, fallback } as const;
  return { ...unread, executed: fallback, native, nested };
}

function readName([path = ""]: readonly ByteString[]): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

interface Understood extends Pick<Reading, "nested">, Pick<NativeRoute, "keepsState" | "run"> {}

/** A faulty check costs its own answers only: the plugin gives them. */
function understand(
  check: Check,
  [, ...argv]: readonly ByteString[],
  options: ReadingOptions,
): Understood | string {
  try {
    const understood = check.understand(argv);
    if (understood === undefined) return "the native check does not understand every word";
    const { command, keepsState = false, run } = understood;
    return { keepsState, run, nested: command && readNested(command, options) };
  } catch (error) {
    return `the native check failed to read the command line: ${error}`;
  }
}

/** Deeper nesting is nobody's intent, and is not followed. */
const MAX_DEPTH = 4;

function readNested({ words, environment }: NestedCommand, options: ReadingOptions): Reading {
  const depth = options.depth + 1;
  const line = words.join(" ");
  if (depth > MAX_DEPTH)
    return readLine(line, { kind: "needs-shell", why: "it is nested too deep" }, options);
  return readLine(line, { kind: "words", words, assignments: environment }, { ...options, depth });
}

function findObstacle(
  check: Check,
  { assignments }: Words,
  nested: Reading | undefined,
  nativeChecks: NativeChecks,
): string | undefined {
  if (nested?.executed.via === "shell") return "the command of its command is nested too deep";
  const foreign = assignments.find(([variable, value]) => !isPlainLocale(variable, value));
  if (foreign !== undefined) return `the native check does not follow the variable ${foreign[0]}`;
  return findSwitch(check, nativeChecks);
}

/** Native checks speak as the plugins do without translation: these variables change nothing. */
function isPlainLocale(variable: string, value: ByteString): boolean {
  return /^(?:LANG|LC_ALL|LC_MESSAGES)$/.test(variable) && /^(?:C|POSIX|C\.UTF-8)$/.test(value);
}
