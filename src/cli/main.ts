import { BUILTIN_SETTINGS } from "../../plugins/settings.ts";
import { findInfoRequest } from "../config/read/info-request.ts";
import { renderOptions } from "../config/render/help.ts";
import { workerGroups } from "../config/worker/options.ts";
import { checkCommand } from "./check.ts";
import { configCommand } from "./config.ts";
import { demoCommand } from "./demo.ts";
import type { Io } from "./io.ts";
import { pluginCommand } from "./plugin.ts";
import { runCommand } from "./run.ts";
import { shadowCommand } from "./shadow.ts";
import { VERSION } from "./version.ts";

interface Command {
  readonly usage: string;
  readonly help: string;
  readonly run: (argv: readonly string[], io: Io) => Promise<number>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    usage: "run [OPTION=VALUE…]",
    help: "run the worker (also without the word run); options as in worker.conf",
    run: runCommand,
  },
  check: {
    usage: "check [--explain] [--] COMMAND…",
    help: "run one command line as the worker would, or say what it would do",
    run: checkCommand,
  },
  plugin: {
    usage: "plugin list|new|test …",
    help: "the checks the worker knows itself, and yours",
    run: pluginCommand,
  },
  shadow: {
    usage: "shadow report [OPTION=VALUE…]",
    help: "how the worker's own answers compare with the plugins' (native_checks=shadow)",
    run: shadowCommand,
  },
  config: {
    usage: "config check|show|sample|docs …",
    help: "check and show the configuration",
    run: configCommand,
  },
  demo: {
    usage: "demo [--seconds N]",
    help: "a job server, a small core and the worker at work",
    run: demoCommand,
  },
  testcmd: { usage: "testcmd [--] COMMAND…", help: "the Go worker's word for check", run: checkCommand },
};

/** How the peers' programs end after --version. */
const VERSION_EXIT_CODE = 3;

/** The name the program was called by and its arguments → its exit code. */
export async function main(
  name: "omd-worker" | "mod_gearman_worker",
  argv: readonly string[],
): Promise<number> {
  const io: Io = {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    env: process.env,
  };
  const [first = "", ...rest] = argv;
  const command = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  if (command !== undefined && command !== COMMANDS["run"]) return command.run(rest, io);
  const options = command === undefined ? argv : rest;
  switch (findInfoRequest(options)) {
    case "version":
      return showVersion(name, io);
    case "help":
      return showHelp(name, io);
    case undefined:
      return runCommand(options, io);
  }
}

function showVersion(name: string, io: Io): number {
  if (name === "omd-worker") {
    io.stdout(`omd-worker ${VERSION}\n`);
    return 0;
  }
  io.stdout(`${name}: version ${VERSION} of omd-worker running on Node.js ${process.version}\n\n`);
  return VERSION_EXIT_CODE;
}

function showHelp(name: string, io: Io): number {
  const commands = Object.values(COMMANDS).map(({ usage, help }) => `  ${name} ${usage}\n      ${help}\n`);
  io.stdout(`Usage:\n${commands.join("")}\n${renderOptions(workerGroups(BUILTIN_SETTINGS))}`);
  return 0;
}
