import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkBySsh } from "../../../plugins/ssh/check_by_ssh.ts";
import { freePort } from "../../support/free-port.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Sshd, SshFolder } from "../../support/servers/sshd.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";
import { withPlugin } from "./with-plugin.ts";

const plugin = findPlugin("check_by_ssh");

/** An ssh-agent for one test. */
async function startAgent(
  folder: SshFolder,
  keys: readonly string[],
): Promise<{ socket: string; stop: () => void }> {
  const socket = join(folder.path, "agent.sock");
  const child = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "ignore"] });
  await once(child.stdout, "data");
  for (const key of keys) {
    // A script that prints the passphrase stands in for the terminal.
    const askpass = folder.file("askpass", "#!/bin/sh\necho secret\n", 0o700);
    const env = { SSH_AUTH_SOCK: socket, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: "force" };
    await execa("ssh-add", ["-q", key], { env });
  }
  return { socket, stop: () => child.kill("SIGKILL") };
}

describe.skipIf(plugin === undefined || !hasServer("sshd"))("logins that are made as ssh makes them", () => {
  const folder = new SshFolder();
  const fakes = new FakeServers();
  let sshd: Sshd;
  let agent: Awaited<ReturnType<typeof startAgent>>;
  let locked = "";
  let known = "";

  beforeAll(async () => {
    sshd = await Sshd.start({ config: ["AcceptEnv LC_*", "MaxSessions 1"] });
    locked = await folder.key("locked", ["-t", "ecdsa"], "secret");
    sshd.folder.file("authorized_keys", sshd.folder.read("user_ed25519.pub") + folder.read("locked.pub"));
    known = folder.file("known", sshd.knownHost());
    agent = await startAgent(folder, [locked, await folder.key("unknown")]);
  });
  afterAll(async () => {
    agent.stop();
    await fakes[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  const trust = () => ["-o", "StrictHostKeyChecking=yes", "-o", `UserKnownHostsFile=${known}`];
  const place = () => ["-H", "127.0.0.1", "-p", String(sshd.port), ...trust()];
  const silent = () => fakes.tcp(() => {});
  const slow = () => fakes.tcp((socket) => void setTimeout(() => socket.destroy(), 20_000).unref());

  const ROUTES: Readonly<Record<string, () => readonly string[] | Promise<readonly string[]>>> = {
    "by a key of the agent": () => [...place(), "-o", `IdentityAgent=${agent.socket}`],
    "by a locked key that the agent has": () => [
      ...place(),
      "-i",
      locked,
      "-o",
      `IdentityAgent=${agent.socket}`,
    ],
    "by that key alone": () => [
      ...place(),
      "-i",
      locked,
      "-o",
      `IdentityAgent=${agent.socket}`,
      "-o",
      "IdentitiesOnly=yes",
    ],
    "by a key in a file beside the agent": () => [
      ...place(),
      "-i",
      sshd.identity,
      "-o",
      `IdentityAgent=${agent.socket}`,
    ],
    "without an agent where it does not answer": () => [
      ...place(),
      "-i",
      sshd.identity,
      "-o",
      "IdentityAgent=/no/such/socket",
    ],
    "by no key": () => [...place(), "-i", join(folder.path, "unknown")],
    "over a jump host": () => {
      const file = folder.file(
        "jump",
        `Host gate\n  HostName 127.0.0.1\n  Port ${sshd.port}\nHost behind\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  ProxyJump gate\n` +
          `Host *\n  IdentityFile ${sshd.identity}\n  UserKnownHostsFile ${known}\n  StrictHostKeyChecking yes\n`,
      );
      return ["-F", file, "-H", "behind"];
    },
    "over a jump host that warns": () => {
      const file = folder.file(
        "jump-warns",
        `Host gate\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n` +
          `Host *\n  IdentityFile ${sshd.identity}\n  UserKnownHostsFile ${known}\n  StrictHostKeyChecking yes\n`,
      );
      return ["-F", file, "-H", "127.0.0.1", "-p", String(sshd.port), "-o", "ProxyJump=gate", "-E1"];
    },
    "with variables": () => [...place(), "-i", sshd.identity, "-o", "SendEnv=LC_* LANG"],
    "never, where the server sends nothing in time": async () => [
      "-H",
      "127.0.0.1",
      "-p",
      String(await silent()),
      "-o",
      "ConnectTimeout=1",
    ],
    "never, where the server sends nothing in time, as -E shows": async () => [
      "-H",
      "127.0.0.1",
      "-p",
      String(await slow()),
      "-oConnectTimeout=1",
      "-E1",
    ],
    "never, where no server accepts the connection": async () => [
      "-H",
      "127.0.0.1",
      "-p",
      String(await fakes.full()),
      "-o",
      "ConnectTimeout 1",
    ],
  };

  it.each(Object.entries(ROUTES))("%s", async (_, words) => {
    const { check, declined } = withPlugin(checkBySsh, plugin ?? "");
    const line = [...(await words()), "-C", "echo hello; echo LC_ALL=$LC_ALL"];
    const { differences } = await compareWithPlugin(check, plugin ?? "", [line]);
    expect(differences).toEqual([]);
    expect(declined).toEqual({});
  });

  const DECLINED: Readonly<Record<string, () => readonly string[] | Promise<readonly string[]>>> = {
    "a locked key that no agent has": () => [...place(), "-i", locked],
    "a jump host that is down": async () => [
      ...place(),
      "-i",
      sshd.identity,
      "-o",
      `ProxyJump=127.0.0.1:${await freePort()}`,
    ],
    "a private key that others may read": async () => {
      const open = folder.file("open", sshd.folder.read("user_ed25519"), 0o644);
      return [...place(), "-i", open];
    },
    "two halves that do not fit": () => {
      folder.file("half.pub", folder.read("unknown.pub"));
      return [...place(), "-i", folder.file("half", sshd.folder.read("user_ed25519"))];
    },
    "a certificate beside a key": () => {
      folder.file("certified-cert.pub", folder.read("unknown.pub"));
      return [...place(), "-i", folder.file("certified", sshd.folder.read("user_ed25519"))];
    },
    "a server that dies sooner than the plugin's time": () => [
      ...place(),
      "-o",
      "ServerAliveInterval=1",
      "-i",
      sshd.identity,
    ],
    "algorithms this process does not have": () => [
      ...place(),
      "-o",
      "KexAlgorithms=diffie-hellman-group14-sha256",
      "-i",
      sshd.identity,
    ],
  };

  it.each(Object.entries(DECLINED))("are left to ssh: %s", async (_, words) => {
    const { check, declined } = withPlugin(checkBySsh, plugin ?? "");
    const { differences } = await compareWithPlugin(check, plugin ?? "", [
      [...(await words()), "-C", "echo hello"],
    ]);
    expect(differences).toEqual([]);
    expect(Object.values(declined)).toEqual([1]);
  });
});
