import { choice } from "../kinds/choice.ts";
import { flag } from "../kinds/flags.ts";
import { integer, seconds } from "../kinds/numbers.ts";
import { folder } from "../kinds/texts.ts";
import type { ConfigRow } from "../option.ts";

export const CHECK_ROWS = [
  {
    name: "job_timeout",
    kind: seconds({ min: 1 }),
    default: 60,
    unit: "seconds",
    help: "How long a job may run if the core does not say so itself, as for event handlers.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "timeout_return",
    kind: integer({ min: 0, max: 3, below: 2, above: 2 }),
    default: 2,
    help: "The return code of a check that ran into its time-out: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. The Go worker has 3.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "max-age",
    kind: seconds({ below: 0 }),
    default: 0,
    unit: "seconds",
    help: "A check that waited longer than this is not run but reported as too late. 0 runs all.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "replay_window",
    kind: seconds({ below: 0 }),
    default: 0,
    unit: "seconds",
    help: "A job is refused if the core's time in it is further away than this, or if it came before. It makes it harder to give recorded jobs again; docs/security.md says what it does not do. 0 takes all.",
    knownBy: ["omd-worker"],
  },
  {
    name: "show_error_output",
    kind: flag,
    default: true,
    help: "Add what a plugin wrote to standard error to its output.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "worker_name_in_result",
    kind: choice(["off", "on", "pre_perfdata"], {
      no: "off",
      false: "off",
      "0": "off",
      yes: "on",
      true: "on",
      "1": "on",
    }),
    default: "off",
    help: "Say in the output which worker ran the check: on puts it in front, pre_perfdata before the performance data.",
    knownBy: ["Go worker"],
  },
  {
    name: "workaround_rc_25",
    kind: flag,
    default: false,
    help: "Send no result for plugins that exit with 25.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "secret_dir",
    kind: folder,
    default: undefined,
    help: "A folder of files, one a secret, as Kubernetes mounts them. $SECRET:name$ on a command line stands for what the file of this name holds when the job runs. Not set: such a text stays as it is. docs/secrets.md.",
    knownBy: ["omd-worker"],
  },
] as const satisfies readonly ConfigRow[];
