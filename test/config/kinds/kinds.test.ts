import { describe, expect, it } from "vitest";
import type { Config } from "../../../src/config/config.ts";
import { loadMinimal, problemsOf, warningsOf } from "../../support/config/load-memory.ts";

type Case = readonly [line: string, property: keyof Config, value: unknown, warning?: string];

const CASES: Readonly<Record<string, readonly Case[]>> = {
  flags: [
    ["show_error_output=YES", "showErrorOutput", true],
    ["workaround_rc_25=On", "workaroundRc25", true],
    ["workaround_rc_25=true", "workaroundRc25", true],
    ["workaround_rc_25=1", "workaroundRc25", true],
    ["show_error_output=no", "showErrorOutput", false],
    ["show_error_output=OFF", "showErrorOutput", false],
    ["show_error_output=False", "showErrorOutput", false],
    ["show_error_output=0", "showErrorOutput", false],
    ["workaround_rc_25", "workaroundRc25", true],
    ["-d", "daemon", true, "in the background nothing is logged without a log file (logfile=FILE)"],
    ["--daemon=no", "daemon", false],
    ["hosts=maybe", "hosts", true, "hosts: 'maybe' is neither yes nor no, taken as yes (write yes or no)"],
    ["hosts=", "hosts", true, "hosts: '' is neither yes nor no, taken as yes (write yes or no)"],
  ],
  "whole numbers": [
    ["max-worker=7", "maxWorker", 7],
    ["max-worker=+7", "maxWorker", 7],
    ["max-worker=0", "maxWorker", 1, "max-worker: 0 is less than 1, using 1"],
    ["max-worker=-3", "maxWorker", 1, "max-worker: -3 is less than 1, using 1"],
    ["max-worker=7x", "maxWorker", 7, "max-worker: '7x' is no whole number, using 7"],
    ["max-worker=7.9", "maxWorker", 7, "max-worker: '7.9' is no whole number, using 7"],
    ["max-worker=many", "maxWorker", 20, "max-worker: 'many' is no whole number, ignored"],
    ["max-worker=", "maxWorker", 20, "max-worker: '' is no whole number, ignored"],
    [
      "max-worker=9999999999",
      "maxWorker",
      2147483647,
      "max-worker: 9999999999 is more than 2147483647, using 2147483647",
    ],
    ["max-worker", "maxWorker", 20, "max-worker needs a value, ignored (write max-worker=VALUE)"],
    ["job_timeout=0", "jobTimeout", 1, "job_timeout: 0 is less than 1, using 1"],
    [
      "job_timeout=9999999",
      "jobTimeout",
      2147483,
      "job_timeout: 9999999 is more than 2147483, using 2147483",
    ],
    ["idle-timeout=60s", "idleTimeout", 60, "idle-timeout: '60s' is no whole number, using 60"],
    [
      "idle-timeout=1h",
      "idleTimeout",
      3600,
      "idle-timeout: '1h' is taken as 3600 seconds (the C worker reads only the digits)",
    ],
    [
      "idle-timeout=5 min",
      "idleTimeout",
      300,
      "idle-timeout: '5 min' is taken as 300 seconds (the C worker reads only the digits)",
    ],
    ["max-worker=1h", "maxWorker", 1, "max-worker: '1h' is no whole number, using 1"],
    ["idle-timeout=0", "idleTimeout", 0],
    ["idle-timeout=-1", "idleTimeout", 10, "idle-timeout: -1 is less than 0, using 10"],
    ["max-age=-1", "maxAge", 0, "max-age: -1 is less than 0, using 0"],
    ["spawn-rate=-1", "spawnRate", 1, "spawn-rate: -1 is less than 0, using 1"],
    ["timeout_return=3", "timeoutReturn", 3],
    ["timeout_return=4", "timeoutReturn", 2, "timeout_return: 4 is more than 3, using 2"],
    ["timeout_return=-1", "timeoutReturn", 2, "timeout_return: -1 is less than 0, using 2"],
    ["debug=-1", "debug", 0, "debug: -1 is less than 0, using 0"],
  ],
  numbers: [
    ["load_limit1=2.5", "loadLimit1", 2.5],
    ["load_limit1=.5", "loadLimit1", 0.5],
    ["load_limit1=1e1", "loadLimit1", 10],
    ["load_limit1=-1", "loadLimit1", 0, "load_limit1: -1 is less than 0, using 0"],
    ["load_limit1=high", "loadLimit1", 0, "load_limit1: 'high' is no number, ignored"],
    ["mem_limit=70%", "memLimit", 70, "mem_limit: '70%' is no number, using 70"],
    ["mem_limit=101", "memLimit", 100, "mem_limit: 101 is more than 100, using 100"],
  ],
  choices: [
    ["logmode=File", "logmode", "file"],
    ["logmode=syslog", "logmode", "syslog"],
    ["logmode=core", "logmode", "stdout", "logmode=core is the same as stdout here"],
    [
      "logmode=paper",
      "logmode",
      "automatic",
      "logmode: 'paper' is unknown, using automatic (use one of automatic, file, stdout, syslog)",
    ],
    ["worker_name_in_result=pre_perfdata", "workerNameInResult", "pre_perfdata"],
    ["worker_name_in_result=on", "workerNameInResult", "on"],
    ["native_checks=Shadow", "nativeChecks", "shadow"],
    ["native_checks=yes", "nativeChecks", "on"],
    ["native_checks", "nativeChecks", "on"],
    ["native_checks=1", "nativeChecks", "on"],
    ["native_checks=no", "nativeChecks", "off"],
    ["native_checks=0", "nativeChecks", "off"],
    [
      "native_checks=shaddow",
      "nativeChecks",
      "off",
      "native_checks: 'shaddow' is unknown, using off (use one of off, on, shadow)",
    ],
  ],
  "text and paths": [
    ["identifier=my worker", "identifier", "my worker"],
    ["identifier=a=b", "identifier", "a=b"],
    ["identifier=a#b", "identifier", "a#b"],
    ["identifier=", "identifier", "web1"],
    ["identifier=Büro", "identifier", "B\xc3\xbcro"],
    ["logfile=/var/log/Büro.log", "logfile", "/var/log/Büro.log"],
    ["logfile=", "logfile", undefined],
    ["pidfile=%PIDFILE%", "pidfile", undefined],
    ["restrict_command_characters=", "restrictCommandCharacters", ""],
    ["restrict_command_characters=$&", "restrictCommandCharacters", "$&"],
  ],
  lists: [
    ["hostgroups=a, b,,a ,", "hostgroups", ["a", "b"]],
    ["servicegroup=ä", "servicegroups", ["\xc3\xa4"]],
    ["native_checks_only=check_tcp,check_http", "nativeChecksOnly", ["check_tcp", "check_http"]],
    ["restrict_path=/usr/lib/a,b/", "restrictPath", ["/usr/lib/a,b/"]],
    ["plugin_path=/site/Prüfung,1", "pluginPath", ["/site/Prüfung,1"]],
    ["plugin_path=site/Prüfung,1", "pluginPath", ["/site/Prüfung,1"]],
    ["plugin_environment=HOME,LC_*", "pluginEnvironment", ["HOME", "LC_*"]],
    ["plugin_environment=", "pluginEnvironment", []],
    [
      "restrict_allow=/p/a  -H <host> ...",
      "restrictAllow",
      [["/p/a", "-H", "<host>", "..."]],
      "restrict_allow has no effect without restrict_mode=strict (restrict_mode=strict)",
    ],
    ["restrict_path=plugins/", "restrictPath", ["/plugins/"]],
    [
      `hostgroups=short,${"x".repeat(51)},${"y".repeat(50)}`,
      "hostgroups",
      ["short", "y".repeat(50)],
      `hostgroup name '${"x".repeat(51)}' is too long, please use a maximum of 50 characters`,
    ],
  ],
  servers: [
    ["dupserver=a, b:1,[::1]:2", "dupserver", [addr("a", 4730), addr("b", 1), addr("::1", 2)]],
    ["dupserver=", "dupserver", []],
    [
      "warm_load=check_a.pl:Module::A + B, /site/check_*.py:os.path",
      "warmLoad",
      [
        { plugin: "check_a.pl", modules: ["Module::A", "B"] },
        { plugin: "/site/check_*.py", modules: ["os.path"] },
      ],
    ],
    ["dupserver=a,a:4730", "dupserver", [addr("a", 4730)], "duplicate definition of server: a:4730"],
    [
      "server=localhost:4730",
      "server",
      [addr("localhost", 4730)],
      "duplicate definition of server: localhost:4730",
    ],
  ],
};

describe.each(Object.entries(CASES))("%s", (_, cases: readonly Case[]) => {
  it.each(cases.map((row) => ({ line: row[0], row })))(
    "$line",
    ({ row: [line, property, value, warning] }) => {
      const loaded = loadMinimal([line], { files: { "/site/Prüfung,1/check_a.ts": "" } });
      expect(loaded.config[property]).toEqual(value);
      expect(warningsOf(loaded)).toEqual(warning === undefined ? [] : [`command line: warning: ${warning}`]);
    },
  );
});

it("every command of restrict_allow is read by itself, whatever was wrong with the one before", () => {
  const lines = ["/p/check_*", "/p/b*", "/p/c <port>", "/p/d *a*b*"].map((text) => `restrict_allow=${text}`);
  const problems = problemsOf(() => loadMinimal(["key=should_be_changed", "restrict_mode=strict", ...lines]));
  expect(problems?.filter((problem) => problem.includes("restrict_allow: '"))).toHaveLength(lines.length);
});

describe("values that must not be guessed", () => {
  it.each<readonly [line: string, message: string]>([
    ["encryption=maybe", "encryption: 'maybe' is neither yes nor no (write yes or no)"],
    ["encryption=", "encryption: '' is neither yes nor no (write yes or no)"],
    [
      "dup_results_are_passive=passive",
      "dup_results_are_passive: 'passive' is neither yes nor no (write yes or no)",
    ],
    [
      "warm_load=check_a:JSON,check_b",
      "warm_load: 'check_b' is not a plugin with modules (write check_a.pl:Module::A+Module::B)",
    ],
    [
      "warm_load=check_a:JSON PP",
      "warm_load: 'check_a:JSON PP' is not a plugin with modules (write check_a.pl:Module::A+Module::B)",
    ],
    [
      "warm_load=:JSON",
      "warm_load: ':JSON' is not a plugin with modules (write check_a.pl:Module::A+Module::B)",
    ],
    [
      "warm_load=Module::A",
      "warm_load: 'Module::A' is not a plugin with modules (write check_a.pl:Module::A+Module::B)",
    ],
    ...(
      [
        ["", "there is no command"],
        ["./check_a", "'./check_a' is neither an absolute path nor a plain name"],
        ["/p/check_* x", "'/p/check_*' has a pattern, name one command"],
        ["/p/a ... -x", "... is not the last word"],
        ["/p/a <port>", "'<port>' is none of *, <blank>, <host>, <number>, <range>, <word>"],
        ["/p/a <host", "'<host' is none of *, <blank>, <host>, <number>, <range>, <word>"],
        ["/p/a *a*b*", "'*a*b*' has more than 2 of *, <blank>, <host>, <number>, <range>, <word>"],
      ] as const
    ).map(([text, fault]): readonly [string, string] => [
      `restrict_allow=${text}`,
      `restrict_allow: ${fault} (write /usr/lib/nagios/plugins/check_tcp -H <host> -p <number>)`,
    ]),
    [
      "restrict_mode=strict",
      "restrict_mode=strict without restrict_allow refuses every command (name the commands: restrict_allow=/usr/lib/nagios/plugins/check_tcp -H <host> -p <number>)",
    ],
    ["restrict_path=", "restrict_path is empty (name a folder or remove the line)"],
    ["server=host:port", "server: 'host:port' is no server address (write host, host:port or [IPv6]:port)"],
  ])("%s stops the start", (line, message) => {
    const problems = problemsOf(() => loadMinimal(["key=should_be_changed", line]));
    expect(problems).toEqual([`command line: ${message}`]);
  });
});

function addr(host: string, port: number) {
  return { host, port };
}
