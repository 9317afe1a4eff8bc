import { type Line, only } from "./line.ts";

const TRUE = { command: "/bin/true" } as const;
const DUMMY = { command: "{plugins}/check_dummy 0 ok", output: "^OK: ok$" } as const;
const MEGABYTE = { command: "head -c 1000000 /dev/zero | tr '\\000' x", output: "^x+$" } as const;
export const FILE_AGE = {
  command: "{plugins}/check_file_age -w 999999999 -c 999999999 -W 0 -C 0 -f {data}/status.json",
  output: "^FILE_AGE OK: ",
} as const;
export const JSON_VALUE = {
  command: "{data}/check_json_value.py --file={data}/status.json --key=queue.length -w 100 -c 200",
  output: "^JSON OK - queue.length is 17",
} as const;
const ENTRIES = {
  command: "{data}/check_entries.pl --directory=/etc",
  output: "^ENTRIES OK - \\d+ entries",
  needs: {
    what: "Perl's Monitoring::Plugin",
    probe: ["/usr/bin/perl", "-MMonitoring::Plugin", "-e", "1"],
  },
} as const;

export const EXECUTING = ["--native_checks=off"] as const;
export const WARM = [
  "--enable_embedded_perl=on",
  "--use_embedded_perl_implicitly=on",
  "--warm_python=implicitly",
] as const;

const EXECUTED = { warmUp: 200, own: EXECUTING } as const;
const WARMED = { jobs: 400, warmUp: 100, own: [...EXECUTING, ...WARM] } as const;
const STARTED = { jobs: 400, warmUp: 100, own: EXECUTING, isOwnOnly: true } as const;
/** Each starts with an empty pool. */
const SLEEPING = { warmUp: 0, own: EXECUTING } as const;

/** The scenario `lines`: what starting a plugin costs. */
export const LINES: readonly Line[] = [
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
  { name: "perl-mp-exec", mix: only(ENTRIES), ...STARTED },
  { name: "python", mix: only(JSON_VALUE), ...WARMED },
  { name: "python-exec", mix: only(JSON_VALUE), ...STARTED },
  // As `dummy`, but our own worker answers it in its process.
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
  // All wait at once if the last result comes less than ten seconds after the first.
  {
    name: "sleep2000",
    mix: only({ command: "/bin/sleep 10" }),
    jobs: 2000,
    pool: 2000,
    memoryAfterMs: 9000,
    ...SLEEPING,
  },
];

/** The scenario `latency`: jobs arrive one by one, with time in between. */
export const LATENCY_LINES: readonly Line[] = [
  { name: "steady", mix: only(DUMMY), jobs: 2500, rate: 250, hasLoopDelay: true, ...EXECUTED },
  // Four plugins a second last five seconds, four others print a megabyte: nobody else should wait for them.
  {
    name: "mixed",
    mix: [
      { ...DUMMY, share: 242, queue: "service", isTimed: true },
      { command: "/bin/sleep 5", share: 4, queue: "service", isTimed: false },
      { ...MEGABYTE, share: 4, queue: "service", isTimed: false },
    ],
    jobs: 3750,
    rate: 250,
    pool: 50,
    hasLoopDelay: true,
    ...EXECUTED,
  },
];

const NULL = { mix: only(DUMMY), warmUp: 2000, own: ["--native_checks=on"] } as const;

/** The scenario `nulljobs`: what a job costs where nothing is started. */
export const NULL_LINES: readonly Line[] = [
  { name: "null-burst", jobs: 40_000, ...NULL },
  { name: "null-offered", jobs: 60_000, rate: 20_000, ...NULL },
];

const IDLE = { mix: only(TRUE), jobs: 0, ...EXECUTED } as const;

/** The scenario `idle`: the jobs of the warm-up, and then none. */
export const IDLE_LINES: readonly Line[] = [
  { name: "idle10", pool: 10, ...IDLE },
  { name: "idle500", pool: 500, ...IDLE },
];
