import { asksForHelp } from "../config/read/info-request.ts";
import type { CommandResult, CommandRow } from "./command.ts";
import type { ControlName } from "./commands/control.ts";
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
  explainsItself: true,
  load: async () => (await import("./commands/check.ts")).checkCommand,
};

export const COMMANDS: readonly CommandRow[] = [
  RUN,
  CHECK,
  control("status", "show what a running worker does"),
  control("jobs", "show the jobs that a running worker has under way"),
  control("reload", "let a running worker read its configuration again"),
  control("drain", "let a running worker take no more jobs"),
  control("resume", "let a drained worker take jobs again"),
  control("log-level", "set how much a running worker logs", "error|info|debug|trace"),
  {
    name: "plugin",
    usage: "plugin list|new|test …",
    help: "the checks the worker knows itself, and yours",
    load: async () => (await import("./commands/plugin.ts")).pluginCommand,
  },
  {
    name: "doctor",
    usage: "doctor [--json] [OPTION=VALUE…]",
    help: "whether a worker with these options would work here, and what to do",
    load: async () => (await import("./commands/doctor.ts")).doctorCommand,
  },
  {
    name: "survey",
    usage: "survey [--json|--list|--restrict-allow] [--html=PAGE] [--OPTION=VALUE…] [FILE…]",
    help: "how the checks of a whole site would be run, from the core's objects.cache",
    load: async () => (await import("./commands/survey.ts")).surveyCommand,
  },
  {
    name: "shadow",
    usage: "shadow show|set|report …",
    help: "how the worker's own answers compare with the plugins' (native_checks=shadow)",
    load: async () => (await import("./commands/shadow.ts")).shadowCommand,
  },
  {
    name: "handlers",
    usage:
      "handlers report [--since TIME] [--by WHAT] [--known FILE] [--json] [OPTION=VALUE…] [FILE|FOLDER…]",
    help: "which event handlers ran, how often and how long, and which failed (eventhandler_log)",
    load: async () => (await import("./commands/handlers.ts")).handlersCommand,
  },
  {
    name: "config",
    usage: "config check|show|sample|docs …",
    help: "check and show the configuration",
    load: async () => (await import("./commands/config.ts")).configCommand,
  },
  {
    name: "metrics",
    usage: "metrics list|rules|dashboard",
    help: "the metrics that prometheus_server=HOST:PORT serves, alert rules, a dashboard",
    load: async () => (await import("./commands/metrics.ts")).metricsCommand,
  },
  {
    name: "demo",
    usage: "demo [--chat] [--seconds N]",
    help: "a job server, a small core and the worker at work",
    load: async () => (await import("./commands/demo.ts")).demoCommand,
  },
  {
    name: "link-names",
    usage: "link-names [--force] DIR",
    help: "links by the names of mod_gearman's programs, in a folder",
    load: async () => (await import("./commands/link-names.ts")).linkNamesCommand,
  },
  {
    name: "completion",
    usage: "completion bash|zsh|fish",
    help: "what lets a shell complete commands, options and values",
    load: async () => (await import("./commands/completion.ts")).completionCommand(COMMANDS),
  },
  ...TOOLS.map(({ command }) => command),
  {
    name: "perfdata",
    usage: "perfdata [--check-config|--lines] [OPTION=VALUE…]",
    help: "write perfdata from gearmand's queue into InfluxDB, as nagflux does",
    load: async () => (await import("./commands/perfdata.ts")).perfdataCommand,
  },
  {
    name: "notify",
    usage: "notify zulip [--now] [OPTION=VALUE…] [MACRO=VALUE…]",
    help: "keep a notification of the core for the chat, as its notification command",
    load: async () => (await import("./commands/notify.ts")).notifyCommand,
  },
  {
    name: "zulip-notifier",
    usage: "zulip-notifier [--check-config] [OPTION=VALUE…]",
    help: "write the notifications that notify zulip has kept into Zulip",
    load: async () => (await import("./zulip/notifier-command.ts")).zulipNotifierCommand,
  },
  {
    name: "zulip-bot",
    usage: "zulip-bot [--check-config|--check] [OPTION=VALUE…]",
    help: "acknowledge problems and set downtimes as people ask for it in Zulip",
    load: async () => (await import("./zulip/bot-command.ts")).zulipBotCommand,
  },
  {
    name: "zulip",
    usage: "zulip announce|emoji|sample|test …",
    help: "try the way to Zulip and back, tell what was rolled out, prepare a Zulip server",
    load: async () => (await import("./zulip/zulip-command.ts")).zulipCommand,
  },
];

/** A command that asks a running worker. */
function control(name: ControlName, what: string, ...words: readonly string[]): CommandRow {
  return {
    name,
    usage: [name, ...words, "[--json] [OPTION=VALUE…]"].join(" "),
    help: what,
    load: async () => (await import("./commands/control.ts")).controlCommand(name),
  };
}

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
  const result = await answer(row, argv, io);
  if (typeof result === "number") return result;
  const { explain, explainCall } = await import("./manual/render/explain.ts");
  switch (result.kind) {
    case "help":
      io.stdout(explain(row));
      return result.exitCode;
    case "wrong call":
      io.stderr(explainCall(row, result.problem));
      return USAGE_EXIT_CODE;
  }
}

async function answer(row: CommandRow, argv: readonly string[], io: Io): Promise<CommandResult> {
  if (!row.explainsItself && asksForHelp(argv)) return { kind: "help", exitCode: 0 };
  const command = await row.load();
  return command(argv, io);
}
