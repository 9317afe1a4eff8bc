import type { Manual } from "../manual.ts";
import { WORKER_OPTIONS } from "./worker-options.ts";

/** What helps before a worker is switched, and while it is. */
export const DOCTOR_MANUAL: Manual = {
  name: "doctor",
  description: [
    "Looks whether a worker with these options would work here: configuration, job servers, key, queues without a worker, the folder of result_spool, pings, limits, memory, /dev/shm; of a worker that runs here, the clock and the plugins of its latest jobs. It prints a line for each, with what to do. It takes no job of any worker.",
    "Run it as the worker's user, with its --config=FILE.",
  ],
  options: [{ name: "json", help: "prints JSON, for scripts" }],
  table: WORKER_OPTIONS,
  takes: "nothing",
  examples: [
    { line: "runuser -u nagios -- omd-worker doctor --config=/etc/mod-gearman/worker.conf" },
    { line: "omd-worker doctor --server=main --keyfile=secret.key --json" },
  ],
  exitCodes: [
    ["0", "all is fine"],
    ["1", "there are warnings"],
    ["2", "there are errors"],
    ["3", "the call is wrong"],
  ],
};

export const SURVEY_MANUAL: Manual = {
  name: "survey",
  description: [
    "Reads the core's objects.cache and resource.cfg, and says how this worker would run each of the site's checks, why not natively, and what CPU it would take. It starts nothing.",
    "FILE is objects.cache, resource.cfg or naemon.cfg, in any order, or the folder of an OMD site; what is not named is looked for in the usual places. native_checks is on unless it is named here.",
  ],
  options: [
    { name: "json", help: "prints all figures as JSON" },
    {
      name: "list",
      help: "prints a line for each check: way, object, why, and its command line without secrets",
    },
    {
      name: "restrict-allow",
      help: "prints the lines of worker.conf that restrict_mode=strict needs for the checks of this site",
    },
    { name: "html", value: "PAGE", isAttached: true, help: "also writes a page with plots to the file PAGE" },
  ],
  table: WORKER_OPTIONS,
  takes: "files",
  examples: [
    { line: "omd-worker survey /omd/sites/prod" },
    {
      line: "omd-worker survey --html=survey.html --config=/etc/mod-gearman/worker.conf /var/cache/naemon/objects.cache",
    },
    { line: "omd-worker survey --list | grep '^plugin'", does: "the checks that are executed, and why" },
  ],
  exitCodes: [
    ["0", "the site was read"],
    ["1", "the core's files cannot be used"],
    ["3", "the call or an option is wrong"],
  ],
};

export const HANDLERS_MANUAL: Manual = {
  name: "handlers",
  description: [
    "Tells of each event handler how often it ran, how its runs ended, how long they took, when it ran last and how it failed last. It reads the worker's eventhandler_log and the file before it, FILE.1; with several workers name the files of all of them, or the folder that has them as NAME.jsonl.",
  ],
  words: [
    {
      word: "report",
      usage: "[FILE|FOLDER…]",
      help: "counts the runs of each event handler",
      takes: "files",
      hasOptions: true,
    },
  ],
  options: [
    {
      name: "since",
      value: "TIME",
      help: "counts from then on: 7d (the default), 12h, 30m, or a date as 2026-11-26",
    },
    {
      name: "by",
      value: "handler|command|host|service",
      help: "what a row is: a program (handler, the default), a command line without state and attempt, or the host or service that the command line names",
    },
    {
      name: "known",
      value: "FILE",
      help: "also names those that never ran: of a list with one name a line, as the rows have it, or of the core's objects.cache",
    },
    { name: "json", help: "prints JSON, for scripts" },
  ],
  table: WORKER_OPTIONS,
  takes: "nothing",
  examples: [
    { line: "omd-worker handlers report --config=/etc/mod-gearman/worker.conf" },
    { line: "omd-worker handlers report --by=service --since=30d --known=/var/cache/naemon/objects.cache" },
    {
      line: "omd-worker handlers report --since=30d --known=/var/cache/naemon/objects.cache event-handlers.jsonl*",
    },
  ],
  exitCodes: [
    ["0", "the log was read"],
    ["1", "there is none, or it cannot be read"],
    ["3", "the call or an option is wrong"],
  ],
};

export const SHADOW_MANUAL: Manual = {
  name: "shadow",
  description: [
    "How the worker's own answers compare with the plugins', check by check, with the last differences. The worker must run with native_checks=shadow.",
  ],
  words: [
    {
      word: "show",
      usage: "[--json] [OPTION=VALUE…]",
      help: "asks a worker that runs; it takes the worker's user or root",
      hasOptions: true,
    },
    {
      word: "set",
      usage: "PERCENT|on|off [--json] [OPTION=VALUE…]",
      help: "how many of its jobs a running worker compares, until it reads its configuration again; it takes the worker's user or root",
      hasOptions: true,
    },
    {
      word: "report",
      usage: "[OPTION=VALUE…]",
      help: "prints the table of shadow_file=FILE; name it here, or the worker's --config=FILE",
      hasOptions: true,
    },
  ],
  options: [{ name: "json", help: "prints JSON, for scripts" }],
  table: WORKER_OPTIONS,
  examples: [
    { line: "omd-worker shadow show" },
    { line: "omd-worker shadow set 50" },
    { line: "omd-worker shadow report --config=/etc/mod-gearman/worker.conf" },
  ],
  exitCodes: [
    ["0", "the report was read"],
    ["1", "there is none"],
    ["3", "the call or an option is wrong"],
  ],
};

export const DEMO_MANUAL: Manual = {
  name: "demo",
  description: [
    "Shows the worker at work: the servers of a small data centre, an embedded job server and a small core, all in one process; a table of states, and the status page at an address of this machine.",
    "Arrow keys and page keys scroll; p shows problems, c, w, u and o one state, a all; q or Ctrl-C ends it. Without a terminal there is a line every five seconds, and the whole table at the end. NO_COLOR turns colours off.",
  ],
  options: [
    { name: "seconds", value: "N", help: "ends after so many seconds" },
    {
      name: "chat",
      help: "also starts a stand-in for Zulip with a page, the notifier and the bot: alerts, buttons, emoji and commands",
    },
  ],
  takes: "nothing",
  examples: [
    { line: "omd-worker demo" },
    { line: "omd-worker demo --seconds 60" },
    { line: "omd-worker demo --chat", does: "and open the address that it prints behind Chat" },
  ],
  exitCodes: [
    ["0", "results came in"],
    ["1", "no result came in"],
    ["3", "the call is wrong"],
  ],
};
