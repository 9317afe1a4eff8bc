import type { TlsOptions } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  checkClamd,
  checkFtp,
  checkImap,
  checkJabber,
  checkNntp,
  checkNntps,
  checkPop,
  checkSimap,
  checkSpop,
  checkSsmtp,
  checkTcp,
  checkUdp,
} from "../../../plugins/tcp/check_tcp.ts";
import type { Check } from "../../../sdk/index.ts";
import { freePort } from "../../support/free-port.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { banner, FakeServers, type Serve } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { startTlsNginx } from "../../support/servers/nginx.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { CUTS, Cutter } from "../cutter.ts";
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
import type { NormalRule } from "../oracle.ts";
import { TCP_FORMS, TLS_FORMS } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";

const servers = new FakeServers();

const REPLIES: Readonly<Record<string, Serve>> = {
  greeting: banner("220 hello OK\r\n"),
  lines: banner("* OK one\r\ntwo\r\n\r\n  \t\r\n"),
  /** A text longer than the plugin's buffer. */
  long: banner(`220-${"x".repeat(3000)} end of it\r\n`),
  short: banner("x"),
  blank: banner("\r\n"),
  bytes: banner("caf\xc3\xa9 \xff|\x01 220\x85\n"),
  nul: banner("220 before\0after OK\r\n"),
  empty: banner("\0\r\n"),
  closing: (socket) => socket.end(),
  last: (socket) => socket.end("+OK bye\n\n"),
  echo: (socket) => socket.pipe(socket),
};

/** They reset the connection. What the second one says arrives together with the reset. */
const RESETS: readonly Serve[] = [
  (socket) => socket.resetAndDestroy(),
  (socket) => {
    socket.write("220 hello OK\r\n");
    socket.resetAndDestroy();
  },
];

const PAUSE_MS = 1_000;

/** What servers send, in one piece or in several. */
const GREETINGS: readonly Serve[] = [
  ...["+OK POP3\r\n", "* OK IMAP\r\n", "201 news\r\n", "PONG\n", "<?xml version='1.0'?><stream:stream>"].map(
    banner,
  ),
  (socket) => {
    socket.write("2");
    const timer = setTimeout(() => socket.write("20 in pieces\r\n"), PAUSE_MS);
    socket.once("close", () => clearTimeout(timer));
  },
];

const DATAGRAMS: readonly ((datagram: Buffer) => Buffer | undefined)[] = [
  (datagram) => datagram,
  () => Buffer.from("220 hello OK\n"),
  () => Buffer.from(`${"y".repeat(1500)}220`),
  () => Buffer.alloc(0),
];

const STRINGS = ["220", "OK", "hello", "nothing", "", "end of it", "PING", "caf\xc3\xa9", "after"];
const WORDS = ["ok", "warn", "crit", "warning", "critical", "okay"];
const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);

/** Most checks that do not find what they expect take two seconds, so only some lines are like that. */
const OPTIONS: readonly Choices[] = [
  seldom([["-4"], ["--use-ipv4"]], 8),
  seldom([["-E"], ["--escape"]], 6),
  seldom([...given("-s", ["hello", "220\\r\\n", "\\\\OK\\t", "a\\qb", ""]), ["--send=PING"]], 5),
  seldom([...given("-e", STRINGS), ["--expect", "OK"]], 4),
  seldom(given("-e", STRINGS), 8),
  seldom([["-A"], ["--all"]], 7),
  seldom([...given("-q", ["QUIT", "bye\\r\\n", ""]), ["--quit=x"]], 7),
  seldom([...given("-M", WORDS), ["--mism=crit"]], 7),
  seldom([...given("-r", WORDS), ["--refuse=ok"]], 7),
  seldom([["-j"], ["--jail"]], 8),
  seldom([...given("-m", ["1", "5", "1024", "1025", "010", "08"]), ["-m3"]], 8),
  seldom(given("-d", ["1"]), 9),
  seldom(
    [...given("-w", ["100", "0", "0.0000001", "-1", "x", "1e3", "0:5"]), ["--warning=7"], ["-wt", "9"]],
    6,
  ),
  seldom([...given("-c", ["100", "0", "50.5", "inf"]), ["--critical=7"], ["-ct", "9"]], 6),
  [["-t5"], ["-t", "6"], ["--timeout=5"], ["-to", "6"]],
];

const TLS_OPTIONS: readonly Choices[] = [
  [["-S"], ["--ssl"], ["--sni=localhost"], ["-S", "--sni", "some.example"], ["-S"], ["-D", "3"]],
  seldom([...given("-D", ["30", "0", "5000,4000", "20,5", "9999"]), ["--certificate=15,10"], ["-D7,"]], 5),
];

const LEVEL_0 = ":@SECLEVEL=0";

/** Old and odd servers, which the plugin's OpenSSL accepts or refuses. They need an RSA key. */
const ODD_TLS: readonly TlsOptions[] = [
  ...(["TLSv1", "TLSv1.1"] as const).flatMap((version) =>
    ["AES128-SHA", "ECDHE-RSA-AES256-SHA"].map((cipher) => ({
      minVersion: version,
      maxVersion: version,
      ciphers: cipher + LEVEL_0,
    })),
  ),
  ...["AES128-SHA", "AES128-CCM", "CAMELLIA128-SHA", "AECDH-AES128-SHA", "NULL-SHA"].map(
    (cipher): TlsOptions => ({ maxVersion: "TLSv1.2", ciphers: cipher + LEVEL_0 }),
  ),
  { maxVersion: "TLSv1.2", ciphers: `DEFAULT${LEVEL_0}`, sigalgs: "RSA+SHA1" },
  ...["X448", "P-521", "ffdhe2048", "brainpoolP256r1"].map((ecdhCurve): TlsOptions => ({ ecdhCurve })),
];

const NAMES = [["localhost"], [], ["b\u00fccher.example", "second"], ["x".repeat(300)]];

function at(ports: readonly number[]): Choices {
  return ports.flatMap((port) => [
    ["-H", "127.0.0.1", "-p", String(port)],
    ["--hostname=localhost", `--port=${port}`],
    ["127.0.0.1", "-p", String(port)],
  ]);
}

/** How many run at a time. With many more the plugins' time-outs would pass before they have begun. */
const AT_ONCE = 16;

const report = new FamilyReport("check_tcp and its family");

async function expectSameAnswers(
  check: Check,
  lines: Iterable<readonly string[]>,
  rules: readonly NormalRule[] = [],
): Promise<void> {
  const plugin = findPlugin(check.name) ?? "";
  const compared = await compareWithPlugin(check, plugin, lines, { atOnce: AT_ONCE, rules, report });
  expect(compared.differences).toEqual([]);
  expect(compared.declined.filter((answer) => !IS_TO_BE_LEFT.test(answer))).toEqual([]);
  expect(compared.left).toEqual([]);
}

/** How much was read when the answer was clear depends on the cuts, and is shown behind the answer. */
const REPLY: NormalRule = [/ \[.*\](?=\|)/gs, ""];

/** nginx says the time. */
const NOW: NormalRule = [/Date: [^\r]*/g, "Date: NOW"];

/** Names of the servers that answer, and what people expect of them. */
const MACROS = {
  HOST: ["127.0.0.1", "127.0.0.1", "localhost"],
  NAME: ["www.example.org", "localhost"],
  TIMEOUT: ["5", "10", "20"],
  EXPECT: ["220", "OK", "SSH", "+OK", "imok", "hello"],
  SEND: ["QUIT\\r\\n", "ruok", "220 OK\\n"],
  THEN: ["-t5", "-w9", "-j"],
};

describe.skipIf(!hasServer("check_dummy"))("the same answers as the plugin", () => {
  const ports: number[] = [];
  const resetting: number[] = [];
  const tlsPorts: number[] = [];
  const own: number[] = [];
  const tlsOwn: number[] = [];
  const udpPorts: number[] = [];
  let nobody = 0;
  let path = "";
  let odd: Choices = [];
  beforeAll(async () => {
    nobody = await freePort();
    path = await servers.unix(banner("220 hello\n"));
    const soon = createCertificate({ commonNames: ["soon.example"], notAfter: inDays(10.5) });
    const ends = [-2, -0.01, 0.02, 0.5, 1.01, 4000, 20_000].map(inDays);
    for (const serve of Object.values(REPLIES)) {
      ports.push(await servers.tcp(serve));
      tlsPorts.push(await servers.tls(soon, serve));
    }
    for (const [at, notAfter] of ends.entries()) {
      const certificate = createCertificate({ commonNames: NAMES[at % NAMES.length] ?? [], notAfter });
      tlsPorts.push(await servers.tls(certificate, banner("220 hi\n")));
    }
    for (const serve of GREETINGS) {
      own.push(await servers.tcp(serve));
      tlsOwn.push(await servers.tls(soon, serve));
    }
    for (const serve of RESETS) resetting.push(await servers.tcp(serve));
    for (const answer of DATAGRAMS) udpPorts.push(await servers.udp(answer));
    odd = [
      ...["255.255.255.255", "::1", "no.such.host.invalid"].map((host) => ["-H", host, "-p", String(nobody)]),
      ...["99999", "100000", "65536"].map((port) => ["-H", "127.0.0.1", "-p", port]),
      ["-H", path],
      [path, "-j"],
      ["-H", `${path}.not`],
      ["-H", "/"],
      ["-H", "/etc/passwd"],
      ["-6", "-H", "127.0.0.1", "-p", "1"],
      ["::1", "-4", "-p", "1"],
      ...[
        "::ffff:127.0.0.1",
        "::FFFF:7f00:1",
        "::127.0.0.1",
        "::ffff:127.0.0.1%1",
        "::ffff:127.0.0.1%lo",
      ].flatMap((host) => ["-4", "-6"].map((family) => [family, "-H", host, "-p", String(ports[0])])),
      ["-H", "fe80::1%no-such", "-p", "1"],
      ["-H", "127.1", "-p", "1"],
      ["-H", "0x7f000001"],
    ];
  });
  afterAll(async () => {
    report.print();
    await servers[Symbol.asyncDispose]();
  });

  const timeout = 60_000 + 200 * RUNS;

  const every = (part: number, ...rows: readonly Choices[]) => randomLines(rows, { count: share(part) });

  it.concurrent("of check_tcp", { timeout }, () =>
    expectSameAnswers(checkTcp, every(0.22, at([...ports, ...resetting, nobody]), ...OPTIONS)),
  );

  it.concurrent("of check_tcp over TLS", { timeout }, () =>
    expectSameAnswers(
      checkTcp,
      every(0.12, at([...tlsPorts, ...ports.slice(0, 3)]), ...TLS_OPTIONS, ...OPTIONS),
    ),
  );

  it.concurrent("of check_tcp as configurations call it", { timeout }, () => {
    const macros = { ...MACROS, PORT: [...ports, nobody].map(String) };
    return expectSameAnswers(checkTcp, realLines(TCP_FORMS, macros, { count: share(0.1) }));
  });

  it.concurrent("of check_tcp as configurations call it for TLS", { timeout }, () => {
    const macros = { ...MACROS, PORT: [...tlsPorts, ports[0]].map(String) };
    return expectSameAnswers(checkTcp, realLines(TLS_FORMS, macros, { count: share(0.08) }));
  });

  it.concurrent("of check_tcp with old and odd TLS", { timeout }, async () => {
    const certificate = createCertificate({ algorithm: "rsa", notAfter: inDays(100.5) });
    const oddPorts: number[] = [];
    for (const options of ODD_TLS) {
      oddPorts.push(await servers.tls({ ...certificate, ...options }, banner("220 hi\n")));
    }
    const rows = oddPorts.map((port) => [
      "-H",
      "127.0.0.1",
      "-p",
      String(port),
      "-S",
      "-D",
      "5",
      "-e",
      "220",
    ]);
    await expectSameAnswers(checkTcp, rows);
  });

  it.skipIf(!hasServer("nginx")).concurrent("of check_tcp with one version of TLS", { timeout }, async () => {
    await using nginx = await startTlsNginx();
    const page = ["-E", "-s", "GET / HTTP/1.0\\r\\n\\r\\n"];
    const asked: Choices = [
      [...page, "-e", "HTTP/1.1 200"],
      [...page, "-e", "nothing"],
      [...page, "-e", "Hello", "-j"],
      [],
    ];
    const rows = [at(Object.values(nginx.ports)), TLS_OPTIONS[0] ?? [], TLS_OPTIONS[1] ?? [], asked];
    await expectSameAnswers(checkTcp, every(0.08, ...rows), [REPLY, NOW]);
  });

  it.concurrent.each(CUTS)("of check_tcp where a server's bytes come $how", { timeout }, async ({ cut }) => {
    await using cutters = new AsyncDisposableStack();
    const cutUp = async (port: number) => cutters.use(await Cutter.to(port, cut)).port;
    const places = await Promise.all([...ports, ...own].map(cutUp));
    const tlsPlaces = await Promise.all([...tlsPorts, ...tlsOwn].map(cutUp));
    // What -m lets be read, and with it the answer, depends on the cuts.
    const options = OPTIONS.filter((row) => !row.flat().includes("-m"));
    await expectSameAnswers(checkTcp, every(0.03, at(places), ...options), [REPLY]);
    await expectSameAnswers(checkTcp, every(0.01, at(tlsPlaces), ...TLS_OPTIONS, ...options), [REPLY]);
  });

  it.concurrent("of check_tcp at odd places", { timeout }, () =>
    expectSameAnswers(checkTcp, every(0.05, odd, ...OPTIONS.filter((row) => !row.flat().includes("-4")))),
  );

  const FAMILY = [checkFtp, checkPop, checkImap, checkNntp, checkClamd, checkJabber];
  it.concurrent.each(FAMILY)("of $name", { timeout }, (check) =>
    expectSameAnswers(check, every(0.024, at([...ports, ...own, nobody]), ...OPTIONS)),
  );

  const TLS_FAMILY = [checkSpop, checkSimap, checkSsmtp, checkNntps];
  it.concurrent.each(TLS_FAMILY)("of $name", { timeout }, (check) =>
    expectSameAnswers(check, every(0.02, at([...tlsPorts, ...tlsOwn]), ...TLS_OPTIONS, ...OPTIONS)),
  );

  it.concurrent("of check_udp", { timeout }, () => {
    const asked = [
      [
        ["-s", "220 x"],
        ["-s", "OK"],
        ["-E", "-s", "hello\\n"],
      ],
      given("-e", STRINGS),
    ];
    return expectSameAnswers(checkUdp, every(0.05, at([...udpPorts, nobody]), ...asked, ...OPTIONS));
  });
});
