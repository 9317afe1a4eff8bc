import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkHttp } from "../../plugins/http/check_http.ts";
import { NATIVE_HTTP_KEEPALIVE } from "../../plugins/http/settings.ts";
import { checkSsh } from "../../plugins/ssh/check_ssh.ts";
import {
  checkFtp,
  checkImap,
  checkNntp,
  checkPop,
  checkSimap,
  checkTcp,
} from "../../plugins/tcp/check_tcp.ts";
import type { Check } from "../../sdk/index.ts";
import { seededRandom } from "../support/random.ts";
import { createCertificate, inDays } from "../support/servers/certificates.ts";
import { banner, FakeServers, type Serve } from "../support/servers/fake-servers.ts";
import { hasServer } from "../support/servers/installed.ts";
import { findPlugin } from "./core/real-plugins.ts";
import { compareWithPlugin } from "./differential.ts";
import { oddServer } from "./http/pages.ts";

const PAUSE_MS = 5;
const MAX_PIECE = 200;

/** Passes on what a server sends in pieces of these sizes, some milliseconds apart. */
function cutUp(port: number, sizes: () => number): Serve {
  return (client) => {
    const server = connect(port, "127.0.0.1")
      .setNoDelay()
      .on("error", () => {});
    client.setNoDelay().pipe(server);
    let waiting = Buffer.alloc(0);
    let isOver = false;
    const timer = setInterval(() => {
      const size = sizes();
      if (waiting.length > 0) client.write(waiting.subarray(0, size));
      waiting = waiting.subarray(size);
      if (waiting.length === 0 && isOver) client.end();
    }, PAUSE_MS);
    server.on("data", (data: Buffer) => {
      waiting = Buffer.concat([waiting, data]);
    });
    server.once("end", () => {
      isOver = true;
    });
    client.once("close", () => {
      clearInterval(timer);
      server.destroy();
    });
  };
}

/** The check stops to read with the last byte: what it prints depends on no other cut. */
const GREETINGS: readonly { readonly check: Check; readonly text: string; readonly words: string }[] = [
  { check: checkTcp, text: "some words and the end", words: "-e end" },
  { check: checkTcp, text: "one, two, three", words: "-A -e two -e three -e one" },
  { check: checkFtp, text: "220", words: "" },
  { check: checkPop, text: "+OK", words: "" },
  { check: checkImap, text: "* OK", words: "" },
  { check: checkNntp, text: "201", words: "" },
];

const PAGES = [
  "/chunks/extension -s hello",
  "/chunks/trailer -r hel+o$",
  "/breaks/mixed -s World",
  "/breaks/doubled -B",
  "/status/100 -B",
  "/bytes/utf8 -s caf\xc3\xa9",
  "/bytes/nul -B",
  "/dates/last -M 1h",
  "/redirect/4 -f follow --max-redirs 3",
  "/nostatus",
  "/empty",
  "/breaks/unended -B",
];

const random = seededRandom(10);
const CUTS = [
  { how: "one by one", sizes: () => 1 },
  { how: "in random cuts", sizes: () => 1 + Math.floor(random() ** 3 * MAX_PIECE) },
];

describe.skipIf(!hasServer("check_dummy")).each(CUTS)("a server's bytes $how", ({ sizes }) => {
  const servers = new FakeServers();
  const certificate = createCertificate({ commonNames: ["x"], notAfter: inDays(20.5) });
  let plain = 0;
  let tls = 0;
  const behind = async (port: number) => servers.tcp(cutUp(port, sizes));
  beforeAll(async () => {
    const ports = { plain: 0, tls: 0 };
    plain = ports.plain = await behind(await servers.tcp(oddServer(ports)));
    tls = ports.tls = await behind(await servers.tls(certificate, oddServer(ports)));
  });
  afterAll(() => servers[Symbol.asyncDispose]());
  const timeout = 60_000;

  it.concurrent.each(GREETINGS)(
    "are a greeting for $check.name",
    { timeout },
    async ({ check, text, words }) => {
      const port = await behind(await servers.tcp(banner(text)));
      await expectSame(check, [`-H 127.0.0.1 -p ${port} ${words}`]);
    },
  );

  it.concurrent("are a greeting over TLS", { timeout }, async () => {
    const port = await behind(await servers.tls(certificate, banner("* OK")));
    await expectSame(checkSimap, [`-H 127.0.0.1 -p ${port} -t 40`, `-H 127.0.0.1 -p ${port} -t 40 -D 30`]);
  });

  it.concurrent.each([false, true])("are pages, over kept connections: %s", { timeout }, async (isKept) => {
    const lines = PAGES.map((page) => `-H 127.0.0.1 -p ${plain} -t 40 -u ${page}`);
    await expectSame(checkHttp, lines, isKept);
  });

  it.concurrent.each([false, true])("are pages over TLS, kept: %s", { timeout }, async (isKept) => {
    const lines = ["-S", "-S1.2 -C 5 --continue-after-certificate"].map(
      (words) => `-H 127.0.0.1 -p ${tls} -t 40 -u /chunks/extension -s hello ${words}`,
    );
    await expectSame(checkHttp, lines, isKept);
  });
});

async function expectSame(check: Check, lines: readonly string[], isKept = false): Promise<void> {
  const settings = new Map([[NATIVE_HTTP_KEEPALIVE, isKept]]);
  const words = lines.map((line) => line.split(" "));
  const compared = await compareWithPlugin(check, findPlugin(check.name) ?? "", words, { settings });
  expect(compared).toMatchObject({ equal: lines.length, declined: [], differences: [] });
}

/** The plugin reads an SSH server's greeting once, so it takes the first piece for all of it. */
it.skipIf(!hasServer("check_dummy"))("check_ssh looks at the first piece, as the plugin does", async () => {
  await using servers = new FakeServers();
  const pieces = (socket: Socket) => {
    socket.write("SSH-2.0-first");
    const timer = setTimeout(() => socket.write(" and more\r\n"), 100 * PAUSE_MS);
    socket.once("close", () => clearTimeout(timer));
  };
  await expectSame(checkSsh, [`-p ${await servers.tcp(pieces)} 127.0.0.1`]);
});
