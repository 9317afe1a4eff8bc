import type { Check, NestedCommand } from "../../../sdk/check.ts";
import type { ByteString } from "../../byte-string.ts";
import { renderRefusal } from "../../outcome/refusal.ts";
import { hideSecrets, maskWords } from "../secrets.ts";
import type { Shelf } from "../shelf.ts";
import { type CommandLine, readCommandLine } from "./command-line.ts";
import type { NativeRoute, PluginRoute, RefusedRoute, ShellRoute } from "./route.ts";
import { findSwitch, type NativeSwitches } from "./switches.ts";
import { Unread, Unreadable } from "./unread.ts";
import { readWrapped } from "./wrappers.ts";

/**
 * What is true of a command line until the shelf changes. Files are not part of it: they are looked at again
 * every few seconds.
 */
export type LineAnalysis = AnalysedLine &
  (
    | { readonly kind: "executed"; readonly executed: PluginRoute | ShellRoute | RefusedRoute }
    /** A check that is switched on has understood every word. */
    | {
        readonly kind: "native";
        readonly native: Omit<NativeRoute, "why" | "nested">;
        /** The command that the check runs. */
        readonly nested: LineAnalysis | undefined;
      }
    /** A check has not understood every word, and it replaces no plugin that could. */
    | { readonly kind: "not-understood"; readonly executed: PluginRoute; readonly check: Check }
    /** A check in a thread is asked whether it understands. After its answer the line is analysed again. */
    | { readonly kind: "unread"; readonly reading: Promise<void> }
  );

interface AnalysedLine {
  readonly line: ByteString;
  readonly command: CommandLine;
  /**
   * The command that this one runs, whoever runs this one. `hidden`: a wrapper whose words are not
   * understood, so its command is not known.
   */
  readonly runs: LineAnalysis | "hidden" | undefined;
  /** True: it holds for this job only. */
  readonly isProvisional?: boolean;
}

interface AnalysisOptions {
  readonly shelf: Shelf;
  readonly switches: NativeSwitches;
  /** How many commands are around this one. */
  readonly depth: number;
}

export function analyseLine(line: ByteString, command: CommandLine, options: AnalysisOptions): LineAnalysis {
  const analysed = { kind: "executed", line, command, runs: undefined } as const;
  switch (command.kind) {
    case "unrunnable": {
      const { refusal } = command;
      return { ...analysed, executed: { via: "refuse", why: renderRefusal(refusal), refusal } };
    }
    case "needs-shell":
      if (isBareCheck(command.bare, options)) return analyseWords(line, command.bare, options);
      return {
        ...analysed,
        command: withoutMatches(command),
        executed: { via: "shell", why: command.why, commandLine: line },
      };
    case "words":
      return analyseWords(line, command, options);
  }
}

/** The words are known only until a shell looks for files, which may come and go until then. */
function withoutMatches(command: NeedsShell): NeedsShell {
  const { bare, ...rest } = command;
  return bare === undefined || bare.patterns.length === 0 ? command : rest;
}

/** What is known of a line that a shell is going to read, whatever becomes of it before. */
function asShellReads(command: CommandLine): CommandLine {
  const hasPatterns = command.kind === "words" && command.patterns.length > 0;
  return hasPatterns ? { kind: "needs-shell", why: "files may match an unquoted ? or *" } : command;
}

/** A check that stands in for no plugin is also found by its name alone, unless PATH has such a program. */
function isBareCheck(bare: Words | undefined, options: AnalysisOptions): bare is Words {
  const check = bare && options.shelf.find(readName(bare.words));
  return check !== undefined && mayAnswerAlone(check, options);
}

type Words = Extract<CommandLine, { kind: "words" }>;
type NeedsShell = Extract<CommandLine, { kind: "needs-shell" }>;

function analyseWords(line: ByteString, command: Words, options: AnalysisOptions): LineAnalysis {
  const { words: argv, assignments: env } = command;
  const plugin = (why: string): PluginRoute => ({ via: "plugin", why, argv, env });
  const name = readName(argv);
  const check = options.shelf.find(name);
  if (check === undefined) {
    const executed = plugin("no native check has this name");
    return { kind: "executed", line, command, runs: findWrapped(name, argv, options), executed };
  }
  const understood = understand(check, argv, options);
  if (typeof understood === "string") {
    const runs = findWrapped(name, argv, options) ?? (check.runsCommands ? "hidden" : undefined);
    const rest = { line, command, runs, executed: plugin(understood) };
    return mayAnswerAlone(check, options)
      ? { kind: "not-understood", check, ...rest }
      : { kind: "executed", ...rest };
  }
  if (understood instanceof Promise) {
    return { kind: "unread", line, command, runs: undefined, reading: understood };
  }
  const { keepsState, target, run, nested, isProvisional } = understood;
  // A check that runs commands and declares none has not understood its words.
  const runs = nested ?? findWrapped(name, argv, options) ?? (check.runsCommands ? "hidden" : undefined);
  const whyNot = findObstacle(check, command, nested, options.switches);
  const fallback = plugin(whyNot ?? "no native check was asked");
  const analysed = { line, command, runs, isProvisional };
  if (whyNot !== undefined) return { kind: "executed", ...analysed, executed: fallback };
  const native = { via: "native", check, name, argv, keepsState, target, run, fallback } as const;
  return { kind: "native", ...analysed, nested, native };
}

/** The command of a program that is known to run another one. */
function findWrapped(
  name: string,
  argv: readonly ByteString[],
  options: AnalysisOptions,
): LineAnalysis | "hidden" | undefined {
  const wrapped = readWrapped(name, argv);
  if (wrapped === undefined || options.depth >= MAX_DEPTH) return wrapped && "hidden";
  const deeper = { ...options, depth: options.depth + 1 };
  switch (wrapped.kind) {
    case "hidden":
      return "hidden";
    case "line":
      return analyseLine(wrapped.line, asShellReads(readCommandLine(wrapped.line)), deeper);
    case "words":
      return analyseNested({ words: wrapped.words, environment: [] }, options);
  }
}

function readName([path = ""]: readonly ByteString[]): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Whether the check replaces no plugin and is switched on. */
function mayAnswerAlone(check: Check, { switches }: AnalysisOptions): boolean {
  return check.replaces === undefined && findSwitch(check, switches) === undefined;
}

interface Understood extends Pick<NativeRoute, "keepsState" | "target" | "run"> {
  readonly nested: LineAnalysis | undefined;
  readonly isProvisional: boolean;
}

/**
 * A string: why the check did not understand. If the check throws, the plugin answers, too. A promise: the
 * check has not answered yet.
 */
function understand(
  check: Check,
  words: readonly ByteString[],
  options: AnalysisOptions,
): Understood | string | Promise<void> {
  try {
    const understood = check.understand(words.slice(1));
    if (understood === undefined) return "the native check does not understand every word";
    const { command, keepsState = false, target, run } = understood;
    const nested = command && analyseNested(command, options);
    if (nested?.kind === "unread") return nested.reading;
    return { keepsState, target, run, nested, isProvisional: nested?.isProvisional === true };
  } catch (error) {
    if (error instanceof Unread) return error.reading;
    if (error instanceof Unreadable) {
      const run = () => Promise.reject(error.fault);
      return { keepsState: false, run, nested: undefined, isProvisional: true };
    }
    const reason = hideSecrets(String(error), maskWords(words, options.shelf.find).secrets);
    return `the native check failed to read the command line: ${reason}`;
  }
}

/** No operator means to nest commands deeper than this. Deeper commands are not analysed. */
const MAX_DEPTH = 4;

function analyseNested({ words, environment }: NestedCommand, options: AnalysisOptions): LineAnalysis {
  const depth = options.depth + 1;
  const line = words.join(" ");
  if (depth > MAX_DEPTH)
    return analyseLine(line, { kind: "needs-shell", why: "it is nested too deep" }, options);
  return analyseLine(
    line,
    { kind: "words", words, assignments: environment, areSetByCheck: true, patterns: [] },
    { ...options, depth },
  );
}

function findObstacle(
  check: Check,
  { assignments }: Words,
  nested: LineAnalysis | undefined,
  switches: NativeSwitches,
): string | undefined {
  if (nested?.kind === "executed" && nested.executed.via === "shell")
    return "the command of its command is nested too deep";
  const foreign = assignments.find(([variable, value]) => !isPlainLocale(variable, value));
  if (foreign !== undefined) return `the native check does not follow the variable ${foreign[0]}`;
  return findSwitch(check, switches);
}

/** Native checks print what plugins print without translation, so these variables change nothing. */
function isPlainLocale(variable: string, value: ByteString): boolean {
  return /^(?:LANG|LC_ALL|LC_MESSAGES)$/.test(variable) && /^(?:C|POSIX|C\.UTF-8)$/.test(value);
}
