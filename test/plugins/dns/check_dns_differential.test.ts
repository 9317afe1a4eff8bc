import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { mayHaveNames, NAME_FILES, runWithNames } from "../../support/processes/name-namespace.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { type Choices, type Comparison, RUNS, randomLines, SEED, seldom, share } from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import { DNS_FORMS } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";
import { SERVERS } from "./dns-run.ts";
import { ODD_ANSWERS } from "./odd-name-server.ts";

const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);

const OF_BIND = [
  "one",
  "two",
  "both",
  "six",
  "mail",
  "alias",
  "chain",
  "dead",
  "out",
  "nowhere",
  "a.wild",
  "TWO",
  "large",
];
const NAMES = [
  ...OF_BIND.map((name) => `${name}.example.test`),
  ...["one.example.test.", "x.closed.test", "example.test", "single"],
];
const REVERSED = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.99", "10.0.0.1"];
const ODD_NAMES = [
  "-x",
  "a b",
  "",
  "..",
  "a..b",
  "caf\xc3\xa9.test",
  "x".repeat(70),
  "::1",
  "127.1",
  "1.in-addr.arpa",
  "exit",
];
/** Answers for which the plugin and the check wait for seconds. */
const WAITING = ["silent", "empty", "short", "stranger", "question"];

const EXPECTED = [
  ...[
    "192.0.2.1",
    "192.0.2.2",
    "192.0.2.0/24",
    "192.0.2.2,192.0.2.12",
    "10.0.0.0/8",
    "0.0.0.0/8",
    "localhost.",
  ],
  ...["2001:db8::3", "192.0.2.1/32", "", "2001:db8::7", "192.0.2.7,192.0.2.4,192.0.2.30", "192.0.2.128/2"],
];

const OPTIONS: readonly Choices[] = [
  seldom([...given("-a", EXPECTED), ["--expected-address=192.0.2.7"]], 4),
  seldom(given("-a", [...EXPECTED, "192.0.2.1/33", "x/y"]), 8),
  seldom([["-L"], ["--all"]], 6),
  seldom([["-n"], ["--expect-nxdomain"]], 8),
  seldom([["-A"], ["--expect-authority"]], 7),
  seldom([...given("-w", ["100", "0", "100:", "@0:50", "x"]), ["--warning=30"]], 6),
  seldom([...given("-c", ["100", "0", "200:", "~:9"]), ["--critical=60"]], 6),
  seldom([["-t", "9"], ["-to", "8"], ["--timeout=7"], ["-t", "x"], ["-v"], ["-w", "10:5"]], 8),
];

const report = new FamilyReport("check_dns");
const isThere = hasServer("named") && hasServer("check_dns") && mayHaveNames();

// Each has a network and a process of its own.
describe.skipIf(!isThere)("the same answers as the plugin", { concurrent: true }, () => {
  afterAll(() => report.print());
  const timeout = 180_000 + 150 * RUNS;

  async function expectSame(
    lines: Iterable<readonly string[]>,
    {
      mayLeave,
      resolvConf = `nameserver ${SERVERS.bind}\n`,
    }: { readonly mayLeave: number; readonly resolvConf?: string },
  ): Promise<void> {
    const files = { ...NAME_FILES, "resolv.conf": resolvConf };
    const prepare = (folder: string) => writeFileSync(join(folder, "lines.json"), JSON.stringify([...lines]));
    const printed = await runWithNames(join(import.meta.dirname, "dns-run.ts"), [], { files, prepare });
    const compared: Comparison = JSON.parse(printed);
    report.add(compared);
    expect(compared.differences).toEqual([]);
    const left = compared.executed + compared.declined.length;
    expect(left).toBeLessThanOrEqual(mayLeave * (left + compared.equal));
  }
  const server = (address: string): Choices => [["-s", address], ["-s", address], [`--server=${address}`]];

  it("of BIND", { timeout }, () => {
    const names = given("-H", [...NAMES, ...REVERSED, ...ODD_NAMES]);
    return expectSame(
      randomLines([names, [...server(SERVERS.bind), []], ...OPTIONS], { count: share(0.35) }),
      {
        mayLeave: 0.6,
      },
    );
  });

  it("of an odd server", { timeout }, () => {
    const names = Object.keys(ODD_ANSWERS).filter((name) => !WAITING.includes(name));
    const lines = randomLines(
      [
        given(
          "-H",
          names.map((name) => `${name}.odd.test`),
        ),
        server(SERVERS.odd),
        ...OPTIONS,
      ],
      { count: share(0.35) },
    );
    return expectSame(lines, { mayLeave: 0.6 });
  });

  it("of a server whose answers are made up", { timeout }, () => {
    const count = process.env["DIFFERENTIAL_RUNS"] === undefined ? 48 : RUNS;
    const names = Array.from({ length: count }, (_, at) => `made-${SEED * 100_000 + at}.odd.test`);
    const lines = names.map((name) => ["-H", name, "-s", SERVERS.odd, "-t", "3"]);
    return expectSame(lines, { mayLeave: 0.95 });
  });

  it("of servers that do not answer", { timeout }, () => {
    const silent = given(
      "-H",
      WAITING.map((name) => `${name}.odd.test`),
    );
    const lines = [
      ...randomLines([silent, server(SERVERS.odd), given("-t", ["1", "6"]), ...OPTIONS], {
        count: share(0.03),
      }),
      ...randomLines([given("-H", NAMES), server(SERVERS.nobody), ...OPTIONS], { count: share(0.06) }),
      ["-H", "silent.odd.test", "-s", SERVERS.odd, "-t", "30"],
      ["-H", "silent.odd.test", "-s", SERVERS.odd],
      ["-H", "one.example.test", "-s", "::1"],
      ["-H", "one.example.test", "-s", "192.0.2.53", "-t", "3"],
    ];
    return expectSame(lines, { mayLeave: 0.8 });
  });

  it("with domains to search, and several servers", { timeout }, () => {
    const resolvConf = `search example.test odd.test\nnameserver ${SERVERS.odd}\nnameserver ${SERVERS.bind}\noptions ndots:2\n`;
    const names = given("-H", [
      ...NAMES,
      "one",
      "usual",
      "usual.odd.test.",
      "norecursion.odd.test.",
      "servfail.odd.test.",
    ]);
    return expectSame(
      randomLines([names, [...server(SERVERS.bind), [], []], ...OPTIONS], { count: share(0.06) }),
      {
        resolvConf,
        mayLeave: 1,
      },
    );
  });

  it("as configurations call it", { timeout }, () => {
    const macros = {
      NAME: [...NAMES, "127.0.0.1", "usual.odd.test"],
      SERVER: [SERVERS.bind, SERVERS.bind, SERVERS.bind, SERVERS.nobody],
      ADDRESS: ["192.0.2.1", "192.0.2.2,192.0.2.12", "localhost.", "192.0.2.0/24"],
      WARN: ["50", "100"],
      CRIT: ["200", "300"],
    };
    return expectSame(realLines(DNS_FORMS, macros, { count: share(0.2) }), { mayLeave: 0.2 });
  });
});
