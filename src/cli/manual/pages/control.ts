import { LOG_LEVELS } from "../../../control/commands.ts";
import type { Manual } from "../manual.ts";
import { WORKER_OPTIONS } from "./worker-options.ts";

const WHICH =
  "Without options it is the worker of this host's name, or the only one that runs here; others are found by --identifier=NAME or by their --config=FILE.";

const PROOF = "It takes the worker's user or root.";

const CONTROL = {
  options: [{ name: "json", help: "prints JSON, for scripts" }],
  table: WORKER_OPTIONS,
  exitCodes: [
    ["0", "the worker has answered"],
    ["1", "no worker answers, or it has refused"],
    ["3", "the call or an option is wrong"],
  ],
} as const satisfies Partial<Manual>;

const LEVELS: Readonly<Record<keyof typeof LOG_LEVELS, string>> = {
  error: "only what is broken",
  info: "what an operator should know (debug=0)",
  debug: "a line for each job (debug=1)",
  trace: "with command lines, masked, and outputs (debug=2)",
};

/** The commands that ask a running worker. */
export const CONTROL_MANUALS: readonly Manual[] = [
  {
    ...CONTROL,
    name: "status",
    description: [
      `Shows slots, jobs, waiting results, servers, plugins kept warm and waits of a running worker. ${WHICH} Every user may ask.`,
    ],
    examples: [
      { line: "omd-worker status" },
      { line: "omd-worker status --identifier=gw2 --json | jq .jobs.done" },
    ],
  },
  {
    ...CONTROL,
    name: "jobs",
    description: [
      `Shows the jobs that a running worker has under way, the oldest first. ${WHICH} Every user may ask.`,
    ],
    examples: [
      { line: "omd-worker jobs" },
      { line: "omd-worker jobs --config=/etc/mod-gearman/worker.conf" },
    ],
  },
  {
    ...CONTROL,
    name: "reload",
    description: [
      `Lets a running worker read its configuration again, as kill -HUP does, and shows what has changed or what is wrong. ${WHICH} ${PROOF}`,
    ],
    examples: [{ line: "omd-worker reload" }],
    exitCodes: [
      ["0", "the worker works with the new configuration"],
      ["1", "the configuration is wrong and the worker goes on with the old one, or no worker answers"],
      ["3", "the call or an option is wrong"],
    ],
  },
  {
    ...CONTROL,
    name: "drain",
    description: [
      `Lets a running worker take no more jobs. It finishes those it has and waits for resume; other workers get the jobs. ${WHICH} ${PROOF}`,
    ],
    examples: [{ line: "omd-worker drain && omd-worker jobs", does: "before work on this machine" }],
  },
  {
    ...CONTROL,
    name: "resume",
    description: [`Lets a drained worker take jobs again. ${WHICH} ${PROOF}`],
    examples: [{ line: "omd-worker resume" }],
  },
  {
    ...CONTROL,
    name: "log-level",
    words: Object.keys(LOG_LEVELS).map((word) => ({
      word,
      help: LEVELS[word as keyof typeof LOG_LEVELS],
      hasOptions: true,
    })),
    description: [
      `Sets the level of a running worker's log, until it reads its configuration again. ${WHICH} ${PROOF}`,
    ],
    examples: [
      { line: "omd-worker log-level debug" },
      { line: "omd-worker log-level info --identifier=gw2" },
    ],
  },
];
