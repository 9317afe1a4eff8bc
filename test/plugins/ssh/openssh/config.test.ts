import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readConfig, readSetting } from "../../../../plugins/ssh/openssh/config.ts";
import type { SshDestination } from "../../../../plugins/ssh/openssh/destination.ts";
import { FileCache } from "../../../../plugins/ssh/openssh/files.ts";
import { createPlanner } from "../../../../plugins/ssh/openssh/plan.ts";
import { CheckDeclined } from "../../../../sdk/index.ts";
import { seededRandom } from "../../../support/random.ts";
import { hasServer } from "../../../support/servers/installed.ts";
import { SshFolder } from "../../../support/servers/sshd.ts";

const folder = new SshFolder();
afterAll(() => folder[Symbol.dispose]());

const account = { user: userInfo().username, home: userInfo().homedir, agent: undefined };

function resolve(host: string, configFile: string, options: readonly string[] = []): SshDestination {
  const settings = options.map((option) => readSetting(option) ?? { keyword: "", words: [] });
  const plan = createPlanner(new FileCache(), account, {});
  return plan({ host, settings, configFile, identities: [], family: undefined, isQuiet: false }).destination;
}

describe("a line of ssh_config", () => {
  it.each([
    ["Port 22", "port", ["22"]],
    ["\tPort=22", "port", ["22"]],
    ["port = 22 ", "port", ["22"]],
    ['IdentityFile "/a b/c"', "identityfile", ["/a b/c"]],
    ["Host a b*  !c", "host", ["a", "b*", "!c"]],
    ["User me # and not you", "user", ["me"]],
    ["User me#you", "user", ["me#you"]],
    ["SendEnv LANG LC_*\r", "sendenv", ["LANG", "LC_*"]],
  ])("%j", (line, keyword, words) => {
    expect(readSetting(line)).toEqual({ keyword, words });
  });

  it.each(["", "Port", "Port ", "User a\\ b", "User 'a b'", 'User "a', 'User a"b"', "Port=", "!x y"])(
    "%j is left to ssh",
    (line) => {
      expect(readSetting(line)).toBeUndefined();
    },
  );
});

describe("a host", () => {
  const file = () => folder.file("empty", "");

  it.each([
    ["h", "h"],
    ["H.Example", "h.example"],
    ["3com-1.example", "3com-1.example"],
    ["a_b", "a_b"],
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
  ])("%s is %s", (asked, host) => {
    expect(resolve(asked, file()).host).toBe(host);
  });

  it.each([
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "h.",
    "::0:1",
    "fe80::1%eth0",
    "-h",
    "h/i",
    `${"1".repeat(300)}h`,
  ])("%s is left to ssh", (asked) => {
    expect(() => resolve(asked, file())).toThrow(CheckDeclined);
  });
});

describe("ssh_config is left to ssh", () => {
  it.each([
    ["an unknown keyword", "NoSuchKeyword yes"],
    ["an unknown keyword for another host", "Host other\n  NoSuchKeyword yes"],
    ["a condition", "Match host h\n  User x"],
    ["a program", "ProxyCommand nc %h %p"],
    ["a forwarding", "LocalForward 1234 localhost:22"],
    ["a certificate", "CertificateFile ~/x"],
    ["variables set", "SetEnv A=b"],
    ["two jump hosts", "ProxyJump a,b"],
    ["a jump host before the jump host", "ProxyJump a\nHost a\n  ProxyJump b"],
    ["HostName as a pattern of its own", "HostName %n.example"],
    ["a token nobody knows", "IdentityFile ~/.ssh/%Z"],
    ["a variable in a path", `IdentityFile $\{HOME}/x`],
    ["another user's home", "UserKnownHostsFile ~x/y"],
    ["algorithms taken from the usual", "KexAlgorithms -diffie-hellman-group1-sha1"],
    ["keys of users refused", "PubkeyAcceptedAlgorithms ssh-ed25519"],
    ["a quotation that does not end", 'User "x'],
    ["Match final for another name", "HostName other\nMatch final all\n  User x"],
    ["HostName that comes last", "Match final all\n  HostName x"],
  ])("for %s", (_, text) => {
    const file = folder.file("config", `${text}\n`);
    expect(() => resolve("h", file)).toThrow(CheckDeclined);
  });

  it("where the file does not exist", () => {
    expect(() => resolve("h", join(folder.path, "no-such-file"))).toThrow(CheckDeclined);
  });

  it("where others may write to the user's file", () => {
    mkdirSync(join(folder.path, "home/.ssh"), { recursive: true });
    const read = (mode: number) => {
      folder.file("home/.ssh/config", "User x\n", mode);
      const sources = { given: [], file: undefined, host: "h", home: join(folder.path, "home") };
      return readConfig(sources, new FileCache()).settings.get("user");
    };
    expect(read(0o644)).toEqual(["x"]);
    expect(() => read(0o666)).toThrow(CheckDeclined);
  });
});

it("a section for other hosts is passed over", () => {
  const file = folder.file(
    "config",
    "Host other\n  ProxyCommand x\n  LocalForward 1 a:2\nHost h\n  User me\n",
  );
  expect(resolve("h", file).user).toBe("me");
});

it("a jump host has settings of its own", () => {
  const file = folder.file(
    "config",
    "Host h\n  ProxyJump you@gate:2222\nHost gate\n  HostName gate.example\n",
  );
  const { jump } = resolve("h", file, ["User=me"]);
  expect(jump).toMatchObject({ host: "gate.example", port: 2222, user: "you", jump: undefined });
});

it("a file that has changed makes another plan", () => {
  const plan = createPlanner(new FileCache(), account, { LC_X: "1", LD_X: "2" });
  const configFile = folder.file("config", "User one\nSendEnv LC_*\n");
  const ssh = { host: "h", settings: [], configFile, identities: [], family: undefined, isQuiet: false };
  const first = plan(ssh);
  expect(first.environment).toEqual({ LC_X: "1", LC_ALL: "C" });
  expect(plan(ssh)).toBe(first);
  folder.file("config", "User another\n");
  expect(plan(ssh).destination.user).toBe("another");
});

/** What `ssh -G` prints about a host, under the names used here. */
function askSsh(host: string, file: string, options: readonly string[]): unknown {
  const words = ["-G", "-F", file, ...options.flatMap((option) => ["-o", option]), host];
  const text = execFileSync("ssh", words, { encoding: "latin1", stdio: ["ignore", "pipe", "pipe"] });
  const all = (keyword: string) =>
    [...text.matchAll(new RegExp(`^${keyword} (.*)$`, "gm"))].map(([, value = ""]) => value);
  const paths = (values: readonly string[]) => values.map((path) => path.replace(/^~/, homedir()));
  const strictness = { true: "yes", false: "no", ask: "ask", "accept-new": "new" };
  const [strict = "ask"] = all("stricthostkeychecking");
  return {
    host: all("hostname")[0],
    port: Number(all("port")[0]),
    user: all("user")[0],
    strictness: strictness[strict as keyof typeof strictness],
    identities: paths(all("identityfile")),
    identitiesOnly: all("identitiesonly")[0] === "yes",
    userKnownHosts: paths(all("userknownhostsfile").flatMap((files) => files.split(" "))),
    isBatch: all("batchmode")[0] === "yes",
    verbosity: all("loglevel")[0]?.toLowerCase().replace("silent", "quiet"),
    sendEnv: [...new Set(all("sendenv"))],
    connectTimeout: all("connecttimeout").flatMap((text) => (text === "none" ? [] : Number(text)))[0],
  };
}

const LINES = [
  "Host *",
  "Host alpha",
  "Host a*a beta",
  "Host b?ta !beta",
  "Host !alpha *",
  "Host gamma.example *.example",
  "Match all",
  "Match final all",
  "HostName 10.0.0.7",
  "HostName=%h.test",
  "HostName Alpha",
  "Port 2201",
  "  port=2202",
  "User one",
  '\tUser "two"',
  "IdentityFile /keys/one",
  'IdentityFile "/keys/two"',
  "IdentitiesOnly yes",
  "StrictHostKeyChecking no",
  "StrictHostKeyChecking accept-new",
  "StrictHostKeyChecking yes",
  "UserKnownHostsFile /known/one /known/two",
  "BatchMode yes",
  "LogLevel ERROR",
  "LogLevel quiet",
  "SendEnv LANG LC_*",
  "SendEnv TZ",
  "ConnectTimeout 7",
  "Compression yes",
  "# nothing",
  "",
  "Include INCLUDED",
  "ForwardX11Trusted yes",
];
const OPTIONS = [
  "Port=2299",
  "User three",
  "IdentityFile=/keys/three",
  "BatchMode no",
  "HostName=given",
  "LogLevel=FATAL",
];
const HOSTS = ["alpha", "beta", "gamma.example", "delta"];

describe.skipIf(!hasServer("sshd"))("ssh_config means what `ssh -G` says", () => {
  it("for random files", () => {
    const random = seededRandom(7);
    const pick = <Value>(values: readonly Value[], count: number) =>
      Array.from({ length: count }, () => values[Math.floor(random() * values.length)] as Value);
    let declined = 0;
    for (let at = 0; at < 200; at += 1) {
      const included = folder.file(
        "included.conf",
        `${pick(LINES, 3).join("\n").replaceAll("INCLUDED", "/none")}\n`,
      );
      const lines = pick(LINES, 1 + Math.floor(random() * 12)).join("\n");
      const file = folder.file(
        "random",
        `${lines.replaceAll("INCLUDED", random() < 0.5 ? included : `${folder.path}/inc*.conf`)}\n`,
      );
      const options = pick(OPTIONS, Math.floor(random() * 3));
      const [host = ""] = pick(HOSTS, 1);
      try {
        const destination = resolve(host, file, options);
        const asked = askSsh(host, file, options);
        expect(destination, `${host} ${options} ${lines}`).toMatchObject(asked as object);
      } catch (error) {
        if (!(error instanceof CheckDeclined)) throw error;
        declined += 1;
      }
    }
    expect(declined).toBeLessThan(40);
  });
});
