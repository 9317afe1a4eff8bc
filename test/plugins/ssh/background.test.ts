import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkBySsh } from "../../../plugins/ssh/check_by_ssh.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Sshd } from "../../support/servers/sshd.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";
import { withPlugin } from "./with-plugin.ts";

const plugin = findPlugin("check_by_ssh");

describe.skipIf(plugin === undefined || !hasServer("sshd"))(
  "a login with -f, in the background, where",
  () => {
    let sshd: Sshd;
    beforeAll(async () => {
      sshd = await Sshd.start();
      sshd.folder.file("known", sshd.knownHost());
    });
    afterAll(() => sshd[Symbol.asyncDispose]());

    const place = () => [
      ...["-F", "none", "-H", "127.0.0.1", "-p", String(sshd.port), "-i", sshd.identity],
      ...[
        "-o",
        `UserKnownHostsFile=${sshd.folder.path}/known`,
        "-o",
        "IdentityAgent=none",
        "-o",
        "BatchMode=yes",
      ],
    ];
    const compare = async (words: readonly string[]) => {
      const { check, declined } = withPlugin(checkBySsh, plugin ?? "");
      const { equal, differences } = await compareWithPlugin(check, plugin ?? "", [[...place(), ...words]]);
      return { equal, differences, declined };
    };

    it.each([
      ["a command fails", ["-f", "-C", "echo out; exit 2"]],
      ["a command says nothing", ["-f", "-C", "exit 1"]],
      ["a command exits with 255", ["--fork", "-U", "-C", "exit 255"]],
      ["a command is late", ["-f", "-C", "sleep 1; echo late; exit 1"]],
      ["a command says something on stderr", ["-f", "-C", "echo out; echo err >&2; exit 1"]],
      ["stderr is passed over", ["-f", "-E", "-C", "echo out; echo err >&2; exit 1"]],
      ["stderr is a warning", ["-f", "--warn-on-stderr", "-C", "echo err >&2"]],
      ["a command is killed", ["-f", "-C", "echo out; kill -9 $$"]],
      ["a command takes too long", ["-f", "-t", "1", "-C", "sleep 3"]],
      ["the key is not accepted", ["-l", "no-such-user", "-f", "-C", "true"]],
      ["no key is accepted, which is UNKNOWN", ["-l", "no-such-user", "-f", "-U", "-C", "true"]],
    ])("%s", async (_, words) => {
      expect(await compare(words)).toEqual({ equal: 1, differences: [], declined: {} });
    });
  },
);

describe.skipIf(plugin === undefined || !hasServer("sshd"))("a server that takes Kerberos", () => {
  it.each([
    ["yes", { "no key is accepted, and ssh would try Kerberos": 1 }],
    ["no", {}],
  ])("and refuses the key is left to ssh, if GSSAPIAuthentication is yes: %s", async (word, expected) => {
    await using sshd = await Sshd.start({ config: ["GSSAPIAuthentication yes"] });
    const known = sshd.folder.file("known", sshd.knownHost());
    sshd.folder.file("authorized_keys", "");
    const { check, declined } = withPlugin(checkBySsh, plugin ?? "");
    const { differences } = await compareWithPlugin(check, plugin ?? "", [
      [
        ...["-F", "none", "-H", "127.0.0.1", "-p", String(sshd.port), "-i", sshd.identity, "-C", "true"],
        ...["-o", `UserKnownHostsFile=${known}`, "-o", "BatchMode=yes", "-o", `GSSAPIAuthentication=${word}`],
      ],
    ]);
    expect({ differences, declined }).toEqual({ differences: [], declined: expected });
  });
});
