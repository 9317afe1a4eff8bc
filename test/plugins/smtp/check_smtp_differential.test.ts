import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkSmtp } from "../../../plugins/smtp/check_smtp.ts";
import { freePort } from "../../support/free-port.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { banner, FakeServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { type Smtpd, startSmtpd } from "../../support/servers/opensmtpd.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { CUTS, Cutter } from "../cutter.ts";
import { type Choices, compareWithPlugin, RUNS, randomLines, seldom, share } from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import { SMTP_FORMS } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";
import { BROKEN_SERVERS, PLAIN_SERVERS, serveMail } from "./mail-servers.ts";

const servers = new FakeServers();
const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);

const PATTERNS = [
  "250",
  "^250",
  "^2",
  "Ok$",
  "(250|550)",
  "no such",
  "[[:digit:]]+ 5",
  "^252 three$",
  "x*",
  "(",
  "^1",
];
const COMMANDS = [
  "NOOP",
  "RCPT TO:<me@here.example>",
  "VRFY all",
  "HELP me",
  "",
  "caf\xc3\xa9",
  "EHLO again",
];

/** `-C` and `-R` belong together by their number. */
const OPTIONS: readonly Choices[] = [
  seldom([["-4"], ["--use-ipv4"], ["-6"]], 9),
  seldom(
    [...given("-e", ["220", "250", "ESMTP", "nothing", "", "three", "caf\xc3\xa9"]), ["--expect=greets"]],
    6,
  ),
  seldom([...given("-F", ["me.example", "", "a b"]), ["--fqdn=you.example"]], 6),
  seldom([["-L"], ["--lmtp"]], 8),
  seldom(given("-f", ["me@here.example", "<me@here.example>", "", "<<a>b>"]), 7),
  seldom(given("-C", COMMANDS), 5),
  seldom(given("-C", COMMANDS), 8),
  seldom(given("-R", PATTERNS), 5),
  seldom(given("-R", PATTERNS), 8),
  seldom([["-q"], ["--ignore-quit-failure"]], 8),
  seldom([...given("-w", ["100", "0", "5.5", "-1", "x", "1e3"]), ["--warning=7"], ["-wt", "9"]], 6),
  seldom([...given("-c", ["100", "0", "inf"]), ["--critical=7"], ["-ct", "9"]], 6),
  [["-t", "4"], ["--timeout=5"], ["-to", "4"], ["-t4"]],
  seldom([["-A", "LOGIN"], ["-U", "me"], ["-v"], ["-x"]], 9),
];

const TLS_OPTIONS: Choices = [
  ["-S"],
  ["--starttls"],
  ["-SL"],
  ...given("-D", ["30", "5,2", "0", "5000,4000", "x", "7,"]),
  ["--certificate=15,10"],
];

const LATER =
  /because (?:the server hung up early|the TLS handshake failed|words that came before TLS began|a server reset the connection before .*)$/;

async function oddLines(): Promise<Choices> {
  const [nobody, silent] = [await freePort(), await servers.tcp(() => {})];
  const half = await servers.tcp(banner("220 and no more\r\n"));
  return [
    ...["255.255.255.255", "::1", "no.such.host.invalid", "a b", ""].map((host) => [
      "-H",
      host,
      "-p",
      `${nobody}`,
    ]),
    ["-H", "127.0.0.1", "-p", String(silent), "-t", "1"],
    ["-H", "127.0.0.1", "-p", String(half), "-t", "1"],
    ["-H", "127.0.0.1", "-p", String(await servers.tcp((socket) => socket.end())), "-t", "3"],
    ["-p", String(nobody)],
    ["127.0.0.1", "more", "-p", "1"],
    ["-6", "-H", "127.0.0.1", "-p", "1"],
    ["-H", "127.0.0.1", "-6", "-p", "1"],
    ["-H", "::1", "-4"],
    ["-p", "0"],
    ["-p", "99999", "localhost"],
  ];
}

function cutUp(ports: readonly number[]): Promise<readonly Cutter[]> {
  return Promise.all(CUTS.flatMap(({ cut }) => ports.map((port) => Cutter.to(port, cut))));
}

const report = new FamilyReport("check_smtp");

/** Lines of each test; several tests run at a time. */
const AT_ONCE = 8;

// In each, some lines wait for their time-out.
describe.skipIf(!hasServer("check_dummy"))("the same answers as the plugin", { concurrent: true }, () => {
  const timeout = 120_000 + 100 * RUNS;
  const plain: number[] = [];
  const tls: number[] = [];
  const broken: number[] = [];
  const cut: number[] = [];
  const cutters: Cutter[] = [];
  let real: Smtpd | undefined;
  let odd: Choices = [];

  beforeAll(async () => {
    const certificates = [-1, 0.4, 4.5, 20, 4500].map((days) =>
      createCertificate({ commonNames: ["mail.example"], notAfter: inDays(days) }),
    );
    const [usual] = Object.values(PLAIN_SERVERS);
    if (usual === undefined) throw new Error("there is no server");
    for (const server of Object.values(PLAIN_SERVERS)) plain.push(await servers.tcp(serveMail(server)));
    for (const certificate of certificates) tls.push(await servers.tcp(serveMail(usual, certificate)));
    for (const server of Object.values(PLAIN_SERVERS))
      tls.push(await servers.tcp(serveMail(server, certificates[3])));
    for (const server of BROKEN_SERVERS) broken.push(await servers.tcp(serveMail(server, certificates[3])));
    broken.push(await servers.tcp((socket) => socket.resetAndDestroy()));
    cutters.push(...(await cutUp([plain[0] ?? 0, plain[1] ?? 0, tls[3] ?? 0])));
    cut.push(...cutters.map(({ port }) => port));
    if (process.getuid?.() === 0 && hasServer("smtpd")) real = await startSmtpd();
    odd = await oddLines();
  });
  afterAll(async () => {
    report.print();
    for (const cutter of cutters) await cutter[Symbol.asyncDispose]();
    await real?.[Symbol.asyncDispose]();
    await servers[Symbol.asyncDispose]();
  });

  async function expectSame(lines: Iterable<readonly string[]>, mayLeave: number): Promise<void> {
    const options = { atOnce: AT_ONCE, report };
    const compared = await compareWithPlugin(checkSmtp, findPlugin("check_smtp") ?? "", lines, options);
    expect(compared.differences).toEqual([]);
    expect(compared.declined.filter((answer) => !LATER.test(answer))).toEqual([]);
    const left = compared.executed + compared.declined.length;
    expect(left).toBeLessThanOrEqual(mayLeave * (left + compared.equal));
  }
  const at = (ports: readonly number[]): Choices =>
    ports.flatMap((port) => [
      ["-H", "127.0.0.1", "-p", String(port)],
      [`--hostname=localhost`, `--port=${port}`],
    ]);

  it("plain", { timeout }, () =>
    expectSame(randomLines([at(plain), ...OPTIONS], { count: share(0.35) }), 0.5),
  );

  it("over TLS", { timeout }, () =>
    expectSame(randomLines([at(tls), TLS_OPTIONS, ...OPTIONS], { count: share(0.2) }), 0.5),
  );

  it("in pieces", { timeout }, () =>
    expectSame(randomLines([at(cut), seldom(TLS_OPTIONS, 5), ...OPTIONS], { count: share(0.1) }), 0.65),
  );

  it("from servers that break the connection", { timeout }, () =>
    expectSame(randomLines([at(broken), seldom(TLS_OPTIONS, 5), ...OPTIONS], { count: share(0.1) }), 1),
  );

  it("on odd lines", { timeout }, () => expectSame(randomLines([odd], { count: share(0.05) }), 0.6));

  it("as configurations call it", { timeout }, () => {
    const macros = {
      HOST: ["127.0.0.1", "127.0.0.1", "localhost"],
      WARN: ["5", "100", "0.5"],
      CRIT: ["10", "200"],
      TIMEOUT: ["5", "20"],
      DAYS: ["30", "21", "30,14"],
      NAME: ["monitor.example", "localhost"],
      FROM: ["nagios@monitor.example", "<>"],
    };
    const usual = [plain[0] ?? 0, tls[3] ?? 0, ...(real === undefined ? [] : [real.port])];
    const lines = [...realLines(SMTP_FORMS, macros, { count: share(0.2) })];
    return expectSame(
      lines.map((line, number) => ["-p", String(usual[number % usual.length]), ...line]),
      0.2,
    );
  });
});
