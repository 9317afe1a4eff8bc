import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { isUnderstood, readSetting } from "../../../../plugins/ssh/openssh/config.ts";
import { FileCache } from "../../../../plugins/ssh/openssh/files.ts";
import { KEYWORDS } from "../../../../plugins/ssh/openssh/keywords.ts";
import { createPlanner } from "../../../../plugins/ssh/openssh/plan.ts";
import { hasServer } from "../../../support/servers/installed.ts";

const account = { user: "me", home: "/home/me", agent: "/agent" };

/** What a login would be with these lines of ssh_config. */
function plan(...lines: readonly string[]): unknown {
  const settings = lines.map((line) => readSetting(line) ?? { keyword: "", words: [] });
  const ssh = { host: "h", settings, identities: [], configFile: "none", family: undefined, isQuiet: false };
  const { destination, environment } = createPlanner(new FileCache(), account, { LC_X: "1" })(ssh);
  return { destination, environment };
}

const USUAL =
  "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-256,rsa-sha2-512";

/** Each keyword that decides: two values that make a difference. */
const DECIDING: Readonly<Record<string, readonly [string, string]>> = {
  addressfamily: ["inet", "inet6"],
  batchmode: ["yes", "no"],
  ciphers: ["aes128-ctr", "aes128-gcm@openssh.com,aes256-cbc"],
  connecttimeout: ["3", "4"],
  controlpath: ["none", "/a/path"],
  globalknownhostsfile: ["/a", "/b /c"],
  gssapiauthentication: ["yes", "no"],
  hostkeyalgorithms: ["+ssh-rsa", "ssh-ed25519,ecdsa-sha2-nistp256"],
  hostkeyalias: ["a", "b"],
  hostname: ["a.example", "%h.example"],
  identitiesonly: ["true", "false"],
  identityagent: ["none", "/a/socket"],
  identityfile: ["/a", "~/b"],
  kexalgorithms: ["ecdh-sha2-nistp256", "+diffie-hellman-group1-sha1"],
  loglevel: ["QUIET", "error"],
  macs: ["hmac-sha2-256", "^hmac-sha1"],
  port: ["1", "2"],
  proxycommand: ["none", "none"],
  proxyjump: ["you@gate:23", "none"],
  pubkeyacceptedalgorithms: [USUAL, "+ssh-rsa"],
  pubkeyacceptedkeytypes: [USUAL, "+ssh-rsa"],
  requiredrsasize: ["2048", "1024"],
  sendenv: ["LC_*", "LANG"],
  serveralivecountmax: ["2", "3"],
  serveraliveinterval: ["20", "30"],
  stricthostkeychecking: ["yes", "accept-new"],
  user: ["a", "b"],
  userknownhostsfile: ["/a", "none"],
};

/** A value that counts with a keyword only, and what it counts with. */
const WITH: Readonly<Record<string, string>> = { serveralivecountmax: "ServerAliveInterval=9" };

/** Values of keywords, each of which is tried with each keyword. */
const VALUES = [
  ...new Set([
    ...Object.values(DECIDING).flat(),
    ..."yes no true false none auto ask any default md5 SHA256 ^A ~ x /a/b 0 1 2 16 99 1000 4096 99999 2,1".split(
      " ",
    ),
    ..."1G 1K 10m 1h30m 1x 600 any:any 0:1 lowdelay af21 cs7 ef 0x10".split(" "),
    ..."publickey publickey,password password curve25519-sha256 nosuch +nosuch ^nosuch -nosuch".split(" "),
    ..."+ssh-rsa ^ssh-rsa -ssh-rsa ssh-* gss-gex-sha1- gss-nistp256-sha256-,gss-group14-sha256- gss-x-".split(
      " ",
    ),
    ...["curve25519-sha256,nosuch", "hmac-md5-etm@openssh.com", "rsa-sha2-256-cert-v01@openssh.com"],
    ...["+diffie-hellman-group14-sha1,diffie-hellman-group1-sha1", "+aes128-cbc,3des-cbc", "+ssh-dss"],
    ...["lowdelay throughput", "af21 cs1 ef", "1G 1h", "default none", "default 1x", "curve25519-sha256,"],
    ...["umac-128@openssh.com,umac-64-etm@openssh.com", "sk-ssh-ed25519@openssh.com", "+rsa-sha2-512"],
  ]),
];
const KEYWORD_NAMES = Object.keys(KEYWORDS);

/** The values this process takes for a keyword. */
function taken(keyword: string): readonly string[] {
  return VALUES.filter((value) => {
    const setting = readSetting(`${keyword}=${value}`);
    return setting !== undefined && isUnderstood(setting);
  });
}

describe("a keyword of ssh_config that is understood", () => {
  it("decides how a login is made, or says why it does not", () => {
    const deciding = Object.entries(KEYWORDS).flatMap(([keyword, { why }]) =>
      why === undefined ? [keyword] : [],
    );
    expect(deciding.sort()).toEqual(Object.keys(DECIDING).sort());
  });

  it.each(Object.entries(DECIDING).filter(([keyword]) => keyword !== "proxycommand"))(
    "%s makes a difference",
    (keyword, values) => {
      const besides = WITH[keyword] === undefined ? [] : [WITH[keyword]];
      const [one, other] = values.map((value) => plan(`${keyword}=${value}`, ...besides));
      expect(one).not.toEqual(other);
    },
  );

  it.each(KEYWORD_NAMES.filter((keyword) => !(keyword in DECIDING)))("%s makes none", (keyword) => {
    const values = taken(keyword);
    expect(values).not.toEqual([]);
    for (const value of values) expect(plan(`${keyword}=${value}`)).toEqual(plan());
  });

  it.skipIf(!hasServer("sshd")).each(KEYWORD_NAMES)("%s has only values that ssh accepts", (keyword) => {
    const words = taken(keyword).flatMap((value) => ["-o", `${keyword}=${value}`]);
    expect(words).not.toEqual([]);
    execFileSync("ssh", ["-F", "none", "-G", ...words, "h"], { stdio: ["ignore", "ignore", "pipe"] });
  });
});

describe("of two lines the first counts", () => {
  it.each([
    ["ProxyCommand=none", "ProxyJump=gate"],
    ["ProxyJump=none", "ProxyCommand=none"],
    ["PubkeyAcceptedKeyTypes=+ssh-rsa", `PubkeyAcceptedAlgorithms=${USUAL}`],
    [`PubkeyAcceptedAlgorithms=${USUAL}`, "PubkeyAcceptedKeyTypes=+ssh-rsa"],
  ])("%s and %s, as they are one keyword", (first, second) => {
    expect(plan(first, second)).toEqual(plan(first));
  });

  it.skipIf(!hasServer("sshd"))("for ssh, too", () => {
    const ask = (...options: readonly string[]) =>
      execFileSync("ssh", ["-F", "none", "-G", ...options.flatMap((each) => ["-o", each]), "h"], {
        encoding: "utf8",
      });
    expect(ask("ProxyCommand=none", "ProxyJump=gate")).toBe(ask("ProxyCommand=none"));
    expect(ask("PubkeyAcceptedKeyTypes=+ssh-rsa", `PubkeyAcceptedAlgorithms=${USUAL}`)).toBe(
      ask("PubkeyAcceptedKeyTypes=+ssh-rsa"),
    );
  });
});

it.each([
  "KexAlgorithms=nosuch",
  "KexAlgorithms=curve25519-sha256,nosuch",
  "HostKeyAlgorithms=^ssh-rsa",
  "HostKeyAlgorithms=ssh-*",
  "PubkeyAcceptedAlgorithms=ssh-ed25519",
  "PubkeyAcceptedKeyTypes=-ssh-rsa",
  "CASignatureAlgorithms=x",
  "IPQoS=x",
  "RekeyLimit=1",
  "EscapeChar=xy",
  "FingerprintHash=x",
  "ControlPersist=x",
  "GSSAPIKexAlgorithms=x",
  "TunnelDevice=x",
  "Compression=true",
])("%s is left to ssh", (line) => {
  expect(isUnderstood(readSetting(line) ?? { keyword: "", words: [] })).toBe(false);
});
