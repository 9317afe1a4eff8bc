import type { Manual } from "../manual.ts";
import { WORKER_OPTIONS } from "./worker-options.ts";

export const CHECK_MANUAL: Manual = {
  name: "check",
  usage: [
    "omd-worker check [--explain] [--queue=NAME] [--OPTION=VALUE…] [--] COMMAND…",
    "omd-worker check NAME --help",
    "omd-worker testcmd [--] COMMAND…",
  ],
  description: [
    "Runs COMMAND as the worker would, prints what the core would see, and exits with the return code. If no such plugin is there, stderr says why the worker's own check did not answer. One word is a whole command line, several are the words of one.",
    "A native check may be called by its name alone; with --help it explains its options. omd-worker plugin list names them. testcmd is the Go worker's word for check.",
  ],
  options: [
    {
      name: "explain",
      help: "runs nothing, but says which way COMMAND goes, why, and what would be started",
    },
    {
      name: "queue",
      value: "NAME",
      help: "as a job of this queue: with its user and limits (queue_user, queue_limits)",
    },
  ],
  table: WORKER_OPTIONS,
  takes: "checks",
  examples: [
    { line: "omd-worker check check_tcp -H web1 -p 443" },
    { line: "omd-worker check '/usr/lib/nagios/plugins/check_load -w 5,5,5 -c 9,9,9 | head -1'" },
    {
      line: "omd-worker check --explain --config=/etc/mod-gearman/worker.conf -- check_http -H web1 --ssl",
      does: "why is this check not answered in the worker?",
    },
    { line: "omd-worker check check_snmp --help" },
  ],
  exitCodes: [
    ["0 to 3", "the return code that the core would see"],
    ["3", "the call or an option is wrong"],
  ],
};

export const PLUGIN_MANUAL: Manual = {
  name: "plugin",
  usage: [
    "omd-worker plugin list [OPTION=VALUE…]",
    "omd-worker plugin new NAME [--dir FOLDER]",
    "omd-worker plugin test FILE…",
  ],
  description: [
    "The checks that the worker answers in its process: its own ones, and the site's in the folders of plugin_path. omd-worker check NAME WORD… runs one of them once.",
  ],
  words: [
    {
      word: "list",
      usage: "[OPTION=VALUE…]",
      help: "the checks, and whether each answers on this machine",
      hasOptions: true,
    },
    {
      word: "new",
      usage: "NAME [--dir FOLDER]",
      help: "writes a check that works, and its test",
      takes: "nothing",
    },
    { word: "test", usage: "FILE…", help: "runs tests of checks", takes: "files" },
  ],
  options: [{ name: "dir", value: "FOLDER", help: "with new: where the files are written" }],
  table: WORKER_OPTIONS,
  examples: [
    { line: "omd-worker plugin list --config=/etc/mod-gearman/worker.conf" },
    {
      line: "omd-worker plugin new check_shop --dir checks && omd-worker plugin test checks/check_shop.test.ts",
    },
  ],
  exitCodes: [
    ["0", "all is well"],
    ["1", "a file was refused, or a test has failed"],
    ["3", "the call or an option is wrong"],
  ],
};
