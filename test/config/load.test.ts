import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ConfigError, renderForLog } from "../../src/config/problem.ts";
import { loadConfig } from "../../src/index.ts";
import { load, loadFile, loadMinimal, problemsOf, warningsOf } from "../support/config/load-memory.ts";
import { memoryMachine } from "../support/config/memory-machine.ts";

describe("the command line", () => {
  it.each([
    ["max-worker=7"],
    ["-max-worker=7"],
    ["--max-worker=7"],
    ["----max_worker=7"],
    [" --max-worker = 7 "],
  ])("%j is a setting", (argument) => {
    expect(loadMinimal([argument]).config.maxWorker).toBe(7);
  });

  it("and files count in the order in which they are written", () => {
    const files = { "/w.conf": "max-worker=2\nhostgroups=file" };
    const { config } = loadMinimal(["hostgroups=before", "max-worker=1", "config=/w.conf"], { files });
    expect(config).toMatchObject({ maxWorker: 2, hostgroups: ["before", "file"] });
    expect(loadMinimal(["config=/w.conf", "max-worker=1"], { files }).config.maxWorker).toBe(1);
  });

  it("ends at --", () => {
    expect(loadMinimal(["max-worker=2", "--", "max-worker=3", "--help"]).config.maxWorker).toBe(2);
  });

  it.each([
    ["help", "help"],
    ["--help", "help"],
    ["-h", "help"],
    ["version", "version"],
    ["--version", "version"],
    ["-V", "version"],
  ])("%s asks for %s, whatever else is wrong", (argument, wants) => {
    expect(loadConfig(["encryption=maybe", argument], memoryMachine())).toEqual({ wants });
  });
});

describe("an unknown option", () => {
  it.each([
    ["foo=1", "unknown option 'foo'"],
    ["[worker]", "unknown option '[worker]' (a worker.conf has no sections, leave it out)"],
    ["[c2VjcmV0]", "unknown option '****'"],
    ["maxworker=9", "unknown option 'maxworker' (did you mean max-worker?)"],
    ["max-worker 9", "unknown option 'max-worker...' (write max-worker=VALUE)"],
    ["foo: 9", "unknown option 'foo...' (write KEY=VALUE)"],
    ["=9", "unknown option ''"],
    ["/etc/worker.conf", "unknown option '/etc/worker.conf'"],
  ])("%s is named and does not stop the start", (line, warning) => {
    expect(warningsOf(loadFile(`\n${line}`))).toEqual([`/w.conf:2: warning: ${warning}`]);
  });
});

describe("a key", () => {
  const SECRET = "s3cr3t-and-more";

  it.each([
    ["as it should be", [`--key=${SECRET}`]],
    ["in another word", ["--key", SECRET]],
    ["in another word with =", ["--password", `${SECRET}=`]],
    ["after a colon", [`key:${SECRET}`]],
    ["after a blank", [`key ${SECRET}`]],
    ["twice", [`key=${SECRET}`, "keyfile=/secret.key"]],
  ])("%s is in no message and no printed object", (_, argv) => {
    const given = { files: { "/secret.key": SECRET } };
    const print = (value: unknown) =>
      `${inspect(value, { depth: 9, showHidden: true })}${JSON.stringify(value)}`;
    try {
      const loaded = load(["server=localhost", ...argv], given);
      expect(print(loaded)).not.toContain("s3cr3t");
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      expect(`${error}${print(error)}`).not.toContain("s3cr3t");
    }
  });
});

describe("what a file says is told with its line", () => {
  it.each<[what: string, content: string, problems: readonly string[]]>([
    [
      "quotes, which belong to the value",
      'identifier="web1"',
      ["/w.conf:1: warning: the quotes belong to the value of identifier (leave them out)"],
    ],
    [
      "a value that is given twice",
      "debug=1\nserver=localhost:1\nserver=localhost:2\ndebug=2",
      ["/w.conf:4: warning: debug was given before in line 1, this line counts (remove one of them)"],
    ],
  ])("%s", (_, content, problems) => {
    expect(warningsOf(loadFile(content))).toEqual(problems);
  });

  it("a value of another file is meant to be replaced", () => {
    const files = { "/w.conf": "debug=1\nconfig=/other", "/other": "debug=2" };
    expect(warningsOf(loadMinimal(["config=/w.conf", "debug=0"], { files }))).toEqual([]);
  });

  it("errors in the order of lines, without those that follow from others", () => {
    const content = "server=bad:port\nkeyfile=/gone\nconfig=/gone.conf\nmax-worker=x\nencryption=perhaps";
    const problems = problemsOf(() => load(["config=/w.conf"], { files: { "/w.conf": content } }));
    expect(problems?.map((problem) => problem.split(":", 2)[1])).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("a missing keyfile, also where a file that is included is missing", () => {
    const content = "server=a\nconfig=/gone.conf\nkeyfile=/gone";
    expect(problemsOf(() => load(["config=/w.conf"], { files: { "/w.conf": content } }))).toEqual([
      "/w.conf:2: could not open file: /gone.conf: no such file or directory",
      "/w.conf:3: could not open keyfile: /gone: no such file or directory",
    ]);
  });
});

describe("the queues", () => {
  const ALL = { hosts: true, services: true, eventhandler: true, notifications: true };
  const NONE = { hosts: false, services: false, eventhandler: false, notifications: false };

  it.each([
    ["none is mentioned", [], ALL],
    ["only empty groups are", ["hostgroups=", "servicegroups= , "], ALL],
    ["hosts is", ["hosts=yes"], { ...NONE, hosts: true }],
    ["a host group is", ["hostgroup=linux"], { ...NONE, hostgroups: ["linux"] }],
    ["a service group is", ["servicegroups=http"], { ...NONE, servicegroups: ["http"] }],
    ["two are off", ["hosts=no", "services"], { ...NONE, services: true }],
  ])("when %s", (_, argv, expected) => {
    expect(loadMinimal(argv).config).toMatchObject(expected);
  });

  it.each([["hosts=no"], ["perfdata=yes"], ["perfdata=no"], ["--perfdata"]])(
    "are missing with %s alone, which mentions one",
    (argument) => {
      expect(problemsOf(() => loadMinimal([argument]))).toEqual([
        "starting worker without any queues is useless (services=yes)",
      ]);
    },
  );
});

describe("the whole", () => {
  it("needs a server", () => {
    expect(problemsOf(() => load(["encryption=no"]))).toEqual([
      "please specify at least one server (server=localhost:4730)",
    ]);
  });

  it("takes servers from GEARMAN_SERVERS too", () => {
    const env = { GEARMAN_SERVERS: "one:4731,[::1]" };
    const { config, origins } = load(["encryption=no"], { env });
    expect(config.server).toEqual([
      { host: "one", port: 4731 },
      { host: "::1", port: 4730 },
    ]);
    expect(origins.get("server")).toEqual([{ file: "GEARMAN_SERVERS" }]);
  });

  it.each([
    ["max-worker to what there are file descriptors for", ["max-worker=200"], 256, [32, 1], 1260],
    ["min-worker with it", ["max-worker=200", "min-worker=100"], 256, [32, 32], 1260],
    ["to one slot at least", ["max-worker=20"], 30, [1, 1], 180],
  ])("lowers %s, in the Go worker's words", (_, options, openFiles, [max, min], need) => {
    const loaded = loadMinimal(options, { openFiles });
    expect(loaded.config).toMatchObject({ maxWorker: max, minWorker: min });
    const [wanted] = /\d+/.exec(options[0] ?? "") ?? [];
    expect(warningsOf(loaded)).toEqual([
      `command line: warning: current max worker setting (${wanted}) requires open files ulimit of at least ` +
        `${need}, current value is ${openFiles}, using max-worker ${max} ` +
        `(ulimit -n ${need}, or LimitNOFILE=${need} in the unit of systemd)`,
    ]);
  });

  it("leaves max-worker where there are enough, or no limit is known", () => {
    for (const openFiles of [180, Number.POSITIVE_INFINITY]) {
      const loaded = loadMinimal(["max-worker=20"], { openFiles });
      expect([loaded.config.maxWorker, warningsOf(loaded)]).toEqual([20, []]);
    }
  });

  it("lowers min-worker to max-worker", () => {
    const loaded = loadMinimal(["min-worker=9", "max-worker=4"]);
    expect(loaded.config.minWorker).toBe(4);
    expect(warningsOf(loaded)).toEqual([
      "command line: warning: min-worker 9 is more than max-worker 4, using 4",
    ]);
  });

  it.each([
    ["nothing", [], [0, 0, 0], undefined],
    ["load_cpu_multi", ["load_cpu_multi=2.5"], [10, 10, 10], [{ file: "command line" }]],
    [
      "load_cpu_multi and two limits",
      ["load_cpu_multi=1", "load_limit5=0", "load_limit15=7"],
      [4, 0, 7],
      [{ file: "command line" }],
    ],
  ])("has load limits from %s", (_, argv, limits, origin) => {
    const { config, origins } = loadMinimal(argv);
    expect([config.loadLimit1, config.loadLimit5, config.loadLimit15]).toEqual(limits);
    expect(origins.get("load_limit1")).toEqual(origin);
  });

  it.each([
    ["no log file", []],
    ["a log file that is not used", ["logfile=/l", "logmode=stdout"]],
  ])("warns of a background with %s", (_, argv) => {
    const warning =
      "command line: warning: in the background nothing is logged without a log file (logfile=FILE)";
    expect(warningsOf(loadMinimal(["-d", ...argv]))).toContain(warning);
    expect(warningsOf(loadMinimal(argv))).not.toContain(warning);
    expect(warningsOf(loadMinimal(["-d", "logfile=/l"]))).toEqual([]);
    expect(warningsOf(loadMinimal(["-d", "logmode=syslog"]))).toEqual([]);
  });

  it("warns of folders of checks that are not there", () => {
    const files = { "/checks/check_a.ts": "", "/file": "" };
    const loaded = loadFile("plugin_path=/checks\nplugin_path=/gone\nplugin_path=/file\n", { files });
    expect(warningsOf(loaded)).toEqual([
      "/w.conf: warning: plugin_path: could not open /gone: no such file or directory",
      "/w.conf: warning: plugin_path: /file is no folder",
    ]);
    expect(loaded.config.pluginPath).toEqual(["/checks", "/gone", "/file"]);
  });

  it.each([
    ["plugin_path=checks", [], "plugin_path: 'checks' is not absolute, ignored (start it with /)"],
    [
      "restrict_path=plugins/",
      ["plugins/"],
      "restrict_path: 'plugins/' is not absolute, no command will match it (start it with /)",
    ],
  ])("has no working directory in which %s begins", (line, value, warning) => {
    const { config, ...loaded } = loadFile(line);
    expect([...config.pluginPath, ...config.restrictPath]).toEqual(value);
    expect(warningsOf({ config, ...loaded })).toEqual([`/w.conf:1: warning: ${warning}`]);
    expect(loaded.warnings.map(renderForLog)).toEqual([`/w.conf:1: ${warning}`]);
  });

  it("warns of a folder of secrets that is not there, and takes none that is not absolute", () => {
    const gone = loadFile("secret_dir=/gone\n");
    expect(warningsOf(gone)).toEqual([
      "/w.conf:1: warning: secret_dir: could not open /gone: no such file or directory",
    ]);
    expect(gone.config.secretDir).toBe("/gone");
    expect(loadMinimal([]).config.secretDir).toBeUndefined();
    expect(() => loadFile("secret_dir=secrets\n")).toThrow(/secret_dir: 'secrets' is not absolute/);
  });

  it("takes a folder of results that is not there, as it is made, but warns of a file in its place", () => {
    expect(warningsOf(loadFile("result_spool=/gone\n"))).toEqual([]);
    expect(warningsOf(loadFile("result_spool=/w.conf\n"))).toEqual([
      "/w.conf:1: warning: result_spool: /w.conf is no folder",
    ]);
    expect(() => loadFile("result_spool=spool\n")).toThrow(/result_spool: 'spool' is not absolute/);
  });

  it("tells once what is wrong with a line, however often its file is read", () => {
    const files = { "/w.conf": "foo=1\ninclude=/w.conf" };
    expect(problemsOf(() => loadMinimal(["config=/w.conf"], { files }))).toEqual([
      "/w.conf:1: warning: unknown option 'foo'",
      "/w.conf:2: deep recursion in config files! (/w.conf seems to include itself)",
    ]);
  });

  it("tells in its error what it has warned of, too: that may be the reason", () => {
    expect(() => load(["server=localhost", "encription=no"])).toThrow(
      /^command line: warning: unknown option 'encription' \(did you mean encryption\?\)\nno encryption key provided/,
    );
  });

  it("logs no more than 2 in the background", () => {
    expect(loadMinimal(["debug=5", "-d"]).config.debug).toBe(2);
    expect(loadMinimal(["debug=5"]).config.debug).toBe(5);
  });

  it("cannot be changed afterwards", () => {
    const { config } = loadMinimal(["hostgroups=a"]);
    for (const value of [config, config.server, config.server[0], config.hostgroups]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
  });

  it("can be loaded twice with the same outcome", () => {
    expect(loadMinimal(["hostgroups=a"]).config).toEqual(loadMinimal(["hostgroups=a"]).config);
  });
});

describe("origins", () => {
  it("name the line that counts, for lists all of them", () => {
    const { origins } = loadFile("max-worker=1\nmax-worker=2\nhostgroup=a\nhostgroups=b");
    expect(origins.get("max-worker")).toEqual([{ file: "/w.conf", line: 2 }]);
    expect(origins.get("hostgroups")).toEqual([
      { file: "/w.conf", line: 3 },
      { file: "/w.conf", line: 4 },
    ]);
    expect(origins.get("min-worker")).toBeUndefined();
  });

  it("forget a value that was taken back", () => {
    expect(loadFile("logfile=/x\nlogfile=").origins.get("logfile")).toEqual([]);
  });
});
