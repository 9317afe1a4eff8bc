import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkBySsh } from "../../../plugins/ssh/check_by_ssh.ts";
import { checkSsh } from "../../../plugins/ssh/check_ssh.ts";
import { seededRandom } from "../../support/random.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { Sshd } from "../../support/servers/sshd.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { type Cut, Cutter } from "../cutter.ts";
import { compareWithPlugin } from "../differential.ts";
import { withPlugin } from "./with-plugin.ts";

const plugin = findPlugin("check_by_ssh");

const random = seededRandom(7);
const upTo = (most: number) => 1 + Math.floor(random() * most);

/** The version of sshd has 40 bytes, and its first packet a thousand. */
const CUTS: Readonly<Record<string, Cut>> = {
  "one by one, 5 ms apart": (at) => ({ length: 1, pauseMs: at < 200 ? 5 : 0 }),
  "in two and three at a time": (at) => ({ length: 2 + (at % 2), pauseMs: at < 50 ? 5 : 0 }),
  "in short random pieces": () => ({ length: upTo(8), pauseMs: random() < 0.2 ? 1 : 0 }),
  "in long random pieces": () => ({ length: upTo(500), pauseMs: random() < 0.5 ? 2 : 0 }),
};

// They wait most of the time.
describe.skipIf(plugin === undefined || !hasServer("sshd"))(
  "an sshd whose bytes come",
  { concurrent: true },
  () => {
    const fakes = new FakeServers();
    let sshd: Sshd;
    beforeAll(async () => {
      sshd = await Sshd.start();
      sshd.folder.file("known", sshd.knownHost());
    });
    afterAll(async () => {
      await fakes[Symbol.asyncDispose]();
      await sshd[Symbol.asyncDispose]();
    });

    const bySsh = (port: number, text = "echo out; echo more; exit 1") => [
      ...["-H", "127.0.0.1", "-p", String(port), "-i", sshd.identity, "-t", "40", "-C", text],
      ...[
        "-o",
        `HostKeyAlias=[127.0.0.1]:${sshd.port}`,
        "-o",
        `UserKnownHostsFile=${sshd.folder.path}/known`,
      ],
    ];

    it.each(Object.entries(CUTS))("%s, is asked by check_by_ssh", async (_, cut) => {
      await using cutter = await Cutter.to(sshd.port, cut);
      const { check, declined } = withPlugin(checkBySsh, plugin ?? "");
      const lines = [bySsh(cutter.port), bySsh(cutter.port, "head -c 5000 /dev/zero | tr '\\0' x")];
      const { equal, differences } = await compareWithPlugin(check, plugin ?? "", lines);
      expect({ equal, differences, declined }).toEqual({ equal: 2, differences: [], declined: {} });
    });

    it.each(Object.entries(CUTS))("%s, after lines of another kind", async (_, cut) => {
      const port = await fakes.tcp((socket) =>
        socket.write("Welcome.\r\n\nSSH is what we speak\nSSH-2.0-x\r\n"),
      );
      await using cutter = await Cutter.to(port, cut);
      const { check, declined } = withPlugin(checkBySsh, plugin ?? "");
      const line = ["-H", "127.0.0.1", "-p", String(cutter.port), "-t", "4", "-C", "true"];
      const { differences } = await compareWithPlugin(check, plugin ?? "", [line]);
      expect({ differences, declined: Object.values(declined) }).toEqual({ differences: [], declined: [1] });
    });

    it.each([1, 2, 3, 10, 30, 500])("%i at a time, is asked by check_ssh", async (length) => {
      // The plugin reads once, so both see the first piece alone. The pause keeps it apart from the next one.
      await using cutter = await Cutter.to(sshd.port, () => ({ length, pauseMs: 200 }));
      const lines = [["-p", String(cutter.port), "127.0.0.1"]];
      const { equal, differences } = await compareWithPlugin(checkSsh, findPlugin("check_ssh") ?? "", lines);
      expect({ equal, differences }).toEqual({ equal: 1, differences: [] });
    });
  },
);
