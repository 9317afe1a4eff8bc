import type { WorkerOption } from "../option.ts";
import { choice, flag, names, path } from "../readers.ts";

/** Warm interpreters: plugins that are compiled once and run in a fork for each check. */
export const INTERPRETER_OPTIONS = [
  {
    name: "enable_embedded_perl",
    kind: flag,
    default: true,
    help: "Compile a Perl plugin once and run it in a fork for each check, if a comment in its first ten lines asks for it (`# nagios: +epn`).",
    knownBy: ["C worker", "Go worker"],
    effect: "full",
    reload: "live",
  },
  {
    name: "use_embedded_perl_implicitly",
    kind: flag,
    default: false,
    help: "The same for all Perl plugins but those that say `# nagios: -epn`.",
    knownBy: ["C worker", "Go worker"],
    effect: "full",
    reload: "live",
  },
  {
    name: "use_perl_cache",
    kind: flag,
    default: true,
    help: "Keep compiled Perl plugins.",
    knownBy: ["C worker", "Go worker"],
    effect: "none",
    why: "a plugin that has changed, or a module of its, is always noticed",
  },
  {
    name: "p1_file",
    kind: path,
    default: undefined,
    help: "The Perl script that runs the plugins.",
    knownBy: ["C worker", "Go worker"],
    effect: "none",
    why: "this worker brings its own",
  },
  {
    name: "warm_python",
    kind: choice(["off", "marked", "implicitly"], {
      no: "off",
      "0": "off",
      yes: "implicitly",
      "1": "implicitly",
    }),
    default: "marked",
    help: "Compile a Python plugin once and run it in a fork for each check: marked, if a comment in its first ten lines asks for it (`# omd-worker: warm`); implicitly, all but those that say `# omd-worker: -warm`.",
    knownBy: ["omd-worker"],
    effect: "full",
    reload: "live",
  },
  {
    name: "warm_include",
    kind: names,
    default: [],
    help: "File names or paths of Perl and Python plugins that are kept warm whatever their own comments say (`# nagios: -epn`); `*` stands for any characters. Needs enable_embedded_perl or warm_python.",
    knownBy: ["omd-worker"],
    effect: "full",
    reload: "live",
  },
  {
    name: "warm_except",
    kind: names,
    default: [],
    help: "File names or paths of Perl and Python plugins that are started anew for each check, whatever the other options say; `*` stands for any characters.",
    knownBy: ["omd-worker"],
    effect: "full",
    reload: "live",
  },
] as const satisfies readonly WorkerOption[];
