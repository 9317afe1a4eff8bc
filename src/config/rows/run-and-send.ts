import { toByteString } from "../../byte-string.ts";
import { choice } from "../kinds/choice.ts";
import { decimal, integer } from "../kinds/numbers.ts";
import { path, text } from "../kinds/texts.ts";
import type { Machine } from "../machine.ts";
import type { ConfigRow } from "../option.ts";

const BY_US = ["omd-worker"] as const;

/** Options of run-and-send that no other program has, or that have another default there. */
export const RUN_AND_SEND_ROWS = [
  {
    name: "timeout",
    aliases: ["t"],
    kind: decimal(),
    default: 60,
    unit: "seconds",
    help: "How long the command may run. 0 is no limit. Then its process group gets TERM, INT and KILL, a second apart.",
    knownBy: BY_US,
  },
  {
    name: "retries",
    kind: integer(),
    default: 3,
    help: "How often all job servers are tried again.",
    knownBy: BY_US,
  },
  {
    name: "exit_code",
    kind: choice(["command", "delivered"]),
    default: "command",
    help: "command ends with the command's code: 124 after a time-out, 126 or 127 if it could not be started, 128 and the number of a signal. delivered ends with 0 if a job server took the result, with 1 if it waits in the spool, with 3 if it is lost.",
    knownBy: BY_US,
  },
  {
    name: "max_output",
    kind: integer({ min: 1 }),
    default: 65_536,
    help: "How many bytes of output the result has at most, of standard output and of standard error each. All of it goes to the program's own output.",
    knownBy: BY_US,
  },
  {
    name: "spool",
    kind: path,
    default: undefined,
    help: "A folder for results that no job server has taken. They are sent at the next call, before its own. It is made if there is none.",
    knownBy: BY_US,
  },
  {
    name: "identifier",
    kind: text,
    default: (machine: Machine) => toByteString(machine.hostname) || "unknown",
    defaultText: "the host name",
    help: "The name of this machine in results.",
    knownBy: BY_US,
  },
] as const satisfies readonly ConfigRow[];
