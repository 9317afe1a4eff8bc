import { allowedCommands } from "../kinds/allowed-commands.ts";
import { handlerRates } from "../kinds/handler-rates.ts";
import { names } from "../kinds/lists.ts";
import { integer } from "../kinds/numbers.ts";
import { path } from "../kinds/texts.ts";
import type { ConfigRow } from "../option.ts";

const BY_US = ["omd-worker"] as const;

export const EVENT_HANDLER_ROWS = [
  {
    name: "eventhandler_allow",
    kind: allowedCommands,
    default: [],
    help: "An event handler that may be run, word for word, as in restrict_allow; checks are not concerned. If it is set, all others are refused. Repeat it for each. docs/event-handlers.md.",
    knownBy: BY_US,
  },
  {
    name: "eventhandler_rate",
    kind: handlerRates,
    default: [],
    help: "How often an event handler runs at most, by the file name of its program: NAME:COUNT/TIME, with s, m, h or d, as restart-service:20/1h. With /each at the end it holds for each host and service that the command line names. * stands for each program that is not named. What is more is refused.",
    knownBy: BY_US,
  },
  {
    name: "eventhandler_dry_run",
    kind: names,
    default: [],
    help: "Event handlers that are not run, by the file name of their program; * stands for all. The log and eventhandler_log say what would have been run.",
    knownBy: BY_US,
  },
  {
    name: "eventhandler_log",
    kind: path,
    default: undefined,
    help: "A file that gets a line for each event handler: what was run, for which host and service, how long, and how it ended, as JSON and without secrets. It may be renamed or truncated at any time. omd-worker handlers report reads it.",
    knownBy: BY_US,
  },
  {
    name: "eventhandler_log_size",
    kind: integer({ min: 0, max: 100_000 }),
    default: 10,
    help: "If eventhandler_log has so many MiB it is renamed to FILE.1, in place of the one before. 0 leaves that to logrotate.",
    knownBy: BY_US,
  },
] as const satisfies readonly ConfigRow[];
