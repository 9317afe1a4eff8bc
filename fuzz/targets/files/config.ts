import { BUILTIN_SETTINGS } from "../../../plugins/settings.ts";
import { loadConfig } from "../../../src/config/load.ts";
import type { Machine } from "../../../src/config/machine.ts";
import { ConfigError } from "../../../src/config/problem.ts";
import { joinValues } from "../../../src/config/read/join-values.ts";
import { optionsOf } from "../../../src/config/table.ts";
import { workerTable } from "../../../src/config/worker/table.ts";
import { readServerAddress } from "../../../src/gearman/server-address.ts";
import { insist, type PureTarget, QUICK, text } from "../../engine/target.ts";
import { readFixtureFolder } from "../samples.ts";

const TABLE = workerTable(BUILTIN_SETTINGS);
const OPTIONS = optionsOf(TABLE.groups);
const NAMES = OPTIONS.map(({ name }) => name);
const VALUES = [
  "yes",
  "no",
  "0",
  "-1",
  "99999999999",
  "1.5",
  "/",
  "a,b",
  "[::1]:4730",
  "tls://x:1",
  "#",
  '"',
  "%",
  "1h",
  "\xff",
  "=",
  "off",
  "shadow",
];
const TOKENS = [
  "\n",
  "=",
  "#",
  ",",
  ":",
  " ",
  "\t",
  "\r\n",
  "--",
  "config=/w.conf\n",
  "key=",
  "[section]\n",
  ...NAMES.map((name) => `\n${name}=`),
  ...VALUES,
];

/** A machine that has one file, which includes nothing else. */
function machineWith(file: string, env: Machine["env"] = {}): Machine {
  const missing = (path: string) =>
    Object.assign(new Error(`no such file: ${path}`), { errno: -2, code: "ENOENT" });
  return {
    env,
    cwd: "/",
    hostname: "web1",
    cpus: 4,
    openFiles: 1024,
    readFile: (path) => {
      if (path !== "/w.conf") throw missing(path);
      return Buffer.from(file, "latin1");
    },
    stat: (path) => {
      if (path !== "/w.conf") throw missing(path);
      return { isDirectory: () => false, mode: 0o600 };
    },
    readdir: (path) => {
      throw missing(path);
    },
  };
}

const FILE: PureTarget = text("worker-conf", {
  mayThrow: [ConfigError],
  samples: () => [
    ...readFixtureFolder("config/good/"),
    ...readFixtureFolder("config/bad/"),
    ...OPTIONS.map(({ name }) => `server=localhost\nencryption=no\n${name}=1\n`),
  ],
  tokens: TOKENS,
  most: 1 << 17,
  shortRuns: 400,
  read: (file) => {
    const loaded = loadConfig(TABLE, ["server=a", "config=/w.conf"], machineWith(file));
    if (loaded.wants !== "run") return loaded.wants;
    insist(Object.isFrozen(loaded.config), "the configuration can be changed");
    return loaded.warnings.length;
  },
});

/** The words of a command line, one a line; those that begin with OMD_WORKER_ are the environment. */
const ARGUMENTS: PureTarget = text("worker-arguments", {
  mayThrow: [ConfigError],
  samples: () => [
    "--server=a:1\n--key=abcdefgh\n--hosts=yes",
    "OMD_WORKER_SERVER=a\nOMD_WORKER_ENCRYPTION=no\n--debug=1",
    "server=a\nencryption=no\n--\n-x\n",
    "-h",
    ...NAMES.map((name) => `server=a\nencryption=no\n--${name}\nyes`),
  ],
  tokens: [...TOKENS, "\nOMD_WORKER_", "OMD_WORKER_KEY=", "--help", "\n--\n", "\n-V\n"],
  most: 16_384,
  shortRuns: 400,
  read: (given) => {
    const lines = given.split("\n");
    const variables = lines.filter((line) => line.startsWith("OMD_WORKER_"));
    const env = Object.fromEntries(
      variables.map((line) => [line.replace(/=.*$/s, ""), line.replace(/^[^=]*=?/, "")]),
    );
    const argv = lines.filter((line) => !line.startsWith("OMD_WORKER_"));
    joinValues(argv, OPTIONS);
    const loaded = loadConfig(TABLE, argv, machineWith("", env));
    return loaded.wants === "run" ? loaded.warnings.length : loaded.wants;
  },
});

const ADDRESS: PureTarget = text("server-address", {
  shortRuns: QUICK,
  samples: () => [
    "localhost",
    "a:4730",
    "[::1]:1",
    "::1",
    ":1",
    "tls://a.example:4730",
    "tcp://[fe80::1%eth0]:1",
  ],
  tokens: [":", "[", "]", "//", "tls://", "@", "%", "65535", "65536", "0"],
  most: 4_096,
  read: (given) => {
    const address = readServerAddress(given);
    if (address === undefined) return undefined;
    insist(address.port >= 1 && address.port <= 65_535 && address.host !== "", "an address without a place");
    insist(!/[^!-~]|[/@]/.test(address.host), "a host with a blank, a slash or a login");
    return address;
  },
});

/** What an operator writes. */
export const CONFIGURATIONS: readonly PureTarget[] = [FILE, ARGUMENTS, ADDRESS];
