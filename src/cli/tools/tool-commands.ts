import type { CommandRow } from "../command.ts";

/** A tool that people call by hand or from scripts. */
export interface ToolRow {
  /** Its name in mod_gearman, by which it can be called, too. */
  readonly program?: string;
  readonly command: CommandRow;
}

/** The C worker's name, by which the worker can be called, too. */
export const C_WORKER = "mod_gearman_worker";

export const TOOLS: readonly ToolRow[] = [
  {
    program: "send_gearman",
    command: {
      name: "send",
      usage: "send [OPTION=VALUE…]",
      help: "send results of checks to the core; the same as send_gearman",
      explainsItself: true,
      load: async () => (await import("../commands/send.ts")).sendCommand,
    },
  },
  {
    program: "check_gearman",
    command: {
      name: "check-gearman",
      usage: "check-gearman -H HOST …",
      help: "check a job server, a worker or the key; the same as check_gearman",
      explainsItself: true,
      load: async () => (await import("../commands/check-gearman.ts")).checkGearmanCommand,
    },
  },
  {
    program: "gearman_top",
    command: {
      name: "top",
      usage: "top [-H HOST] …",
      help: "the queues of job servers, live or printed (-b); the same as gearman_top",
      explainsItself: true,
      load: async () => (await import("../commands/top.ts")).topCommand,
    },
  },
  {
    program: "send_multi",
    command: {
      name: "send-multi",
      usage: "send-multi --host=HOST [OPTION=VALUE…]",
      help: "send the results of check_multi's checks; the same as send_multi",
      explainsItself: true,
      load: async () => (await import("../commands/send-multi.ts")).sendMultiCommand,
    },
  },
  {
    command: {
      name: "run-and-send",
      usage: "run-and-send [OPTION=VALUE…] -- COMMAND…",
      help: "run any command and send its result to the core as a passive one",
      explainsItself: true,
      load: async () => (await import("../commands/run-and-send.ts")).runAndSendCommand,
    },
  },
];

/** The names of mod_gearman's programs, by which ours can be called. */
export const COMPATIBLE_NAMES: readonly string[] = [
  C_WORKER,
  ...TOOLS.flatMap(({ program }) => program ?? []),
];
