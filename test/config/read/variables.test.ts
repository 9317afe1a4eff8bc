import { describe, expect, it } from "vitest";
import { BUILTIN_SETTINGS } from "../../../plugins/settings.ts";
import { spellings } from "../../../src/config/find-option.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { optionsOf } from "../../../src/config/table.ts";
import { runAndSendTable } from "../../../src/config/tools/run-and-send-table.ts";
import { SECRET_VARIABLES, variableName, withoutSecrets } from "../../../src/config/variables.ts";
import { GROUPS, load, problemsOf, warningsOf } from "../../support/config/load-memory.ts";
import { memoryMachine } from "../../support/config/memory-machine.ts";

const OPTIONS = optionsOf(GROUPS);
/** With these every option can have any value. */
const COMPLETE = { OMD_WORKER_KEY: "a_key_of_this_test", OMD_WORKER_SERVICES: "yes" };
const MINIMUM = { OMD_WORKER_SERVER: "localhost", OMD_WORKER_ENCRYPTION: "no" };

function loadEnv(env: Readonly<Record<string, string>>, argv: readonly string[] = [], files = {}) {
  return load(argv, { env: { ...MINIMUM, ...env }, files });
}

describe("a worker without a file", () => {
  it("takes what it needs from the environment", () => {
    const { config, origins, warnings } = loadEnv({
      OMD_WORKER_HOSTGROUPS: "snmp",
      OMD_WORKER_MAX_WORKER: "50",
      OMD_WORKER_LOG_FORMAT: "json",
      OMD_WORKER_NATIVE_DB_POOL: "yes",
    });
    expect(config).toMatchObject({ maxWorker: 50, hostgroups: ["snmp"], hosts: false, logFormat: "json" });
    expect([...config.settings].find(([{ name }]) => name === "native_db_pool")?.[1]).toBe(true);
    expect(origins.get("max-worker")).toEqual([{ file: "OMD_WORKER_MAX_WORKER" }]);
    expect(warnings).toEqual([]);
  });

  it.each(OPTIONS.flatMap((option) => spellings(option).map((spelling) => [spelling, option] as const)))(
    "can set %s",
    (spelling, { name, kind, effect }) => {
      const variable = variableName("OMD_WORKER_", spelling);
      // TLS needs files, and files of TLS need a decision.
      const text = name === "tls" ? "no" : (kind.bare ?? VALUES[kind.name] ?? "7");
      const complete = name.startsWith("tls_") ? { ...COMPLETE, OMD_WORKER_TLS: "no" } : COMPLETE;
      const files = effect === "include" ? { [text]: "hosts=yes" } : {};
      const { origins, warnings, withoutEffect } = loadEnv({ ...complete, [variable]: text }, [], files);
      // Some values are remarked upon, but none of them in the environment is unknown.
      expect(warnings.filter(({ message }) => message.includes("no option"))).toEqual([]);
      if (effect === "include") return expect(origins.get("hosts")).toEqual([{ file: text, line: 1 }]);
      if (effect === "none") return expect(withoutEffect.map((option) => option.name)).toContain(name);
      expect(origins.get(name)).toContainEqual({ file: variable });
    },
  );
});

/** A value of each kind that has no bare form and does not take a number. */
const VALUES: Readonly<Record<string, string>> = {
  "HOST[:PORT]=FILE, one a line": "localhost=/etc/more.key",
  "HOST[:PORT]=KEY, one a line": "localhost=one of the keys",
  path: "/there",
  folder: "/there",
  "path, one a line": "/there",
  "[HOST]:PORT": ":9050",
  "host[:port], comma-separated": "other",
  "user:hash or path": "/there",
  "plugin:module+module, comma-separated": "check_a.pl:Module::A",
  "QUEUE:NUMBER, comma-separated": "service:7",
  "NAME:COUNT/TIME, comma-separated": "restart:7/1h",
  "QUEUE:USER, comma-separated": "service:nobody",
  "QUEUE:NAME=VALUE,NAME=VALUE, one queue a line": "service:cpu=7",
  "queues, comma-separated": "service",
};

describe("the order is files, environment, command line", () => {
  const FILES = { "/w.conf": "max-worker=2\nhostgroups=file", "/other.conf": "max-worker=3" };
  const ENV = { OMD_WORKER_MAX_WORKER: "5", OMD_WORKER_HOSTGROUPS: "env" };

  it.each<[what: string, argv: readonly string[], max: number]>([
    ["the environment wins over a file", ["config=/w.conf"], 5],
    ["an argument wins over both", ["config=/w.conf", "max-worker=7"], 7],
    ["an argument wins where there is no file", ["max-worker=7"], 7],
    ["an argument in front of a file is as a line before it", ["max-worker=7", "config=/w.conf"], 5],
  ])("%s", (_, argv, max) => {
    expect(loadEnv(ENV, argv, FILES).config.maxWorker).toBe(max);
  });

  it("lists add up", () => {
    const { config, origins } = loadEnv(ENV, ["config=/w.conf", "hostgroups=argument"], FILES);
    expect(config.hostgroups).toEqual(["file", "env", "argument"]);
    expect(origins.get("hostgroups")).toEqual([
      { file: "/w.conf", line: 2 },
      { file: "OMD_WORKER_HOSTGROUPS" },
      { file: "command line" },
    ]);
  });

  it("a file of the environment is for a command line without any", () => {
    const env = { OMD_WORKER_CONFIG: "/w.conf" };
    expect(loadEnv(env, [], FILES).config.maxWorker).toBe(2);
    expect(loadEnv(env, ["config=/other.conf"], FILES).config).toMatchObject({
      maxWorker: 3,
      hostgroups: [],
    });
  });

  it("several files, one a line", () => {
    const env = { OMD_WORKER_CONFIG: "/w.conf\n/other.conf\n" };
    expect(loadEnv(env, [], FILES).config).toMatchObject({ maxWorker: 3, hostgroups: ["file"] });
  });
});

describe("lists", () => {
  it.each<[what: string, name: string, text: string, key: "hostgroups" | "pluginPath", value: string[]]>([
    ["by commas", "HOSTGROUPS", "a, b", "hostgroups", ["a", "b"]],
    ["by lines", "HOSTGROUPS", "a\nb\n", "hostgroups", ["a", "b"]],
    ["by both, and by another name", "HOSTGROUP", "\n  a,b\n  c\n", "hostgroups", ["a", "b", "c"]],
    ["paths by lines, as they may have commas", "PLUGIN_PATH", "/a,b\n/c", "pluginPath", ["/a,b", "/c"]],
  ])("%s", (_, name, text, key, value) => {
    const files = { "/a,b/x": "", "/c/x": "" };
    expect(loadEnv({ [`OMD_WORKER_${name}`]: text }, [], files).config[key]).toEqual(value);
  });

  it("name the line that is wrong", () => {
    const env = { OMD_WORKER_SERVER: "a\nbad:port\n" };
    expect(problemsOf(() => loadEnv(env))).toEqual([
      "OMD_WORKER_SERVER:2: server: 'bad:port' is no server address (write host, host:port or [IPv6]:port)",
    ]);
  });
});

describe("what is wrong is told with the variable", () => {
  it.each<[env: Readonly<Record<string, string>>, warning: string]>([
    [
      { OMD_WORKER_MAX_WORKR: "7" },
      "OMD_WORKER_MAX_WORKR: warning: there is no option max_workr (did you mean OMD_WORKER_MAX_WORKER?)",
    ],
    [
      { OMD_WORKER_KEY_FILE: "/secret" },
      "OMD_WORKER_KEY_FILE: warning: there is no option key_file (did you mean OMD_WORKER_KEYFILE?)",
    ],
    [{ OMD_WORKER_FROBNICATE: "s3cr3t" }, "OMD_WORKER_FROBNICATE: warning: there is no option frobnicate"],
    [
      { OMD_WORKER_MAX_WORKER: "lots" },
      "OMD_WORKER_MAX_WORKER: warning: max-worker: 'lots' is no whole number, ignored",
    ],
    [
      { OMD_WORKER_IDENTIFIER: '"a"' },
      "OMD_WORKER_IDENTIFIER: warning: the quotes belong to the value of identifier (leave them out)",
    ],
    [
      { OMD_WORKER_LOGFILE: "/a", OMD_WORKER_KEY: "a_key_of_this_test", OMD_WORKER_PASSWORD: "another_one" },
      "OMD_WORKER_PASSWORD: warning: key was given in OMD_WORKER_KEY, too; this one counts (remove one of them)",
    ],
  ])("%j", (env, warning) => {
    expect(warningsOf(loadEnv(env))).toEqual([warning]);
  });

  it("several lines where there is one value", () => {
    expect(problemsOf(() => loadEnv({ OMD_WORKER_KEY: "s3cr3t_one\ns3cr3t_two" }))).toEqual([
      "OMD_WORKER_KEY: key has one value, and these are 2 lines",
    ]);
  });

  it.each([
    ["an empty variable", { OMD_WORKER_HOSTS: "", OMD_WORKER_MAX_WORKER: " \n", OMD_WORKER_TYPO: "" }],
    ["what Kubernetes tells of a Service", ofService()],
    ["options of run-and-send", { OMD_WORKER_SPOOL: "/spool", OMD_WORKER_EXIT_CODE: "delivered" }],
    ["variables of others", { OMD_ROOT: "/omd/sites/a", OMDWORKER_X: "1", omd_worker_max_worker: "1" }],
  ])("but not %s", (_, env) => {
    const { warnings, config } = loadEnv(env);
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({ maxWorker: 20, hosts: true });
  });
});

function ofService(): Readonly<Record<string, string>> {
  const address = "tcp://10.96.0.7:9050";
  return {
    OMD_WORKER_SERVICE_HOST: "10.96.0.7",
    OMD_WORKER_SERVICE_PORT: "9050",
    OMD_WORKER_SERVICE_PORT_METRICS: "9050",
    OMD_WORKER_PORT: address,
    OMD_WORKER_PORT_9050_TCP: address,
    OMD_WORKER_PORT_9050_TCP_PROTO: "tcp",
    OMD_WORKER_PORT_9050_TCP_PORT: "9050",
    OMD_WORKER_PORT_9050_TCP_ADDR: "10.96.0.7",
    OMD_WORKER_SNMP_SERVICE_HOST: "10.96.0.8",
  };
}

describe("secrets", () => {
  it("are all known by the names of their variables", () => {
    const all = OPTIONS.filter(({ kind }) => kind.isSecret).flatMap(spellings);
    expect(all.map((spelling) => variableName("OMD_WORKER_", spelling)).toSorted()).toEqual(
      SECRET_VARIABLES.toSorted(),
    );
  });

  it("are no business of a command", () => {
    const secrets = Object.fromEntries(SECRET_VARIABLES.map((name) => [name, "s3cr3t"]));
    expect(withoutSecrets({ ...secrets, OMD_WORKER_HOST: "web1" })).toEqual({ OMD_WORKER_HOST: "web1" });
  });
});

describe("run-and-send", () => {
  const warningsFor = (env: Readonly<Record<string, string>>) => {
    const machine = memoryMachine({ env: { ...MINIMUM, OMD_WORKER_HOST: "web1", ...env } });
    const loaded = loadConfig(runAndSendTable(BUILTIN_SETTINGS), [], machine);
    return loaded.wants === "run" ? loaded.warnings.map(({ file, hint }) => [file, hint]) : [];
  };

  it("tells a slip, and knows the worker's options, as one environment may serve both", () => {
    expect(warningsFor({ OMD_WORKER_SERVICES: "yes", OMD_WORKER_NATIVE_DB_POOL: "yes" })).toEqual([]);
    expect(warningsFor({ OMD_WORKER_SERVCE: "checkout" })).toEqual([
      ["OMD_WORKER_SERVCE", "did you mean OMD_WORKER_SERVICE?"],
    ]);
  });
});
