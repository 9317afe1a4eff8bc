import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkSsh } from "../../../plugins/ssh/check_ssh.ts";
import { freePort } from "../../support/free-port.ts";
import { banner, FakeServers, type Serve } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { Cutter } from "../cutter.ts";
import {
  type Choices,
  compareWithPlugin,
  IS_TO_BE_LEFT,
  RUNS,
  randomLines,
  seldom,
  share,
} from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import { SSH_FORMS } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";
import { OddSshds } from "./odd-sshds.ts";

const servers = new FakeServers();
const report = new FamilyReport("check_ssh");

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

/** A pause between two pieces which the plugin takes for the end of the greeting, because it reads once. */
const APART_MS = 200;

function inPieces(...pieces: readonly string[]): Serve {
  return (socket) => {
    const [first = "", ...others] = pieces;
    socket.write(first, "latin1");
    const timers = others.map((piece, at) =>
      setTimeout(() => socket.write(piece, "latin1"), (at + 1) * APART_MS),
    );
    socket.once("close", () => timers.forEach(clearTimeout));
  };
}

/** Servers that are no sshd, or one that is in trouble. */
const ODD: readonly Serve[] = [
  (socket) => socket.end(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end("SSH-2.0-closes_1\r\n"),
  (socket) => socket.end("Exceeded MaxStartups\r\n"),
  (socket) => socket.end("Not allowed at this time\r\n"),
  (socket) => {
    socket.write("SSH-2.0-resets_1\r\n");
    socket.resetAndDestroy();
  },
  inPieces("SSH-2.0-", "OpenSSH_9.2\r\n"),
  inPieces("SSH", "-2.0-OpenSSH_9.2\r\n"),
  inPieces("SSH-2.0-OpenSSH_9.2p1", " Debian\r", "\n"),
  inPieces("SSH-2.0-OpenSSH_9.2\r\n", "and a packet"),
  inPieces("Welcome\r\n", "SSH-2.0-late\r\n"),
];

const MACROS = {
  HOST: ["127.0.0.1", "127.0.0.1", "localhost"],
  TIMEOUT: ["4", "10", "30"],
  VERSION: ["OpenSSH_9.2p1 Debian-2+deb12u10", "OpenSSH_9.2p1", "Foo_1.0 some comment"],
  PROTOCOL: ["2.0", "1.99"],
};

describe.skipIf(!hasServer("check_dummy"))("the same answers as the plugin", () => {
  const places: (readonly string[])[] = [];
  const ports: number[] = [];
  let nobody = 0;
  beforeAll(async () => {
    nobody = await freePort();
    const served = [...BANNERS.map(banner), ...ODD].map((serve) => servers.tcp(serve));
    ports.push(...(await Promise.all(served)), nobody);
    places.push(...ports.flatMap(placesOf));
  });
  afterAll(async () => {
    report.print();
    await servers[Symbol.asyncDispose]();
  });

  const timeout = 60_000 + 200 * RUNS;

  async function expectSame(lines: Iterable<readonly string[]>): Promise<void> {
    const plugin = findPlugin("check_ssh") ?? "";
    const compared = await compareWithPlugin(checkSsh, plugin, lines, { report });
    expect(compared).toMatchObject({ executed: 0, left: [], differences: [] });
    expect(compared.declined.filter((answer) => !IS_TO_BE_LEFT.test(answer))).toEqual([]);
  }

  it("with random words", { timeout }, () =>
    expectSame(randomLines([...OPTIONS, places], { count: share(0.5) })),
  );

  it("with words as configurations have them", { timeout }, () =>
    expectSame(realLines(SSH_FORMS, { ...MACROS, PORT: ports.map(String) }, { count: share(0.2) })),
  );

  it.skipIf(!hasServer("sshd"))("of an sshd that is set up in an odd way", { timeout }, async () => {
    await using sshds = await OddSshds.start();
    const all = sshds.ports;
    await expectSame(randomLines([...OPTIONS, all.flatMap(placesOf)], { count: share(0.15) }));
    const macros = { ...MACROS, PORT: all.map(String) };
    await expectSame(realLines(SSH_FORMS, macros, { count: share(0.05) }));
  });

  it("whatever the length of the first piece", { timeout }, async () => {
    await using cutters = new AsyncDisposableStack();
    const cut: number[] = [];
    for (const [at, port] of ports.slice(0, BANNERS.length).entries()) {
      const length = 1 + at * 3;
      cut.push(cutters.use(await Cutter.to(port, () => ({ length, pauseMs: APART_MS }))).port);
    }
    await expectSame(randomLines([...OPTIONS, cut.flatMap(placesOf)], { count: share(0.1) }));
  });

  it("at odd places", { timeout }, () => {
    const port = String(nobody);
    return expectSame([
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
    ]);
  });
});

function placesOf(port: number): Choices {
  return [
    ["-H", "127.0.0.1", "-p", String(port)],
    ["--host", "localhost", `--port=${port}`],
    [`-p${port}`, "127.0.0.1"],
    ["127.0.0.1", String(port)],
  ];
}
