import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkSsh } from "../../../plugins/ssh/check_ssh.ts";
import { freePort } from "../../support/free-port.ts";
import { banner, FakeServers, type Serve, startRecordedServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { type Choices, compareWithPlugin, RUNS, randomLines, seldom } from "../differential.ts";
import { readTranscripts, replay } from "../oracle.ts";

const servers = new FakeServers();
afterAll(() => servers[Symbol.asyncDispose]());

describe("the transcripts", () => {
  it("are answered as recorded", async () => {
    const places = await startRecordedServers(servers);
    const transcripts = readTranscripts("check_ssh").filter(({ file }) => file === "check_ssh");
    const { counts, executed, differences } = await replay(checkSsh, { places, atOnce: 24 }, transcripts);
    expect(differences).toEqual([]);
    expect({ counts, executed }).toEqual({
      counts: { equal: 20, executed: 4, different: 0 },
      executed: { badargs: 3, verbose: 1 },
    });
  });
});

const BANNERS = [
  "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n",
  "SSH-1.99-Foo_1.0 some comment \t\r\n",
  "SSH-2.0-9-.5bar\r\n",
  "SSH-2.0foo\n",
  "SSH-2.0",
  "SSH-2.0 -x\r\n",
  "SSH",
  "SSHX",
  "SSH-\r\n",
  "SSH-abc-def\r\n",
  "SSH-2.0-a\0b\r\n",
  `SSH-2.0-${"long".repeat(100)}\r\n`,
  "  SSH-2.0-late\r\n",
  "\0SSH-2.0-x\r\n",
  "caf\xc3\xa9 \x85\r\n",
  "SSH-2.0-caf\xc3\xa9\xa0\r\n",
];

const OPTIONS: readonly Choices[] = [
  seldom([["-4"], ["--use-ipv4"]], 8),
  seldom(
    [["-r", "Foo_1.0 some comment"], ["--remote-version=OpenSSH_9.2p1 Debian-2+deb12u10"], ["-r", ""]],
    6,
  ),
  seldom([["-P", "2.0"], ["--remote-prot=1.99"], ["-P2"], ["-P", ""]], 6),
  seldom([["-t5"], ["-to", "6"], ["--timeout=4"]], 5),
];

describe.skipIf(!hasServer("check_dummy"))("the same answers as the plugin", () => {
  const places: (readonly string[])[] = [];
  const odd: (readonly string[])[] = [];
  beforeAll(async () => {
    const closes: Serve = (socket) => socket.end();
    const resets: Serve = (socket) => socket.resetAndDestroy();
    const nobody = await freePort();
    const served = [...BANNERS.map(banner), closes, resets].map((serve) => servers.tcp(serve));
    for (const port of [...(await Promise.all(served)), nobody]) {
      places.push(
        ["-H", "127.0.0.1", "-p", String(port)],
        ["--host", "localhost", `--port=${port}`],
        [`-p${port}`, "127.0.0.1"],
        ["127.0.0.1", String(port)],
      );
    }
    const port = String(nobody);
    odd.push(
      ["-H", "no.such.host.invalid"],
      ["-p", port, "no.such.host.invalid"],
      ["no.such.host.invalid"],
      ["-H", "::1", "-p", port],
      ["-4", "-H", "::1", "-p", port],
      ["-H", "::1", "-4", "-p", port],
      ["-6", "127.0.0.1", port],
      ["-p", port, "127.0.0.1", "ignored"],
      ["-H", "127.0.0.1", port],
      ["-H", "255.255.255.255"],
      ["-p", "99999", "127.1"],
    );
  });

  const timeout = 60_000 + 200 * RUNS;

  it("with random words", { timeout }, async () => {
    const lines = randomLines([...OPTIONS, places]);
    const compared = await compareWithPlugin(checkSsh, findPlugin("check_ssh") ?? "", lines);
    expect(compared).toMatchObject({ equal: RUNS, executed: 0, left: [], differences: [] });
  });

  it("at odd places", { timeout }, async () => {
    const compared = await compareWithPlugin(checkSsh, findPlugin("check_ssh") ?? "", odd);
    expect(compared).toMatchObject({ equal: odd.length, executed: 0, left: [], differences: [] });
  });
});

describe("left to the plugin", () => {
  it.each<readonly [readonly string[]]>([
    [[]],
    [["-p", "22"]],
    [["-V"]],
    [["-v", "localhost"]],
    [["--extra-opts", "localhost"]],
    [["-H", "localhost", "-t", "-1"]],
    [["-H", "localhost", "-p", "0"]],
    [["localhost", "ssh"]],
    [["-H", "localhost", "x"]],
    [["-H", "localhost", "-H", "127.0.0.1"]],
    [["-4", "-H", "localhost", "-6"]],
    [["-p", "22", ""]],
    [["-H", "caf\xc3\xa9.example"]],
  ])("%j", (argv) => {
    expect(checkSsh.understand(argv)).toBeUndefined();
  });
});
