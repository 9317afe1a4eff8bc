import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkBySsh } from "../../../plugins/ssh/check_by_ssh.ts";
import { NATIVE_SSH_KEEPALIVE } from "../../../plugins/ssh/settings.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Sshd } from "../../support/servers/sshd.ts";
import { execute, findPlugin } from "../core/real-plugins.ts";
import { withPlugin } from "./with-plugin.ts";

const plugin = findPlugin("check_by_ssh");

/** What may happen between two checks that makes a login impossible. */
const FAULTS: Readonly<Record<string, (sshd: Sshd) => void | Promise<void>>> = {
  "the key is removed from authorized_keys": (sshd) => void sshd.folder.file("authorized_keys", ""),
  "known_hosts holds another key": (sshd) =>
    void sshd.folder.file(
      "known",
      sshd.knownHost().replace(/ AAAA\S+/, ` ${sshd.folder.read("user_ed25519.pub").split(" ")[1]}`),
    ),
  "known_hosts no longer holds the key": (sshd) => void sshd.folder.file("known", ""),
  "the key to log in with is another one": async (sshd) => {
    await execa("rm", [sshd.identity, `${sshd.identity}.pub`]);
    await sshd.folder.key("user_ed25519");
  },
  "ssh_config names another port": (sshd) => void sshd.folder.file("config", "Port 1\n"),
  "sshd no longer listens": (sshd) => sshd.stopListening(),
};

/** Of these a connection that is kept shows nothing: they concern logins alone. */
const UNSEEN: readonly string[] = ["the key is removed from authorized_keys", "sshd no longer listens"];

describe.skipIf(plugin === undefined || !hasServer("sshd"))("a check after another, where", () => {
  let sshd: Sshd;
  let isKept = false;
  let shared: SharedValues;
  beforeEach(async () => {
    sshd = await Sshd.start();
    sshd.folder.file("known", sshd.knownHost());
    sshd.folder.file("config", `Port ${sshd.port}\n`);
    shared = new SharedValues({ log: () => {}, settings: () => new Map([[NATIVE_SSH_KEEPALIVE, isKept]]) });
  });
  afterEach(async () => {
    await shared[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
  });

  const words = () => [
    ...["-H", "127.0.0.1", "-F", `${sshd.folder.path}/config`, "-i", sshd.identity, "-C", "echo fine"],
    ...["-o", "StrictHostKeyChecking=yes", "-o", `UserKnownHostsFile=${sshd.folder.path}/known`],
  ];
  const run = async () => {
    const { check } = withPlugin(checkBySsh, plugin ?? "");
    const { returnCode, output } = await runCheck(check, words(), { shared });
    return { returnCode, output };
  };
  const runPlugin = async () => {
    const outcome = await execute({ words: [plugin ?? "", ...words()], environment: [] });
    return outcome.kind === "exited" && { returnCode: outcome.returnCode, output: outcome.stdout };
  };
  const FINE = { returnCode: 0, output: "fine\n" };

  it.each(Object.entries(FAULTS))("%s, has the plugin's answer", async (_, happens) => {
    isKept = false;
    expect(await run()).toEqual(FINE);
    await happens(sshd);
    const answer = await run();
    expect(answer).toEqual(await runPlugin());
    expect(answer).not.toEqual(FINE);
  });

  it.each(Object.entries(FAULTS))(
    "%s, has the documented one on a kept connection",
    async (name, happens) => {
      isKept = true;
      expect(await run()).toEqual(FINE);
      await happens(sshd);
      expect(await run()).toEqual(UNSEEN.includes(name) ? FINE : await runPlugin());
    },
  );

  it("connections are no longer kept, makes its own", async () => {
    isKept = true;
    for (let at = 0; at < 3; at += 1) expect(await run()).toEqual(FINE);
    expect(sshd.logins).toBe(1);
    isKept = false;
    for (let at = 0; at < 2; at += 1) expect(await run()).toEqual(FINE);
    expect(sshd.logins).toBe(3);
  });
});
