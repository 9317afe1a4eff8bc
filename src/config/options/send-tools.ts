import type { WorkerOption } from "../option.ts";
import { decimal, flag, integer, text } from "../readers.ts";

const FOR_THE_TOOLS = {
  knownBy: ["send tools"],
  effect: "none",
  why: "the command line tools use it",
} as const;

/** Options of send_gearman and send_multi, whose parser is the workers'. */
export const SEND_TOOL_OPTIONS = [
  {
    name: "result_queue",
    kind: text,
    default: "check_results",
    help: "Queue of the results to send. Jobs bring it along.",
    ...FOR_THE_TOOLS,
  },
  { name: "host", kind: text, default: undefined, help: "Host the result is for.", ...FOR_THE_TOOLS },
  { name: "service", kind: text, default: undefined, help: "Service the result is for.", ...FOR_THE_TOOLS },
  {
    name: "message",
    aliases: ["m"],
    kind: text,
    default: undefined,
    help: "Output of the result.",
    ...FOR_THE_TOOLS,
  },
  {
    name: "returncode",
    aliases: ["return_code", "r"],
    kind: integer(),
    default: 0,
    help: "Return code of the result.",
    ...FOR_THE_TOOLS,
  },
  {
    name: "delimiter",
    kind: text,
    default: "\t",
    defaultText: "tab",
    help: "What separates the fields of standard input.",
    ...FOR_THE_TOOLS,
  },
  {
    name: "timeout",
    aliases: ["t"],
    kind: decimal(),
    default: 10,
    unit: "seconds",
    help: "How long to wait for standard input. For the time-out of checks see job_timeout.",
    ...FOR_THE_TOOLS,
  },
  { name: "active", kind: flag, default: false, help: "Send an active result.", ...FOR_THE_TOOLS },
  {
    name: "starttime",
    kind: decimal(),
    default: undefined,
    help: "Start of the check, seconds since the epoch.",
    ...FOR_THE_TOOLS,
  },
  {
    name: "finishtime",
    kind: decimal(),
    default: undefined,
    help: "End of the check, seconds since the epoch.",
    ...FOR_THE_TOOLS,
  },
  {
    name: "latency",
    kind: decimal(),
    default: 0,
    unit: "seconds",
    help: "Latency of the check.",
    ...FOR_THE_TOOLS,
  },
  {
    name: "retries",
    kind: integer(),
    default: 0,
    help: "How often sending is tried again.",
    ...FOR_THE_TOOLS,
  },
  {
    name: "retry-interval",
    kind: decimal(),
    default: 1,
    unit: "seconds",
    help: "How long to wait in between.",
    ...FOR_THE_TOOLS,
  },
] as const satisfies readonly WorkerOption[];
