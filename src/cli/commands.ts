import type { CommandRow } from "./command.ts";
import type { Io } from "./io.ts";
import { TOOLS } from "./tools/tool-commands.ts";

/** The exit code of a call with wrong words: to the core it would be UNKNOWN. */
export const USAGE_EXIT_CODE = 3;

/** The worker itself, which also runs where no command is named. */
export const RUN: CommandRow = {
  name: "run",
  usage: "run [OPTION=VALUE…]",
  help: "run the worker (also without the word run); options as in worker.conf",
  load: async () => (await import("./commands/run.ts")).runWorker,
};

export const CHECK: CommandRow = {
  name: "check",
  usage: "check [--explain] [--] COMMAND…",
  help: "run one command line as the worker would, or say what it would do",
  aliases: [{ name: "testcmd", usage: "testcmd [--] COMMAND…", help: "the Go worker's word for check" }],
  load: async () => (await import("./commands/check.ts")).checkCommand,
};

export const COMMANDS: readonly CommandRow[] = [
  RUN,
  CHECK,
  {
    name: "plugin",
    usage: "plugin list|new|test …",
    help: "the checks the worker knows itself, and yours",
    load: async () => (await import("./commands/plugin.ts")).pluginCommand,
  },
  {
    name: "shadow",
    usage: "shadow report [OPTION=VALUE…]",
    help: "how the worker's own answers compare with the plugins' (native_checks=shadow)",
    load: async () => (await import("./commands/shadow.ts")).shadowCommand,
  },
  {
    name: "config",
    usage: "config check|show|sample|docs …",
    help: "check and show the configuration",
    load: async () => (await import("./commands/config.ts")).configCommand,
  },
  {
    name: "demo",
    usage: "demo [--seconds N]",
    help: "a job server, a small core and the worker at work",
    load: async () => (await import("./commands/demo.ts")).demoCommand,
  },
  ...TOOLS.map(({ command }) => command),
];

export function findCommand(word: string | undefined): CommandRow | undefined {
  return COMMANDS.find(({ name, aliases = [] }) =>
    [name, ...aliases.map((alias) => alias.name)].includes(word ?? ""),
  );
}

/** All words that name a command. */
export function commandWords(): readonly string[] {
  return COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases.map((alias) => alias.name)]);
}

/** Loads and runs a command; resolves to its exit code. */
export async function runCommand(row: CommandRow, argv: readonly string[], io: Io): Promise<number> {
  const command = await row.load();
  const result = await command(argv, io);
  if (typeof result === "number") return result;
  io.stderr(result.usage);
  switch (result.kind) {
    case "help":
      return 0;
    case "wrong call":
      return USAGE_EXIT_CODE;
  }
}
