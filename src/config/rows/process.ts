import { toByteString } from "../../byte-string.ts";
import { choice } from "../kinds/choice.ts";
import { flag } from "../kinds/flags.ts";
import { integer, seconds } from "../kinds/numbers.ts";
import { path, text } from "../kinds/texts.ts";
import type { Machine } from "../machine.ts";
import type { ConfigRow } from "../option.ts";

export const PROCESS_ROWS = [
  {
    name: "config",
    aliases: ["configfile", "include"],
    kind: path,
    default: undefined,
    help: "Read this file here, or all *.cfg and *.conf files of this directory and those below it, in alphabetical order.",
    knownBy: ["C worker", "Go worker", "core module"],
  },
  {
    name: "identifier",
    kind: text,
    default: (machine: Machine) => toByteString(machine.hostname) || "unknown",
    defaultText: "the host name",
    help: "The worker's name in results and in the status queue worker_NAME.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "stage",
    kind: text,
    default: undefined,
    help: "The stage that this worker belongs to, as dev or prod. If there is one, the log, omd-worker status, the status page, the lines of eventhandler_log and the metric gearman_worker_stage_info say it. Results do not.",
    knownBy: ["omd-worker"],
  },
  {
    name: "pidfile",
    kind: path,
    default: undefined,
    help: "Holds the process id while the worker runs. A second worker with the same file does not start. It is made with mode 0640.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "daemon",
    aliases: ["d"],
    kind: flag,
    default: false,
    help: "Run in the background. The command returns when the worker is up and its pid file written.",
    knownBy: ["C worker", "Go worker"],
  },
  {
    name: "control_socket",
    kind: flag,
    default: true,
    help: "Listen on the abstract Unix socket @omd-worker/IDENTIFIER, so that omd-worker status, jobs, reload, drain, resume and log-level reach the worker. Every user of the machine may read; to do more takes the worker's user or root.",
    knownBy: ["omd-worker"],
  },
  {
    name: "shutdown_timeout",
    kind: seconds(),
    default: 60,
    unit: "seconds",
    help: "How long running jobs may finish after TERM or INT. What still runs then is stopped and given back to gearmand.",
    knownBy: ["omd-worker"],
  },
  {
    name: "reload_on_change",
    kind: flag,
    default: false,
    help: "Read the configuration again, as after HUP, when one of its files, the key file or a folder of files has changed. It is seen at once, on network file systems within five seconds. A Kubernetes ConfigMap or Secret that is mounted as a folder is followed, too.",
    knownBy: ["omd-worker"],
  },
  {
    name: "debug",
    kind: integer({ min: 0 }),
    default: 0,
    help: "0 logs what an operator should know, 1 and more add a line for every job.",
    knownBy: ["C worker", "Go worker", "core module"],
  },
  {
    name: "logfile",
    kind: path,
    default: undefined,
    help: "Where the log goes with logmode automatic or file. It is made with mode 0640.",
    knownBy: ["C worker", "Go worker", "core module"],
  },
  {
    name: "logmode",
    kind: choice(["automatic", "file", "stdout", "syslog"], { core: "stdout" }),
    default: "automatic",
    help: "automatic writes to logfile if there is one, otherwise to standard output. syslog gives the lines to syslogd at /dev/log. core is accepted and means stdout.",
    knownBy: ["C worker", "Go worker", "core module"],
  },
  {
    name: "log_format",
    kind: choice(["text", "json"]),
    default: "text",
    help: "text writes lines as the C worker does. json writes one object a line, for log collectors.",
    knownBy: ["omd-worker"],
  },
  {
    name: "summary_interval",
    kind: seconds(),
    default: 600,
    unit: "seconds",
    help: "How often the log has a line that sums up: jobs, their rate, time-outs, results that wait. 0: never.",
    knownBy: ["omd-worker"],
  },
  {
    name: "debug-result",
    kind: flag,
    default: false,
    help: "Put the identifier of the worker in front of every output: (NAME) - ….",
    knownBy: ["C worker", "core module"],
  },
] as const satisfies readonly ConfigRow[];
