/** A host or a service of the demo's core. */
export interface DemoObject {
  readonly host: string;
  /** Undefined for a host's own check. */
  readonly service: string | undefined;
  readonly commandLine: string;
  readonly intervalMs: number;
  /** How many seconds the check may run. */
  readonly timeout: number;
}

const FAST_MS = 2_000;
const SLOW_MS = 5_000;
const TIMEOUT = 10;
/** The worker answers these itself, so they need not be installed. */
const DUMMY = "/usr/lib/nagios/plugins/check_dummy";
const NEGATE = "/usr/lib/nagios/plugins/negate";

/**
 * Checks that any Debian machine can run, most in a shell line, some without a shell, some inside the worker.
 */
export const OBJECTS: readonly DemoObject[] = [
  host("here", `${DUMMY} 0 "this machine"`),
  host("gone", `${DUMMY} 2 "no answer"`),
  service("root disk", 'df -P / | awk \'NR==2 {print "DISK OK - " $5 " used|used=" $5}\''),
  service("load", 'read a b c d < /proc/loadavg; echo "LOAD OK - $a, $b, $c|load1=$a load5=$b load15=$c"'),
  service(
    "memory",
    'awk \'/^MemAvailable/ {print "MEMORY OK - " int($2/1024) " MiB available"}\' /proc/meminfo',
  ),
  service("uptime", "cut -d. -f1 /proc/uptime | xargs printf 'UPTIME OK - %s seconds\\n'"),
  service("kernel", "/bin/uname -sr"),
  service("clock", '/bin/date "+CLOCK OK - %H:%M:%S"'),
  service("processes", 'set -- /proc/[0-9]*; echo "PROCS OK - $# processes|procs=$#"'),
  service("users file", "/usr/bin/test -r /etc/passwd"),
  service("quoted words", "/bin/echo 'OK - quoted' \"a pipe | in quotes\""),
  service("two lines", "printf 'OK - first line\\nsecond line\\n'"),
  service("perl plugin", "/usr/bin/perl -e 'print \"OK - perl $]\\n\"'"),
  service("warning", `${DUMMY} 1 "close to the limit"`),
  service("failing", `${DUMMY} 2 "always"`),
  service("negated", `${NEGATE} -s ${DUMMY} 2 "should be CRITICAL"`),
  service(
    "flapping",
    '[ $(( $(date +%s) / 6 % 2 )) = 0 ] && echo "OK - up" || { echo "CRITICAL - down"; exit 2; }',
  ),
  service("hanging", "/bin/sleep 30", { timeout: 2, intervalMs: SLOW_MS }),
  service("missing plugin", "/usr/lib/nagios/plugins/check_that_is_not_there -H here"),
  ...Array.from({ length: 200 }, (_, index) =>
    service(`port ${index + 1}`, `${DUMMY} 0 "port ${index + 1} is up"`, {
      host: "switch",
      intervalMs: 1_000,
    }),
  ),
];

/** The core submits this when a service becomes CRITICAL. */
export const EVENT_HANDLER = "/bin/sh -c 'exit 0'";

function host(name: string, commandLine: string): DemoObject {
  return { host: name, service: undefined, commandLine, intervalMs: SLOW_MS, timeout: TIMEOUT };
}

function service(name: string, commandLine: string, more: Partial<DemoObject> = {}): DemoObject {
  return { host: "here", service: name, commandLine, intervalMs: FAST_MS, timeout: TIMEOUT, ...more };
}
