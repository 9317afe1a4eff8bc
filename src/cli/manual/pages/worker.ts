import type { Manual } from "../manual.ts";
import { WORKER_OPTIONS } from "./worker-options.ts";

/** The program itself. */
export const RUN_MANUAL: Manual = {
  name: "run",
  usage: ["omd-worker [run] [OPTION=VALUE…]", "mod_gearman_worker [OPTION=VALUE…]", "omd-worker COMMAND …"],
  description: [
    "Takes check jobs of Naemon or Nagios from gearmand, runs them, and sends the results back. It reads the configuration file of the C and of the Go mod_gearman worker, and takes its options as arguments, too.",
  ],
  options: [
    { name: "help", help: "shows all commands and options" },
    { name: "version", help: "shows the version" },
  ],
  table: WORKER_OPTIONS,
  sections: [
    {
      title: "Signals",
      terms: [
        ["HUP", "Reads the configuration again, opens the log file again, and says what has changed."],
        ["USR1", "Opens the log file again."],
        [
          "TERM, INT",
          "Finishes and delivers the running checks, up to shutdown_timeout. A second one ends the worker at once and gives them back to gearmand.",
        ],
      ],
    },
    {
      title: "Environment",
      terms: [
        ["OMD_ROOT", "The folder of an OMD site, whose plugins are found first."],
        [
          "RUNTIME_DIRECTORY, XDG_RUNTIME_DIR",
          "Where the file is kept that proves to the control socket who asks.",
        ],
      ],
    },
  ],
  examples: [
    { line: "omd-worker config check /etc/mod-gearman/worker.conf", does: "first: is the file right?" },
    { line: "omd-worker doctor --config=/etc/mod-gearman/worker.conf", does: "would a worker work here?" },
    { line: "omd-worker --config=/etc/mod-gearman/worker.conf" },
    { line: "omd-worker --server=localhost --keyfile=secret.key --hostgroups=dmz --max-worker=50 --debug=1" },
    { line: "omd-worker demo", does: "everything on this machine, without a core" },
  ],
  exitCodes: [
    ["0", "it was ended by a signal, and every result was delivered"],
    ["1", "it could not start, or results were not delivered"],
    ["3", "the first word is no command, or Node.js is too old"],
  ],
};
