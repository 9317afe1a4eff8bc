import { flag } from "../kinds/flags.ts";
import { decimal, integer } from "../kinds/numbers.ts";
import { anyText, text } from "../kinds/texts.ts";
import type { ConfigRow } from "../option.ts";

const BY_TOOLS = ["send tools"] as const;

/** Its own row, as `-d` is another option in the worker. */
export const DELIMITER_ROW = {
  name: "delimiter",
  kind: text,
  default: "\t",
  defaultText: "tab",
  help: "What separates the fields of standard input.",
  knownBy: BY_TOOLS,
} as const satisfies ConfigRow;

/** Options of send_gearman and send_multi, whose parser is the workers'. */
export const SEND_TOOL_ROWS = [
  {
    name: "result_queue",
    kind: text,
    default: "check_results",
    help: "Queue of the results to send. Jobs bring it along.",
    knownBy: BY_TOOLS,
  },
  { name: "host", kind: text, default: undefined, help: "Host the result is for.", knownBy: BY_TOOLS },
  { name: "service", kind: text, default: undefined, help: "Service the result is for.", knownBy: BY_TOOLS },
  {
    name: "message",
    aliases: ["m"],
    kind: anyText,
    default: undefined,
    help: "Output of the result.",
    knownBy: BY_TOOLS,
  },
  {
    name: "returncode",
    aliases: ["return_code", "r"],
    kind: integer(),
    default: 0,
    help: "Return code of the result.",
    knownBy: BY_TOOLS,
  },
  DELIMITER_ROW,
  {
    name: "timeout",
    aliases: ["t"],
    kind: decimal(),
    default: 10,
    unit: "seconds",
    help: "How long to wait for standard input. For the time-out of checks see job_timeout.",
    knownBy: BY_TOOLS,
  },
  { name: "active", kind: flag, default: false, help: "Send an active result.", knownBy: BY_TOOLS },
  {
    name: "starttime",
    kind: decimal(),
    default: undefined,
    help: "Start of the check, seconds since the epoch.",
    knownBy: BY_TOOLS,
  },
  {
    name: "finishtime",
    kind: decimal(),
    default: undefined,
    help: "End of the check, seconds since the epoch.",
    knownBy: BY_TOOLS,
  },
  {
    name: "latency",
    kind: decimal(),
    default: 0,
    unit: "seconds",
    help: "Latency of the check.",
    knownBy: BY_TOOLS,
  },
  {
    name: "retries",
    kind: integer(),
    default: 0,
    help: "How often sending is tried again.",
    knownBy: BY_TOOLS,
  },
  {
    name: "retry-interval",
    kind: decimal(),
    default: 1,
    unit: "seconds",
    help: "How long to wait in between.",
    knownBy: BY_TOOLS,
  },
] as const satisfies readonly ConfigRow[];
