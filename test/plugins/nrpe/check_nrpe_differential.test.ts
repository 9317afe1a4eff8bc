import type { TlsOptions } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkNrpe } from "../../../plugins/nrpe/check_nrpe.ts";
import { freePort } from "../../support/free-port.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { type Nrpe, startNrpe } from "../../support/servers/nrpe.ts";
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
import { NRPE_FORMS } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";
import { DAEMONS, RESETTING, SLOW_DAEMONS } from "./daemons.ts";

const servers = new FakeServers();
const report = new FamilyReport("check_nrpe");

const COMMANDS = ["ok", "warn", "crit", "unk", "ret7", "noout", "stderr", "big", "undefined", "args"];
const ARGS = ["one", "a b", "c;d", "|&><'\"\\[]{}", "", "-w", "20%,10%", "caf\xc3\xa9", "x".repeat(1_500)];
const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);

const OPTIONS: readonly Choices[] = [
  seldom([["-4"], ["--ipv4"], ["-6"], ["-4", "-6"]], 8),
  seldom([["-2"], ["-3"], ["--v2-packets-only"], ["--v3-packets-only"]], 5),
  seldom([["-u"], ["--unknown-timeout"], ["-E"], ["-D"], ["-Du"], ["--stderr-to-stdout", "-u"]], 6),
  seldom(["20", "15:3", "20:ok", "15:Warning", "12:0", "30s", "25::2", "20:"].flatMap(asTimeout), 6),
  [...given("-c", COMMANDS), ["--command=check_load"], ["-cok"], [], ["-c", "long".repeat(700)]],
  seldom([["word"], ["--", "-x"]], 9),
];

function asTimeout(value: string): Choices {
  return [["-t", value], [`--timeout=${value}`]];
}

/** `-a` ends the options. */
const ARGUMENTS: Choices = seldom(
  [
    ...ARGS.map((arg) => ["-a", arg]),
    ["-a", "one", "two", "-H", "three"],
    ["-aone", "two"],
    ["--args=one", "-x", ""],
    ["--ar", "one", "x".repeat(3_000), "y"],
    ["-Da", "one", "--", "two"],
  ],
  6,
);

const TLS_OPTIONS: readonly Choices[] = [
  seldom([...given("-d", ["0", "1", "2", "10"]), ["--use-adh=0"]], 7),
  seldom(given("-S", ["TLSv1", "TLSv1+", "TLSv1.1", "TLSv1.2", "TLSv1.2+", "TLSv1.3", "TLSv1.3+"]), 7),
  seldom(given("-L", ["ALL:@SECLEVEL=0", "ADH:@SECLEVEL=0", "HIGH", "AES128-SHA256", ""]), 9),
];

/** How many run at a time. With many more the plugins' time-outs would pass before they have begun. */
const AT_ONCE = 12;

/** Also left to the plugin when run: what only its OpenSSL or its memory can tell. */
const IS_ODD = /because (?:the length of a packet came in two TLS records|OpenSSL does not take .*)$/;

async function expectSameAnswers(lines: Iterable<readonly string[]>): Promise<void> {
  const plugin = findPlugin("check_nrpe") ?? "";
  const compared = await compareWithPlugin(checkNrpe, plugin, lines, { atOnce: AT_ONCE, report });
  expect(compared.differences).toEqual([]);
  expect(
    compared.declined.filter((answer) => ![IS_TO_BE_LEFT, IS_ODD].some((each) => each.test(answer))),
  ).toEqual([]);
  expect(compared.left).toEqual([]);
}

function at(ports: readonly number[], words: readonly string[] = []): Choices {
  return ports.flatMap((port) => [
    ["-H", "127.0.0.1", "-p", String(port), ...words],
    ["--host=localhost", `--port=${port}`, ...words],
  ]);
}

/** Ways to speak TLS. The one without a certificate is that of old daemons. */
const TLS: readonly TlsOptions[] = [
  createCertificate({ commonNames: ["daemon"], notAfter: inDays(100) }),
  { ...createCertificate({ notAfter: inDays(100), algorithm: "rsa" }), maxVersion: "TLSv1.2" },
  { ciphers: "ADH:@SECLEVEL=0", maxVersion: "TLSv1.2", dhparam: "auto" },
];

describe.skipIf(!hasServer("check_nrpe") || !hasServer("nrpe"))("the same answers as the plugin", () => {
  const timeout = 60_000 + 400 * RUNS;
  let nrpe: Nrpe;
  let nobody = 0;
  const plain: number[] = [];
  const secure: number[] = [];
  const slow: { readonly plain: number[]; readonly secure: number[] } = { plain: [], secure: [] };
  beforeAll(async () => {
    nrpe = await startNrpe();
    nobody = await freePort();
    for (const [index, serve] of DAEMONS.entries()) {
      plain.push(await servers.tcp(serve));
      secure.push(await servers.tls(TLS[index % TLS.length] ?? {}, serve));
    }
    plain.push(await servers.tcp(RESETTING));
    for (const serve of SLOW_DAEMONS) {
      slow.plain.push(await servers.tcp(serve));
      slow.secure.push(await servers.tls(TLS[0] ?? {}, serve));
    }
  });
  afterAll(async () => {
    report.print();
    await servers[Symbol.asyncDispose]();
    await nrpe[Symbol.asyncDispose]();
  });

  const every = (part: number, ...rows: readonly Choices[]) => randomLines(rows, { count: share(part) });

  it("of Debian's daemon", { timeout }, async () => {
    const { certificate, key, authority } = nrpe.files;
    const files = ["-C", certificate, "-K", key];
    const places = [
      ...at([nrpe.port]),
      ...at([nrpe.plainPort], ["-n"]),
      ...at([nrpe.certificatePort], files),
      ...at([nrpe.certificatePort], [...files, "-A", authority]),
      ...at([nrpe.certificatePort], [...files, "-A", certificate]),
      ...at([nrpe.port], ["-A", authority]),
    ];
    await expectSameAnswers(every(0.2, places, ...TLS_OPTIONS, ...OPTIONS, ARGUMENTS));
  });

  it("of Debian's daemon as configurations call it", { timeout }, async () => {
    const macros = {
      HOST: ["127.0.0.1", "localhost"],
      COMMAND: COMMANDS,
      TIMEOUT: ["10", "20", "30", "60"],
      STATE: ["3", "UNKNOWN", "WARNING"],
      ARG: ARGS,
    };
    const lines = realLines(NRPE_FORMS, macros, { count: share(0.3) });
    await expectSameAnswers(lines.map((words) => [...["-p", String(nrpe.port)], ...words]));
  });

  it("of odd daemons", { timeout }, () =>
    expectSameAnswers(every(0.25, at([...plain, nobody], ["-n"]), ...OPTIONS, ARGUMENTS)),
  );

  it("of odd daemons over TLS", { timeout }, () =>
    expectSameAnswers(every(0.17, at([...secure, ...plain.slice(0, 3), nobody]), ...OPTIONS, ARGUMENTS)),
  );

  it("of slow daemons", { timeout }, () => {
    const places = [...at(slow.plain, ["-n"]), ...at(slow.secure), ...at(slow.plain)];
    const times = given("-t", ["2", "2:3", "2:OK", "2:1"]);
    return expectSameAnswers(every(0.04, places, times, OPTIONS[1] ?? [], seldom([["-u"]])));
  });

  it.each(CUTS)("where a daemon's bytes come $how", { timeout }, async ({ cut }) => {
    await using cutters = new AsyncDisposableStack();
    const cutUp = async (port: number) => cutters.use(await Cutter.to(port, cut)).port;
    const places = await Promise.all(plain.slice(0, 20).map(cutUp));
    const tlsPlaces = await Promise.all([...secure.slice(0, 8), nrpe.port].map(cutUp));
    const rows = [[...at(places, ["-n"]), ...at(tlsPlaces)], [["-t", "40"]], OPTIONS[1] ?? []];
    await expectSameAnswers(every(0.02, ...rows));
  });

  it("at odd places", { timeout }, () => {
    const hosts = [
      "255.255.255.255",
      "::1",
      "no.such.host.invalid",
      `${"x".repeat(70)}.${"y".repeat(60)}`,
      "127.1",
    ];
    const odd: Choices = [
      ...hosts.map((host) => ["-H", host, "-p", String(nobody), "-n"]),
      ["-H", "::1", "-4", "-p", "1"],
      ["-H", "127.0.0.1", "-6"],
      ["-H", "localhost", "-p", "65537"],
    ];
    return expectSameAnswers(every(0.02, odd, ...OPTIONS.slice(1), ARGUMENTS));
  });
});
