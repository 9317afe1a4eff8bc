import { userInfo } from "node:os";
import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkBySsh } from "../../../plugins/ssh/check_by_ssh.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { createIdentification } from "../../../src/run/routing/identity.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Sshd } from "../../support/servers/sshd.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { replay } from "../oracle.ts";
import { withPlugin } from "./with-plugin.ts";

const plugin = findPlugin("check_by_ssh");

describe("check_by_ssh leaves to the plugin", () => {
  it.each([
    ["no words", []],
    ["no command", ["-H", "h"]],
    ["a command of one character", ["-H", "h", "-C", "w"]],
    ["no host", ["-C", "true"]],
    ["help", ["-H", "h", "-C", "true", "-h"]],
    ["its version", ["-V"]],
    ["verbose output", ["-H", "h", "-C", "true", "-v"]],
    ["passive results", ["-H", "h", "-C", "true", "-n", "h", "-s", "s", "-O", "/dev/null"]],
    ["SSH version 1", ["-H", "h", "-C", "true", "-1"]],
    ["an unknown option", ["-H", "h", "-C", "true", "-w", "1"]],
    ["an ini file", ["-H", "h", "-C", "true", "--extra-opts=x"]],
    ["a time-out that is no number", ["-H", "h", "-C", "true", "-t", "x"]],
    ["no time-out", ["-H", "h", "-C", "true", "-t", "0"]],
    ["a port that is no number", ["-H", "h", "-C", "true", "-p", "ssh"]],
    ["port 0", ["-H", "h", "-C", "true", "-p", "0"]],
    ["a port with blanks", ["-H", "h", "-C", "true", "-p", " 22"]],
    ["a line count that is no number", ["-H", "h", "-C", "true", "-S", "-Sx"]],
    ["a line count below 0", ["-H", "h", "-C", "true", "-E-1"]],
    ["a user in the host's name", ["-H", "u@h", "-C", "true"]],
    ["a URL", ["-H", "ssh://h", "-C", "true"]],
    ["a host that looks like an option", ["-H", "-oProxyCommand=x", "-C", "true"]],
    ["a blank in the host's name", ["-H", "h h", "-C", "true"]],
    ["an unknown line of ssh_config", ["-H", "h", "-C", "true", "-o", "NoSuchThing=yes"]],
    [
      "a line of ssh_config that only ssh can follow",
      ["-H", "h", "-C", "true", "-o", "ProxyCommand=nc h 22"],
    ],
    ["a value ssh would refuse", ["-H", "h", "-C", "true", "-o", "StrictHostKeyChecking=perhaps"]],
    ["a line without a value", ["-H", "h", "-C", "true", "-o", "BatchMode"]],
    ["a quotation without its end", ["-H", "h", "-C", "true", "-o", 'IdentityFile "x']],
    ["a long -F", ["-H", "h", "-C", "true", "--configfile=x"]],
    ["a command that is not UTF-8", ["-H", "h", "-C", "echo \xff"]],
  ])("%s", (_, argv) => {
    expect(checkBySsh.understand(argv)).toBeUndefined();
  });
});

describe("check_by_ssh answers itself", () => {
  it.each([
    ["words without options", ["h", "echo", "hello"]],
    ["words among options", ["h", "-p", "22", "echo", "-t5", "hello"]],
    ["long options, cut short", ["--host", "h", "--comm=true", "--ident", "x", "--skip", "--timeo=3"]],
    [
      "options of ssh in all their spellings",
      ["-H", "h", "-C", "true", "-oBatchMode=yes", "-o", "Port 22", "-o", "user = x"],
    ],
    ["a command in UTF-8", ["-H", "h", "-C", "echo \xc3\xa4"]],
    ["ssh in the background", ["-H", "h", "-C", "true", "-f"]],
    ["-to", ["-H", "h", "-C", "true", "-to", "5"]],
  ])("%s", (_, argv) => {
    expect(checkBySsh.understand(argv)).toBeDefined();
  });
});

it.skipIf(plugin === undefined)("recognises the plugin's file", () => {
  expect(createIdentification()(plugin ?? "", checkBySsh)).toMatchObject({ kind: "replaced" });
});

describe.skipIf(plugin === undefined || !hasServer("sshd"))("the recorded runs of check_by_ssh", () => {
  const { username, homedir, shell } = userInfo();
  const fakes = new FakeServers();
  let sshd: Sshd;
  const shared = new SharedValues({ log: () => {} });
  beforeAll(async () => {
    sshd = await Sshd.start();
  });
  afterAll(async () => {
    await shared[Symbol.asyncDispose]();
    await fakes[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
  });

  it("are answered in the same words, or left to the plugin", async () => {
    const { folder, identity } = sshd;
    const silent = await fakes.tcp(() => {});
    const closing = await fakes.tcp((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const knownHosts = folder.file("kh", sshd.knownHost());
    const config = folder.file(
      "client_config",
      `Host natlab\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  User ${username}\n  IdentityFile ${identity}\n` +
        `  StrictHostKeyChecking no\n  UserKnownHostsFile ${knownHosts}\n`,
    );
    const places = {
      12222: String(sshd.port),
      17001: String(silent),
      17006: String(closing),
      "/srv/oracle/ssh/id_ed25519": identity,
      "/srv/oracle/ssh/kh": knownHosts,
      "/srv/oracle/ssh/client_config": config,
      "sh /bin/sh\n/home/monssh": `${basename(shell ?? "")} ${shell}\n${homedir}`,
      monssh: username,
    };
    const { check, declined } = withPlugin(checkBySsh, plugin ?? "");
    const { counts, executed, differences } = await replay(check, { places, shared, atOnce: 4 });
    expect(differences).toEqual([]);
    expect(executed).toEqual({ badargs: 4, output: 2, passive: 1, rc: 1, verbose: 1, version: 1 });
    // Two runs are left to ssh: what it prints about a server that hangs up differs from release to release,
    // and a server that says nothing may hang up at any time.
    expect(Object.values(declined)).toEqual([1, 1]);
    expect(counts).toEqual({ equal: 35, executed: 10, different: 0 });
  });
});
