import { choice } from "../kinds/choice.ts";
import { flag } from "../kinds/flags.ts";
import { names } from "../kinds/lists.ts";
import { integer } from "../kinds/numbers.ts";
import { pluginModules } from "../kinds/plugin-modules.ts";
import { path } from "../kinds/texts.ts";
import type { ConfigRow } from "../option.ts";

/** A warm interpreter compiles a plugin once and runs it in a fork for each check. */
export const INTERPRETER_ROWS = [
  {
    name: "enable_embedded_perl",
    kind: flag,
    default: true,
    help: "Compile a Perl plugin once and run it in a fork for each check, if a comment in its first ten lines asks for it (`# nagios: +epn`).",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "use_embedded_perl_implicitly",
    kind: flag,
    default: false,
    help: "The same for all Perl plugins but those that say `# nagios: -epn`.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "use_perl_cache",
    kind: flag,
    default: true,
    help: "Keep compiled Perl plugins.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "p1_file",
    kind: path,
    default: undefined,
    help: "The Perl script that runs the plugins.",
    knownBy: ["C worker", "Go worker"],
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
  },
  {
    name: "warm_include",
    kind: names,
    default: [],
    help: "File names or paths of Perl and Python plugins that are kept warm whatever their own comments say (`# nagios: -epn`); `*` stands for any characters. Needs enable_embedded_perl or warm_python.",
    knownBy: ["omd-worker"],
  },
  {
    name: "warm_except",
    kind: names,
    default: [],
    help: "File names or paths of Perl and Python plugins that are started anew for each check, whatever the other options say; `*` stands for any characters.",
    knownBy: ["omd-worker"],
  },
  {
    name: "warm_load",
    kind: pluginModules,
    default: [],
    help: "Modules that a warm plugin loads while it runs, to be loaded ahead: `check_a.pl:Module::A+Module::B,check_*.py:locale`. Use it only for plugins that load them at each run; docs/warm-interpreters.md.",
    knownBy: ["omd-worker"],
  },
  {
    name: "warm_max",
    kind: integer({ min: 0 }),
    default: 100,
    help: "How many Perl and Python plugins are kept compiled at most: those that save most, by how often they run and how long their compilation takes.",
    knownBy: ["omd-worker"],
  },
  {
    name: "warm_memory",
    kind: integer({ min: 0 }),
    default: 512,
    help: "How many MiB of memory they may hold together, not counting what processes share.",
    knownBy: ["omd-worker"],
  },
] as const satisfies readonly ConfigRow[];
