import {
  DUMMY,
  ENTRIES,
  EXECUTED,
  EXECUTING,
  FILE_AGE,
  JSON_VALUE,
  LARGE,
  LOADED,
  TRUE,
  WARM,
} from "./commands.ts";
import { type Line, only } from "./line.ts";

const WARMED = { jobs: 400, warmUp: 100, own: [...EXECUTING, ...WARM] } as const;
const LOADED_AHEAD = { ...WARMED, own: [...WARMED.own, ...LOADED], isOwnOnly: true } as const;
const STARTED = { jobs: 400, warmUp: 100, own: EXECUTING, isOwnOnly: true } as const;
/** The pool is empty when the jobs arrive. */
const SLEEPING = { warmUp: 0, own: EXECUTING } as const;

/** The scenario `lines`: what starting a plugin costs. */
export const PLUGIN_START_LINES: readonly Line[] = [
  { name: "true", mix: only(TRUE), jobs: 3000, ...EXECUTED },
  { name: "pool50", mix: only(TRUE), jobs: 3000, pool: 50, ...EXECUTED },
  { name: "dummy", mix: only(DUMMY), jobs: 2000, ...EXECUTED },
  {
    name: "quoted",
    mix: only({ command: '{plugins}/check_dummy 0 "all is well"', output: "^OK: all is well$" }),
    jobs: 2000,
    ...EXECUTED,
  },
  {
    name: "sh",
    mix: only({ command: "/bin/sh -c 'echo OK; exit 0'", output: "^OK$" }),
    jobs: 1500,
    ...EXECUTED,
  },
  { name: "pipe", mix: only({ command: 'echo "a b" | grep -c a', output: "^1$" }), jobs: 1200, ...EXECUTED },
  { name: "perl", mix: only(FILE_AGE), ...WARMED },
  { name: "perl-exec", mix: only(FILE_AGE), ...STARTED },
  { name: "perl-mp", mix: only(ENTRIES), ...WARMED },
  { name: "perl-mp-load", mix: only(ENTRIES), ...LOADED_AHEAD },
  { name: "perl-mp-exec", mix: only(ENTRIES), ...STARTED },
  {
    name: "perl-large",
    mix: only(LARGE),
    ...WARMED,
    own: [...WARMED.own, "--warm_include=check_large.pl"],
  },
  { name: "perl-large-exec", mix: only(LARGE), ...STARTED },
  { name: "python", mix: only(JSON_VALUE), ...WARMED },
  { name: "python-load", mix: only(JSON_VALUE), ...LOADED_AHEAD },
  { name: "python-exec", mix: only(JSON_VALUE), ...STARTED },
  // The command of `dummy`, answered by our own worker in its process.
  {
    name: "native",
    mix: only(DUMMY),
    jobs: 5000,
    warmUp: 1000,
    own: ["--native_checks=on"],
  },
  // 1,000 plugins that wait, 500 at a time: one second from the first result to the last would be perfect.
  {
    name: "sleep",
    mix: only({ command: "/bin/sleep 1" }),
    jobs: 1000,
    pool: 500,
    memoryAfterMs: 900,
    ...SLEEPING,
  },
  // All plugins wait at the same time if the last result comes less than ten seconds after the first.
  {
    name: "sleep2000",
    mix: only({ command: "/bin/sleep 10" }),
    jobs: 2000,
    pool: 2000,
    memoryAfterMs: 9000,
    ...SLEEPING,
  },
];
