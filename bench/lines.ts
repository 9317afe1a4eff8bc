/** One command line the workers are measured with. */
export interface Line {
  readonly name: string;
  readonly command: string;
  readonly jobs: number;
  /** The first line of the output; a result that says anything else is counted as wrong. */
  readonly output: string | undefined;
  /** Takes the place of `--pool`. */
  readonly pool?: number;
  /** Jobs run before the measurement, so that pools are full and code is compiled. */
  readonly warmUp: number;
  /** When memory is read, counted from the first job; else after the last result. */
  readonly memoryAfterMs?: number;
  /** What our own worker gets besides its usual arguments. */
  readonly own: readonly string[];
}

const PLUGINS = "/usr/lib/nagios/plugins";
const EXECUTED = { warmUp: 200, own: ["--native_checks=off"] } as const;

export const LINES: readonly Line[] = [
  { name: "true", command: "/bin/true", jobs: 3000, output: undefined, ...EXECUTED },
  { name: "dummy", command: `${PLUGINS}/check_dummy 0 ok`, jobs: 2000, output: "OK: ok", ...EXECUTED },
  {
    name: "quoted",
    command: `${PLUGINS}/check_dummy 0 "all is well"`,
    jobs: 2000,
    output: "OK: all is well",
    ...EXECUTED,
  },
  { name: "sh", command: "/bin/sh -c 'echo OK; exit 0'", jobs: 1500, output: "OK", ...EXECUTED },
  { name: "pipe", command: 'echo "a b" | grep -c a', jobs: 1200, output: "1", ...EXECUTED },
  // As `dummy`, but our own worker answers it in its process.
  {
    name: "native",
    command: `${PLUGINS}/check_dummy 0 ok`,
    jobs: 5000,
    output: "OK: ok",
    warmUp: 1000,
    own: ["--native_checks=on"],
  },
  // 1,000 plugins that wait, 500 at a time: two seconds would be perfect.
  {
    name: "sleep",
    command: "/bin/sleep 1",
    jobs: 1000,
    output: undefined,
    pool: 500,
    warmUp: 0,
    memoryAfterMs: 900,
    own: ["--native_checks=off"],
  },
];
