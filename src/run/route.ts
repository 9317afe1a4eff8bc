import type {
  Check,
  CheckContext,
  CheckOutput,
  Command,
  UnderstoodCommand,
} from "../../plugins/sdk/check.ts";
import type { ByteString } from "../byte-string.ts";
import type { Job } from "../job/job.ts";
import { type Assignment, type CommandLine, readCommandLine } from "./command-line.ts";
import type { Identify } from "./identity.ts";
import type { Restriction } from "./restrict.ts";
import type { Shelf } from "./shelf.ts";
import type { FindWarmPlugin, WarmPlugin } from "./warm-plugin.ts";

/** How a command line will be run; `why` says so in words, for the debug log and `--explain`. */
export type Route = NativeRoute | WarmRoute | PluginRoute | ShellRoute | RefusedRoute;

export interface NativeRoute {
  readonly via: "native";
  readonly why: string;
  readonly check: Check;
  readonly name: string;
  readonly argv: readonly ByteString[];
  readonly run: (context: CheckContext) => Promise<CheckOutput>;
  /** A run changes what the next one answers. */
  readonly keepsState: boolean;
  /** How the command is run that the check has declared. */
  readonly nested: Route | undefined;
  /** What would have answered without the check. */
  readonly fallback: PluginRoute;
  /** The plugin does not exist. */
  readonly isAlone?: boolean;
}

/** To a warm interpreter that has compiled the plugin. */
export interface WarmRoute {
  readonly via: "warm";
  readonly why: string;
  readonly plugin: WarmPlugin;
  /** The plugin is the first word. */
  readonly argv: readonly ByteString[];
}

export interface PluginRoute {
  readonly via: "plugin";
  readonly why: string;
  readonly argv: readonly ByteString[];
  readonly env: readonly Assignment[];
  /** The native check whose answer may be compared with the plugin's. */
  readonly shadow?: NativeRoute;
}

export interface ShellRoute {
  readonly via: "shell";
  readonly why: string;
  readonly commandLine: ByteString;
}

export interface RefusedRoute {
  readonly via: "refuse";
  readonly why: string;
  readonly reason: string;
}

/** Which checks of the shelf may answer, as the operator set it. */
export interface NativeChecks {
  /** `shadow`: the plugins answer, and the checks may be compared with them. */
  readonly mode: "on" | "off" | "shadow";
  /** Plugins are translated where the locale asks for it, and then have to answer themselves. */
  readonly speaksEnglish: boolean;
  /** Names; when there are any, no other check answers. */
  readonly only: readonly string[];
  readonly except: readonly string[];
  readonly internalCheckDummy: boolean;
  readonly internalNegate: boolean;
}

export interface RouterOptions {
  readonly shelf: Shelf;
  readonly identify: Identify;
  readonly nativeChecks: NativeChecks;
  readonly restriction?: Restriction | undefined;
  readonly findWarmPlugin?: FindWarmPlugin | undefined;
}

export type Router = (job: Pick<Job, "commandLine">) => Route;

/** Command lines repeat every minute: what is known of them is kept. The rare very long ones are read anew. */
const MAX_KEPT_LINES = 20_000;
const MAX_KEPT_LENGTH = 1024;

export function createRouter({
  shelf,
  identify,
  nativeChecks,
  restriction,
  findWarmPlugin,
}: RouterOptions): Router {
  const kept = new Map<ByteString, Reading>();
  let { generation } = shelf;
  return ({ commandLine }) => {
    if (generation !== shelf.generation) kept.clear();
    generation = shelf.generation;
    let reading = kept.get(commandLine);
    if (reading === undefined) {
      reading = readLine(commandLine, readCommandLine(commandLine), { shelf, nativeChecks, depth: 0 });
      if (kept.size >= MAX_KEPT_LINES) kept.clear();
      if (commandLine.length <= MAX_KEPT_LENGTH) kept.set(commandLine, reading);
    }
    const reason = restriction && findRefusal(reading, restriction);
    if (reason !== undefined) return { via: "refuse", why: "restrict_path is set", reason };
    return chooseRoute(reading, { identify, findWarmPlugin }, nativeChecks.mode);
  };
}

/** What holds for a command line for good; restrictions and files are looked at for every job. */
interface Reading {
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

function findRefusal(reading: Reading, restriction: Restriction): string | undefined {
  const own = restriction(reading.line, reading.command);
  return own ?? (reading.nested && findRefusal(reading.nested, restriction));
}

type Files = Pick<RouterOptions, "identify" | "findWarmPlugin">;

function chooseRoute(
  { executed, native, nested, baffled }: Reading,
  files: Files,
  mode: NativeChecks["mode"],
): Route {
  if (baffled !== undefined && executed.via === "plugin") return chooseForBaffled(executed, baffled, files);
  if (native === undefined) return chooseStart(executed, files);
  const { isReplaced, why, isAbsent } = files.identify(native.fallback.argv[0] ?? "", native.check);
  if (!isReplaced) return chooseStart({ ...native.fallback, why }, files);
  const nestedRoute = nested && chooseRoute(nested, files, "on");
  const route: NativeRoute = { ...native, why, isAlone: isAbsent === true, nested: nestedRoute };
  if (mode !== "shadow" || route.isAlone) return route;
  const answering = { ...native.fallback, why: "native_checks is shadow" };
  return leavesNoTrace(route) ? { ...answering, shadow: route } : answering;
}

/** It may run beside the plugin: nothing is executed a second time, nothing is remembered. */
function leavesNoTrace({ keepsState, nested }: NativeRoute): boolean {
  return !keepsState && (nested === undefined || (nested.via === "native" && leavesNoTrace(nested)));
}

/** Where there is nothing to execute, its author or user wants to hear what is wrong. */
function chooseForBaffled(executed: PluginRoute, check: Check, files: Files): Route {
  if (!files.identify(executed.argv[0] ?? "", check).isAbsent) return chooseStart(executed, files);
  const { name } = check;
  const reason = `UNKNOWN - ${name} does not understand this command line, see: omd-worker check ${name} --help`;
  return { via: "refuse", why: executed.why, reason };
}

/** Variables of its own could reach an interpreter's start: such a plugin gets one of its own. */
function chooseStart(route: PluginRoute | ShellRoute | RefusedRoute, { findWarmPlugin }: Files): Route {
  if (findWarmPlugin === undefined || route.via !== "plugin" || route.env.length > 0) return route;
  const { argv, why } = route;
  const plugin = findWarmPlugin(argv[0] ?? "");
  return plugin === undefined ? route : { via: "warm", why, plugin, argv };
}

interface ReadingOptions {
  readonly shelf: Shelf;
  readonly nativeChecks: NativeChecks;
  /** Commands around this one. */
  readonly depth: number;
}

function readLine(line: ByteString, command: CommandLine, options: ReadingOptions): Reading {
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
  const understood = understand(check, argv);
  if (typeof understood === "string") {
    const executed = plugin(understood);
    const isAlone = check.replaces === undefined && findSwitch(check, options.nativeChecks) === undefined;
    return isAlone ? { ...unread, executed, baffled: check } : { ...unread, executed };
  }
  const nested = understood.command && readNested(understood.command, options);
  const whyNot = findObstacle(check, command, nested, options.nativeChecks);
  const fallback = plugin(whyNot ?? "no native check was asked");
  if (whyNot !== undefined) return { ...unread, executed: fallback, nested };
  const { keepsState = false, run } = understood;
  const native = { via: "native", check, name, argv, keepsState, run, fallback } as const;
  return { ...unread, executed: fallback, native, nested };
}

function readName([path = ""]: readonly ByteString[]): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** A faulty check costs its own answers only: the plugin gives them. */
function understand(check: Check, [, ...argv]: readonly ByteString[]): UnderstoodCommand | string {
  try {
    return check.understand(argv) ?? "the native check does not understand every word";
  } catch (error) {
    return `the native check failed to read the command line: ${error}`;
  }
}

/** Deeper nesting is nobody's intent, and is not followed. */
const MAX_DEPTH = 4;

function readNested({ words, environment }: Command, options: ReadingOptions): Reading {
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

/** What keeps this check from answering, whatever the command line. */
export function findSwitch(
  { name, replaces }: Pick<Check, "name" | "replaces">,
  checks: NativeChecks,
): string | undefined {
  if (checks.mode === "off") return "native_checks is off";
  if (checks.except.includes(name)) return "native_checks_except names the check";
  if (checks.only.length > 0 && !checks.only.includes(name))
    return "native_checks_only does not name the check";
  if (name === "check_dummy" && !checks.internalCheckDummy) return "internal_check_dummy is off";
  if (name === "negate" && !checks.internalNegate) return "internal_negate is off";
  if (!checks.speaksEnglish && replaces !== undefined) return "the worker's locale is not English";
  return undefined;
}
