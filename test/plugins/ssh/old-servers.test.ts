import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkBySsh } from "../../../plugins/ssh/check_by_ssh.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Sshd, SshFolder } from "../../support/servers/sshd.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";
import { SshServer } from "./ssh-server.ts";
import { withPlugin } from "./with-plugin.ts";

const plugin = findPlugin("check_by_ssh");

interface Row {
  readonly words: readonly string[];
  readonly isLeft?: true;
}

const HOST_RSA = ["-o", "HostKeyAlgorithms=+ssh-rsa"];

/** Of an sshd that knows RSA with SHA-1 only. */
const ROWS: Readonly<Record<string, Row>> = {
  "a host key with SHA-1 is refused": { words: [], isLeft: true },
  "a host key with SHA-1 is added": { words: HOST_RSA },
  "a host key with SHA-1 is named": { words: ["-o", "HostKeyAlgorithms=ssh-ed25519,ssh-rsa"] },
  "an old key exchange is added": { words: [...HOST_RSA, "-o", "KexAlgorithms=+diffie-hellman-group1-sha1"] },
  "old ciphers are added": { words: [...HOST_RSA, "-o", "Ciphers=+3des-cbc", "-o", "MACs=+hmac-md5"] },
  "the host's key is shorter than RequiredRSASize": {
    words: [...HOST_RSA, "-o", "RequiredRSASize=4096"],
    isLeft: true,
  },
  "the host's key is long enough": { words: [...HOST_RSA, "-o", "RequiredRSASize=2048"] },
};

describe.skipIf(plugin === undefined || !hasServer("sshd"))("an old server, where", () => {
  const folder = new SshFolder();
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await Sshd.start({
      config: ["HostKeyAlgorithms ssh-rsa", "PubkeyAcceptedAlgorithms ssh-rsa,ssh-ed25519"],
    });
    folder.file("known", sshd.knownHost("host_rsa"));
  });
  afterAll(async () => {
    await sshd[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  it.each(Object.entries(ROWS))("%s", async (_, { words, isLeft }) => {
    const { check, declined } = withPlugin(checkBySsh, plugin ?? "");
    const line = [
      ...["-F", "none", "-H", "127.0.0.1", "-p", String(sshd.port), "-i", sshd.identity, "-C", "echo hello"],
      ...[
        "-o",
        `UserKnownHostsFile=${folder.path}/known`,
        "-o",
        "IdentitiesOnly=yes",
        "-o",
        "IdentityAgent=none",
      ],
      ...words,
    ];
    const { differences } = await compareWithPlugin(check, plugin ?? "", [line]);
    expect(differences).toEqual([]);
    expect(Object.values(declined)).toEqual(isLeft === true ? [1] : []);
  });
});

/** It says nothing about the signatures it takes, as servers did that knew SHA-1 alone. */
describe.skipIf(plugin === undefined || !hasServer("sshd"))(
  "a server before SHA-2, where a user's RSA key",
  () => {
    it.each([
      {
        how: "may not sign with SHA-1",
        words: [],
        answers: /^Remote command execution failed: .*Permission denied/s,
        isLeft: true,
      },
      { how: "may sign with SHA-1", words: ["-o", "PubkeyAcceptedKeyTypes=+ssh-rsa"], answers: /^ok\n$/ },
      {
        how: "may do it by the new name",
        words: ["-o", "PubkeyAcceptedAlgorithms=+ssh-rsa"],
        answers: /^ok\n$/,
      },
    ])("$how", async ({ words, answers, isLeft }) => {
      using folder = new SshFolder();
      await using server = await SshServer.start({ isOld: true });
      const rsa = await folder.key("rsa", ["-t", "rsa", "-b", "2048"]);
      const { check, declined } = withPlugin(checkBySsh, plugin ?? "");
      const line = [
        ...server.words.flatMap((word, at) => (server.words[at - 1] === "-i" ? [rsa] : [word])),
        ...["-F", "none", "-o", "IdentityAgent=none", "-C", "true", ...words],
      ];
      const { equal, differences } = await compareWithPlugin(check, plugin ?? "", [line]);
      expect({ equal, differences }).toEqual({ equal: 1, differences: [] });
      expect((await runCheck(check, line)).output).toMatch(answers);
      expect(Object.values(declined)).toEqual(isLeft ? [2] : []);
    });
  },
);

describe.skipIf(plugin === undefined || !hasServer("sshd"))("a server with several host keys", () => {
  it("shows the first one of a plain HostKeyAlgorithms, even if another one is known", async () => {
    await using sshd = await Sshd.start();
    const known = sshd.folder.file("known", sshd.knownHost("host_rsa"));
    const { check } = withPlugin(checkBySsh, plugin ?? "");
    const { equal, differences } = await compareWithPlugin(check, plugin ?? "", [
      [
        ...[
          "-F",
          "none",
          "-H",
          "127.0.0.1",
          "-p",
          String(sshd.port),
          "-i",
          sshd.identity,
          "-C",
          "echo hello",
        ],
        ...["-o", `UserKnownHostsFile=${known}`, "-o", "HostKeyAlgorithms=ssh-ed25519,rsa-sha2-512"],
      ],
    ]);
    expect({ equal, differences }).toEqual({ equal: 1, differences: [] });
  });

  it("is asked for a short user's key no more than ssh asks", async () => {
    await using sshd = await Sshd.start();
    const rsa = await sshd.folder.key("rsa", ["-t", "rsa", "-b", "2048"]);
    sshd.folder.file("authorized_keys", sshd.folder.read("rsa.pub"));
    const known = sshd.folder.file("known", sshd.knownHost());
    const { check, declined } = withPlugin(checkBySsh, plugin ?? "");
    const lines = [[], ["-o", "RequiredRSASize=4096"], ["-o", "RequiredRSASize=2048"]].map((words) => [
      ...["-F", "none", "-H", "127.0.0.1", "-p", String(sshd.port), "-i", rsa, "-C", "echo hello"],
      ...["-o", `UserKnownHostsFile=${known}`, ...words],
    ]);
    const { equal, differences } = await compareWithPlugin(check, plugin ?? "", lines);
    expect({ equal, differences, declined }).toEqual({
      equal: 3,
      differences: [],
      declined: { "a key is short": 1 },
    });
  });
});
