import { existsSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import { findInfoRequest, type InfoRequest, optionWords } from "../config/read/info-request.ts";
import type { CommandRow } from "./command.ts";
import { CHECK, findCommand, RUN } from "./commands.ts";
import type { Io } from "./io.ts";
import { C_WORKER, TOOLS } from "./tools/tool-commands.ts";
import { findPluginFile } from "./usual-plugin-folders.ts";

/** A program of ours by the name it is called by. */
export type ProgramRow =
  | {
      /** Its first word may name a command; without one it is the worker. */
      readonly kind: "worker";
      readonly name: string;
      readonly version: { readonly exitCode: number; readonly render: (version: string) => string };
    }
  /** A tool by its name in mod_gearman: the same as a command of omd-worker. */
  | { readonly kind: "tool"; readonly name: string; readonly command: CommandRow }
  /**
   * A link by the name of a plugin: the program is that plugin, so a folder of such links serves any caller
   * of plugins.
   */
  | { readonly kind: "plugin"; readonly name: RegExp };

const OMD_WORKER: ProgramRow = {
  kind: "worker",
  name: "omd-worker",
  version: { exitCode: 0, render: (version) => `omd-worker ${version}\n` },
};

export const PROGRAMS: readonly ProgramRow[] = [
  OMD_WORKER,
  {
    kind: "worker",
    name: C_WORKER,
    // The programs of the other workers end with 3 after --version.
    version: {
      exitCode: 3,
      render: (version) =>
        `mod_gearman_worker: version ${version} of omd-worker running on Node.js ${process.version}\n\n`,
    },
  },
  ...TOOLS.flatMap(({ program: name, command }): readonly ProgramRow[] =>
    name === undefined ? [] : [{ kind: "tool", name, command }],
  ),
  { kind: "plugin", name: /^(?:check_.*|negate)$/s },
];

/** What a call asks for. */
export type Call =
  | { readonly kind: "command"; readonly command: CommandRow; readonly argv: readonly string[] }
  /** The first word is no command, or a later one is. It may be an option that needs no value. */
  | { readonly kind: "unclear"; readonly word: string; readonly argv: readonly string[] }
  | {
      readonly kind: InfoRequest;
      readonly program: ProgramRow & { readonly kind: "worker" };
    };

/**
 * `calledBy` is the name or the path of the program. By any other name than those of PROGRAMS it is
 * omd-worker.
 */
export function readCall(calledBy: string, argv: readonly string[], env: Io["env"]): Call {
  const program = findProgram(basename(calledBy));
  if (program.kind === "tool") return { kind: "command", command: program.command, argv };
  if (program.kind === "plugin")
    return { kind: "command", command: CHECK, argv: ["--", standsFor(calledBy, env), ...argv] };
  const [first, ...rest] = argv;
  const explained = first === "help" ? findCommand(rest[0]) : undefined;
  if (explained !== undefined && explained !== RUN)
    return { kind: "command", command: explained, argv: ["--help"] };
  const command = findCommand(first);
  if (command !== undefined && command !== RUN) return { kind: "command", command, argv: rest };
  const options = command === undefined ? argv : rest;
  const request = findInfoRequest(options);
  if (request !== undefined) return { kind: request, program };
  // The C worker's name is called by its init scripts: there a stray word stops no start.
  const isWord = command === undefined && first !== undefined && /^[^-=][^=]*$/.test(first);
  if (isWord && program === OMD_WORKER) return { kind: "unclear", word: first, argv };
  const late = program === OMD_WORKER ? findLateCommand(options) : undefined;
  if (late !== undefined) return { kind: "unclear", word: late, argv };
  return { kind: "command", command: RUN, argv: options };
}

/** A command behind options, as in `--identifier=gw2 status`. Behind `--config` it may be a value. */
function findLateCommand(options: readonly string[]): string | undefined {
  return optionWords(options).find((word, at) => {
    const before = options[at - 1] ?? "";
    const command = findCommand(word);
    return command !== undefined && command !== RUN && (before.includes("=") || !before.startsWith("-"));
  });
}

function findProgram(called: string): ProgramRow {
  const isCalled = ({ name }: ProgramRow) => (typeof name === "string" ? name === called : name.test(called));
  return PROGRAMS.find(isCalled) ?? OMD_WORKER;
}

/**
 * The plugin a link stands for. If a command line has to be executed after all, it is the plugin in one of
 * the usual folders that is started; a link in that place would start this program again, so then there is no
 * plugin.
 */
function standsFor(link: string, env: Io["env"]): string {
  const name = basename(link);
  const plugin = findPluginFile(name, env);
  const isItself = existsSync(plugin) && realpathSync(plugin) === realpathSync(link);
  return isItself ? `/nonexistent/${name}` : plugin;
}
