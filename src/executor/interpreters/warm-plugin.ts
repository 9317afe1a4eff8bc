import { accessSync, closeSync, constants, openSync, readSync, type Stats, statSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import type { ByteString } from "../../byte-string.ts";
import { type Language, MARKED_LINES, readLoadMarks, readMarks } from "./plugin-marks.ts";

/** A script that may be run by a warm interpreter, which has compiled it before. */
export interface WarmPlugin {
  readonly language: Language;
  /** The path in the command line. */
  readonly file: ByteString;
  /** The absolute path of the interpreter. */
  readonly interpreter: ByteString;
  /** The arguments that the first line gives the interpreter, as the kernel splits them. */
  readonly switches: readonly ByteString[];
  /** Modules that are loaded ahead because the operator or the plugin's author has said so. */
  readonly load: readonly ByteString[];
  /** Changes when the file changes. */
  readonly version: string;
  /** Why it is kept warm, in words. */
  readonly why: string;
}

/**
 * `marked`: plugins with a mark that asks for it are warm. `implicitly`: all are warm, except those with a
 * mark against it.
 */
export type WarmRule = "off" | "marked" | "implicitly";

export interface PluginModules {
  /** A name or a whole path; `*` stands for any characters. */
  readonly plugin: ByteString;
  readonly modules: readonly ByteString[];
}

export interface WarmPluginOptions {
  readonly perl: WarmRule;
  readonly python: WarmRule;
  /** The PATH of plugins, in which `#!/usr/bin/env` searches. */
  readonly path: string;
  /**
   * Plugins that are warm whatever their comments say: names or whole paths; `*` stands for any characters.
   */
  readonly include: readonly ByteString[];
  /** Plugins that are never warm, in the same way. */
  readonly except: readonly ByteString[];
  /** Modules that these plugins load while they run, and that may be loaded ahead. */
  readonly load: readonly PluginModules[];
  /** After how long a file is looked at again. A template looks at its files, too. */
  readonly lookAgainAfterMs?: number;
}

export type FindWarmPlugin = (file: ByteString) => WarmPlugin | undefined;

const MAX_KNOWN = 10_000;

interface KnownScript {
  readonly version: string;
  readonly plugin: WarmPlugin | undefined;
  readonly lookedAtMs: number;
}

/** Looks at the state of a file from time to time, and reads the file only if its state has changed. */
export function createWarmPlugins(options: WarmPluginOptions): FindWarmPlugin {
  const { lookAgainAfterMs = 1000 } = options;
  const known = new Map<ByteString, KnownScript>();
  const isIncluded = createMatcher(options.include);
  const isExcepted = createMatcher(options.except);
  const loads = options.load.map(({ plugin, modules }) => ({ matches: createMatcher([plugin]), modules }));
  return (file) => {
    const before = known.get(file);
    const lookedAtMs = performance.now();
    if (before !== undefined && lookedAtMs - before.lookedAtMs < lookAgainAfterMs) return before.plugin;
    const version = readVersion(file);
    const plugin = version === before?.version ? before?.plugin : find(file, version);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(file, { version, plugin, lookedAtMs });
    return plugin;
  };

  function find(file: ByteString, version: string): WarmPlugin | undefined {
    if (version === ABSENT || isExcepted(file)) return undefined;
    const load = loads.filter(({ matches }) => matches(file)).flatMap(({ modules }) => modules);
    return qualify({ file, version, load }, options, isIncluded(file));
  }
}

/** `*` does not match a slash. */
function createMatcher(patterns: readonly ByteString[]): (file: ByteString) => boolean {
  const sources = patterns.map((pattern) =>
    pattern
      .split("*")
      .map((text) => RegExp.escape(text))
      .join("[^/]*"),
  );
  const expressions = sources.map((source) => new RegExp(`^${source}$`, "s"));
  return (file) => expressions.some((one) => one.test(file) || one.test(basename(file)));
}

const ABSENT = "";

function readVersion(file: ByteString): string {
  const stats = lookAt(file);
  if (stats === undefined) return ABSENT;
  return `${stats.dev} ${stats.ino} ${stats.mtimeMs} ${stats.ctimeMs} ${stats.size}`;
}

function lookAt(file: ByteString): Stats | undefined {
  try {
    const stats = statSync(Buffer.from(file, "latin1"), { throwIfNoEntry: false });
    return stats?.isFile() ? stats : undefined;
  } catch {
    return undefined;
  }
}

type PluginFile = Pick<WarmPlugin, "file" | "version" | "load">;

const IMPLICITLY: Readonly<Record<WarmPlugin["language"], string>> = {
  perl: "use_embedded_perl_implicitly is on",
  python: "warm_python is implicitly",
};

function qualify(
  { file, version, load }: PluginFile,
  options: WarmPluginOptions,
  isIncluded: boolean,
): WarmPlugin | undefined {
  if (!isExecutable(file)) return undefined;
  const lines = readStart(file).split("\n", MARKED_LINES);
  const start = readFirstLine(lines[0] ?? "", options.path);
  if (start === undefined) return undefined;
  const rule = options[start.language];
  if (rule === "off") return undefined;
  const plugin = { file, version, ...start, load: [...new Set([...load, ...readLoadMarks(lines)])] };
  if (isIncluded) return { ...plugin, why: "warm_include names it" };
  const isAsked = readMarks(start.language, lines);
  if (isAsked) return { ...plugin, why: "a comment in it asks for that" };
  const isImplied = isAsked === undefined && rule === "implicitly";
  return isImplied ? { ...plugin, why: IMPLICITLY[start.language] } : undefined;
}

function isExecutable(file: ByteString): boolean {
  try {
    accessSync(Buffer.from(file, "latin1"), constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const START_LENGTH = 4096;

function readStart(file: ByteString): ByteString {
  try {
    const fd = openSync(Buffer.from(file, "latin1"), "r");
    try {
      const buffer = Buffer.alloc(START_LENGTH);
      return buffer.toString("latin1", 0, readSync(fd, buffer));
    } finally {
      closeSync(fd);
    }
  } catch {
    return "";
  }
}

type Start = Pick<WarmPlugin, "language" | "interpreter" | "switches">;

/** In bytes. The kernel reads no more of a first line. */
const MAX_FIRST_LINE = 255;
/** The interpreter, and the rest of the line as one word. */
const FIRST_LINE = /^#![ \t]*([^ \t\0]+)(?:[ \t]+([^\0]*?))?[ \t]*$/;

function readFirstLine(line: ByteString, path: string): Start | undefined {
  if (line.length > MAX_FIRST_LINE) return undefined;
  const [, named, rest] = FIRST_LINE.exec(line) ?? [];
  if (named === undefined) return undefined;
  const isEnv = basename(named) === "env";
  const [name, ...switches] = isEnv ? readEnv(rest ?? "") : [named, ...(rest ? [rest] : [])];
  const interpreter = isEnv ? findIn(path, name ?? "") : named;
  if (interpreter === undefined || !isAbsolute(interpreter)) return undefined;
  const language = languageOf(interpreter);
  if (language === undefined || !switches.every((word) => UNDERSTOOD[language].test(word))) return undefined;
  return { language, interpreter, switches };
}

/** Reads what follows `#!/usr/bin/env`: a name, or with -S several words. */
function readEnv(rest: ByteString): readonly ByteString[] {
  const words = /^(?:-S|--split-string=?)[ \t]*(.*)$/.exec(rest)?.[1];
  if (words === undefined) return [rest];
  return /["'\\$#]/.test(words) ? [] : words.split(/[ \t]+/);
}

function findIn(path: string, name: ByteString): ByteString | undefined {
  if (name === "" || name.includes("/")) return name;
  return path
    .split(":")
    .map((directory) => join(directory, name))
    .find((file) => lookAt(file) !== undefined && isExecutable(file));
}

function languageOf(interpreter: ByteString): Language | undefined {
  const name = basename(interpreter);
  if (/^perl[0-9.]*$/.test(name)) return "perl";
  return /^python(?:3[0-9.]*)?$/.test(name) ? "python" : undefined;
}

/**
 * Switches with which the file is still run as a script. Perl's -n, -p, -s and -x are not, nor Python's -c,
 * -i and -m.
 */
const UNDERSTOOD: Readonly<Record<Language, RegExp>> = {
  perl: /^(?:-(?:[wWXtTU]+(?:C[0-9A-Za-z]*)?|C[0-9A-Za-z]*|[IMm][^ \t]+)(?:[ \t]+|$))+$/,
  python: /^-(?:[bBdEIOPqRsSu]+|[WX][ \t]*[^ \t]+)$/,
};
