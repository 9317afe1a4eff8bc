import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Machine, thisMachine } from "../../src/config/machine.ts";
import { type LoadedConfig, loadConfig } from "../../src/index.ts";
import { problemsOf, warningsOf } from "../support/config/load-memory.ts";

const FOLDER = "test/fixtures/config";

/** File → what is said about it; lines without a place concern the file as a whole. */
const BAD: Readonly<Record<string, readonly string[]>> = {
  "encryption-neither-yes-nor-no": ["FILE:3: encryption: 'maybe' is neither yes nor no (write yes or no)"],
  "no-server": ["please specify at least one server (server=localhost:4730)"],
  "no-queue": ["starting worker without any queues is useless (services=yes)"],
  "no-key": ["no encryption key provided, please use --key=... or keyfile=... or disable encryption"],
  "key-cut-to-nothing": [
    "FILE:2: warning: the value of key was cut at '#', which starts a comment (put the key into a keyfile)",
    "no encryption key provided, please use --key=... or keyfile=... or disable encryption",
  ],
  "keyfile-missing": ["FILE:3: could not open keyfile: /nonexistent/secret.key: no such file or directory"],
  "include-missing": ["FILE:2: could not open file: /nonexistent/conf.d: no such file or directory"],
  "includes-itself": ["FILE:2: deep recursion in config files! (FILE seems to include itself)"],
  "server-port-junk": [
    "FILE:2: server: 'bad:port' is no server address (write host, host:port or [IPv6]:port)",
  ],
  "restrict-path-empty": ["FILE:3: restrict_path is empty (name a folder or remove the line)"],
  "many-problems": [
    "FILE:1: encryption: 'perhaps' is neither yes nor no (write yes or no)",
    "FILE:2: warning: unknown option 'maxworker' (did you mean max-worker?)",
    "FILE:3: warning: max-worker: 'lots' is no whole number, ignored",
    "please specify at least one server (server=localhost:4730)",
    "starting worker without any queues is useless (services=yes)",
  ],
};

describe("bad files", () => {
  it("are all here", () => {
    expect(readdirSync(`${FOLDER}/bad`).sort()).toEqual(
      Object.keys(BAD)
        .map((name) => `${name}.conf`)
        .sort(),
    );
  });

  it.each(Object.entries(BAD))("%s", (name, expected) => {
    const file = `${FOLDER}/bad/${name}.conf`;
    const problems = problemsOf(() => loadConfig([`config=${file}`], machine()));
    expect(problems).toEqual(expected.map((text) => text.replaceAll("FILE", file)));
  });
});

describe("good files", () => {
  it("of the C worker mean what they mean there", () => {
    const loaded = loadGood("c-worker.conf");
    expect(warningsOf(loaded)).toEqual([expect.stringContaining("key: this is the key of the sample file")]);
    expect(loaded.config).toMatchObject({
      server: [
        { host: "localhost", port: 4730 },
        { host: "backup", port: 4731 },
      ],
      hostgroups: ["name1", "name2", "name3"],
      servicegroups: ["name1", "name2"],
      hosts: true,
      encryption: true,
      logfile: "/var/log/mod_gearman/worker.log",
      pidfile: undefined,
      minWorker: 5,
      maxWorker: 50,
      loadLimit1: 0,
      restrictPath: ["/usr/local/plugins/", "/usr/lib/monitoring-plugins/"],
      restrictCommandCharacters: "$&();<>`\"'|",
    });
    expect(loaded.config.key?.reveal().toString()).toBe("should_be_changed");
  });

  it("of the Go worker mean what they mean there", () => {
    const loaded = loadGood("go-worker.conf");
    expect(warningsOf(loaded)).toEqual([]);
    expect(loaded.config).toMatchObject({
      identifier: "web1",
      debug: 1,
      dupserver: [{ host: "other", port: 4730 }],
      dupserverBacklogQueueSize: 500,
      eventhandler: true,
      notifications: false,
      services: true,
      hosts: false,
      loadLimit1: 10,
      loadLimit5: 10,
      loadLimit15: 0,
      memLimit: 70,
      timeoutReturn: 3,
      workerNameInResult: "pre_perfdata",
    });
    expect(loaded.config.key?.reveal().toString()).toBe("geheimnis mit Rest");
  });

  it("of the core module are accepted silently", () => {
    const loaded = loadGood("shared-with-core.conf");
    expect(warningsOf(loaded)).toEqual([]);
    expect(loaded.withoutEffect.map(({ name }) => name)).toContain("perfdata");
    expect(loaded.config).toMatchObject({ hosts: true, notifications: false });
  });

  it("may spread over a directory, read in alphabetical order", () => {
    const { config } = loadGood("omd-site.conf");
    expect(config.server.map(({ host }) => host)).toEqual(["first", "second"]);
    expect(config).toMatchObject({ hostgroups: ["linux"], maxWorker: 30, hosts: false });
  });
});

function loadGood(name: string): LoadedConfig {
  const loaded = loadConfig([`config=${FOLDER}/good/${name}`], machine());
  if (loaded.wants !== "run") throw new Error(`wants ${loaded.wants}`);
  return loaded;
}

/** This machine's disk, nothing else of it. */
function machine(): Machine {
  return { ...thisMachine(), env: {}, hostname: "web1", cpus: 4 };
}
