import type { ByteString } from "../../byte-string.ts";

/** The options a program reads before the command that it runs. */
interface OptionWrapper {
  /** Letters of options without a value, and with one: `-nk 5`. */
  readonly flags?: string;
  readonly values?: string;
  /** Long options, as `--kill-after`. Those with a value are given as `--name=VALUE`. */
  readonly longFlags?: readonly string[];
  readonly longValues?: readonly string[];
  /** Words between the options and the command. */
  readonly words?: number;
  /** It joins the words of the command with blanks, and splits them again. */
  readonly splitsWords?: boolean;
}

/** How a program names the command that it runs. */
type Wrapper =
  | { readonly kind: "options"; readonly options: OptionWrapper }
  /** `-c LINE`, or a script. */
  | { readonly kind: "shell" }
  | { readonly kind: "opaque" };

const SHELLS = "ash bash dash ksh ksh93 lksh mksh oksh posh rbash sh yash zsh";
/** Their names may end with a version. An option could be followed by a program. */
const INTERPRETERS = /^(?:expect|lua|luajit|node|nodejs|perl|php|pypy|python|Rscript|ruby|tclsh)[0-9.]*$/;
/** They change what a path or a word means, or have too many ways to name a command. */
const OPAQUE = [
  "busybox capsh catchsegv cgexec choom chroot chrt csh daemonize dbus-run-session eatmydata fakeroot firejail",
  "fish flock gdb linux32 linux64 ltrace nsenter numactl parallel pkexec prlimit proot run0 runuser script",
  "setarch setpriv sg ssh-agent start-stop-daemon strace su systemd-run taskset tcsh time toybox unbuffer",
  "unshare valgrind watch xargs bwrap",
].join(" ");
/** The dynamic loader runs the program that it is given. */
const LOADER = /^ld[-.].*so/;

const OPTION_WRAPPERS: Readonly<Record<string, OptionWrapper>> = {
  negate: { flags: "s", values: "tTowcu" },
  urlize: { words: 1, splitsWords: true },
  doas: { flags: "n", values: "u" },
  env: { flags: "i", values: "u", longFlags: ["ignore-environment"], longValues: ["unset"] },
  ionice: { flags: "t", values: "cn", longFlags: ["ignore"], longValues: ["class", "classdata"] },
  nice: { values: "n", longValues: ["adjustment"] },
  nohup: {},
  setsid: { flags: "cfw", longFlags: ["ctty", "fork", "wait"] },
  stdbuf: { values: "ioe", longValues: ["input", "output", "error"] },
  sudo: {
    flags: "nHEkSP",
    values: "ug",
    longFlags: ["non-interactive", "set-home", "preserve-env", "reset-timestamp", "stdin", "preserve-groups"],
    longValues: ["user", "group"],
  },
  timeout: {
    flags: "v",
    values: "ks",
    longFlags: ["foreground", "preserve-status", "verbose"],
    longValues: ["kill-after", "signal"],
    words: 1,
  },
};

/**
 * Programs whose purpose is to run another command. They matter only under restrict_path, where that command
 * must be allowed too.
 */
const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map<string, Wrapper>([
  ...Object.entries(OPTION_WRAPPERS).map(([name, options]) => [name, { kind: "options", options }] as const),
  ...SHELLS.split(" ").map((name) => [name, { kind: "shell" }] as const),
  ...OPAQUE.split(" ").map((name) => [name, { kind: "opaque" }] as const),
]);

/** The command that a wrapper runs. */
export type WrappedCommand =
  | { readonly kind: "words"; readonly words: readonly ByteString[] }
  /** A shell reads it. */
  | { readonly kind: "line"; readonly line: ByteString }
  /** Some word is not understood, so it is not known which command is run. */
  | { readonly kind: "hidden" };

const HIDDEN: WrappedCommand = { kind: "hidden" };

/** Whether a program of this file name is known to run another command. */
export function isWrapper(name: ByteString): boolean {
  return findWrapper(name) !== undefined;
}

/** The command that these words run besides themselves. Undefined: the program is no wrapper. */
export function readWrapped(
  name: ByteString,
  [, ...argv]: readonly ByteString[],
): WrappedCommand | undefined {
  const wrapper = findWrapper(name);
  switch (wrapper?.kind) {
    case undefined:
      return undefined;
    case "opaque":
      return HIDDEN;
    case "shell":
      return readShell(argv);
    case "options":
      return readOptions(argv, wrapper.options);
  }
}

function findWrapper(name: ByteString): Wrapper | undefined {
  if (INTERPRETERS.test(name)) return { kind: "options", options: {} };
  return LOADER.test(name) ? { kind: "opaque" } : WRAPPERS.get(name);
}

function readOptions(argv: readonly ByteString[], wrapper: OptionWrapper): WrappedCommand {
  const words = skipOptions(argv, wrapper)?.slice(wrapper.words ?? 0);
  if (wrapper.splitsWords && words?.some((word) => word === "" || SPLIT.test(word))) return HIDDEN;
  return toCommand(words);
}

/** `sh -c LINE`, or `sh SCRIPT`. Other options could be followed by anything. */
function readShell(argv: readonly ByteString[]): WrappedCommand {
  const [option, line] = argv;
  if (option === "-c" && line !== undefined) return { kind: "line", line };
  return option?.startsWith("-") || option?.startsWith("+") ? HIDDEN : toCommand(argv);
}

/** What splits a word, or is taken away when it is split. */
const SPLIT = /[\s'"]/;

/**
 * negate splits a command of a single word. env and sudo take a path with `=` for a variable, and run the
 * word behind it. Without a word some programs read stdin.
 */
function toCommand(words: readonly ByteString[] | undefined): WrappedCommand {
  const [path] = words ?? [];
  return words === undefined || path === undefined || SPLIT.test(path) || path.includes("=")
    ? HIDDEN
    : { kind: "words", words };
}

/** The words after the options. Undefined: an option is not understood. */
function skipOptions(argv: readonly ByteString[], wrapper: OptionWrapper): readonly ByteString[] | undefined {
  let at = 0;
  for (;;) {
    const word = argv[at] ?? "";
    if (word === "--") return argv.slice(at + 1);
    if (!word.startsWith("-")) return argv.slice(at);
    const length = lengthOf(word, wrapper);
    if (length === undefined) return undefined;
    at += length;
  }
}

/** How many words an option takes. Undefined: it is not understood. */
function lengthOf(word: ByteString, wrapper: OptionWrapper): number | undefined {
  const { flags = "", values = "", longFlags = [], longValues = [] } = wrapper;
  const [, long, value] = /^--([a-z-]+)(=.*)?$/s.exec(word) ?? [];
  if (long !== undefined)
    return (value === undefined ? longFlags : longValues).includes(long) ? 1 : undefined;
  const letters = word.slice(1);
  const last = [...letters].findIndex((letter) => !flags.includes(letter));
  if (last < 0) return letters === "" ? undefined : 1;
  if (!values.includes(letters.charAt(last))) return undefined;
  return last === letters.length - 1 ? 2 : 1;
}
