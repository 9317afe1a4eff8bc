import { afterAll, describe, expect, it } from "vitest";
import { checkFping } from "../../../plugins/icmp/check_fping.ts";
import { checkHost } from "../../../plugins/icmp/check_host.ts";
import { checkIcmp } from "../../../plugins/icmp/check_icmp.ts";
import { checkPing } from "../../../plugins/icmp/check_ping.ts";
import type { Check } from "../../../sdk/index.ts";
import { mayHaveNetwork } from "../../support/processes/network-namespace.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { type Choices, compareWithPlugin, RUNS, randomLines, SEED, seldom, share } from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import { runInNetwork } from "../network/network.ts";
import { type Line, TIMES } from "../network/network-run.ts";
import { FPING_FORMS, ICMP_FORMS, PING_FORMS, type RealForm } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";

const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);

/** The times are far from those of this machine, and the loss has every form. */
const ICMP_THRESHOLDS = [
  ...[
    "5000,50%",
    "5000.5,50%",
    "9s,20%",
    "9000ms,1%",
    "9000000us,100",
    "99,99,7%",
    "7777",
    "abc",
    "0,5%",
    "0",
  ],
  ...[
    "1.25s,300%",
    "260s,30",
    "7s,0x10%",
    "070000,010%",
    "5000,",
    "5000%,30",
    "12345.678,30%,",
    "5,60%",
    "88",
  ],
  ...["3000.09,60%", "3000.123456789s,5", "8100.5,90%", "9999999,90", "", "4000 ,7", "4294967296,9%"],
];

const ICMP_OPTIONS: readonly Choices[] = [
  seldom([...given("-w", ICMP_THRESHOLDS), ["-w9000,20%", "-w", "8000"]], 5),
  seldom(given("-c", ICMP_THRESHOLDS), 5),
  seldom(
    [...given("-n", ["1", "2", "20", "0x3", "010", "3x", "0", "", "65536"]), ["-p2"], ["-n", "3", "-p", "4"]],
    4,
  ),
  seldom([...given("-i", ["10", "1", "5ms", "1500us", "1.5", "1s", ""]), ["-i20"]], 6),
  seldom(given("-I", ["0", "10", "1ms", "", "a"]), 9),
  seldom(given("-m", ["0", "1", "2", "5", ""]), 7),
  seldom(given("-l", ["1", "64", "255", "0", "0x20"]), 8),
  seldom(given("-b", ["52", "100", "1000", "0x40"]), 8),
  seldom(given("-t", ["5", "0", "20x", ""]), 8),
  seldom([["-s", "127.0.0.1"], ["-s127.0.0.3"]], 9),
];

const HOSTS: Choices = [
  ["-H", "127.0.0.1"],
  ["127.0.0.1"],
  ["-H127.0.0.1"],
  ["-4", "localhost"],
  ["127.0.0.1", "127.0.0.2", "127.0.0.3"],
  ["-H", "127.0.0.1", "127.0.0.2", "-H", "127.0.0.3"],
  ["127.0.0.1", "-H", "127.0.0.1"],
  ["127.0.0.1", "0.0.0.0"],
  ["127.1"],
];
const HOSTS_6: Choices = [["::1"], ["-6", "-H", "::1"], ["-6H::1"], ["::1", "0:0::1"]];
const ODD_HOSTS: Choices = [
  ["no.such.host.invalid"],
  ["0.0.0.0"],
  ["255.255.255.255"],
  ["-6", "127.0.0.1"],
  ["127.0.0.1", "::1"],
  ["-4", "::1"],
  ["127.0.0.256"],
  ["-H", ""],
  ["-H", "", "-I", "a"],
  ["-H", "127.0.0.1", ""],
];

const PING_THRESHOLDS = ["5000,50%", "5000.5,50%", "7000:20%", "9999.123456,100%", "6000,,1%"];
const PING_OPTIONS: readonly Choices[] = [
  [
    ...given("-w", ["1000,10%", "0,100%", "0.00001,5%", "2000.25:0%"]),
    ["-w", "7%", "-w", "900"],
    ["-w900", "-w7%"],
  ],
  [...given("-c", PING_THRESHOLDS), ["--critical=6000,90%"], ["--crit", "0.00002,80%"]],
  seldom([["-p", "1"], ["-p1"], ["--packets=1"], ["--pack", "1"]], 0),
  seldom([["-L"], ["-n"], ["--link"], ["-nohtml", "-L"], ["-Ln"], ["--nohtml"]], 6),
  seldom([["-t", "5"], ["-to", "7"], ["--timeout=3"]], 7),
  seldom([["-4"], ["--use-ipv4"], ["-6"]], 8),
];
const PING_HOSTS: Choices = [
  ["-H", "127.0.0.1"],
  ["--hostname=127.0.0.1"],
  ["127.0.0.1"],
  ["-H", "localhost"],
  ["-H", "::1"],
  ["-H", "127.0.0.1,127.0.0.2"],
  ["-H", "127.0.0.1", "-H", "::1"],
  ["-H", "no.such.host.invalid"],
  ["-H", "127.0.0.1,no.such.host.invalid"],
];

const FPING_THRESHOLDS = [
  "5000,50%",
  "50%,5000",
  "50%",
  "5000",
  "20%:7000.5",
  "abc",
  "0%",
  "6000,abc%",
  "0,0%",
];
const FPING_OPTIONS: readonly Choices[] = [
  seldom([...given("-w", FPING_THRESHOLDS), ["--warning=7000,9%"], ["-w9%", "-w", "7"]], 4),
  seldom([...given("-c", FPING_THRESHOLDS), ["--crit=7000,9%"]], 4),
  seldom(
    [
      ["-n", "2", "-i", "90"],
      ["-n3", "-i90", "-T", "400"],
      ["--number=2", "--interval=100"],
      ["-n", "1"],
    ],
    5,
  ),
  seldom([["-a"], ["--alive"]], 7),
  seldom(given("-b", ["16", "100", "1000"]), 8),
];
const FPING_HOSTS: Choices = [
  ["-H", "127.0.0.1"],
  ["--hostname=127.0.0.1"],
  ["-H", "localhost"],
  ["-H", "::1"],
  ["-6", "-H", "::1"],
  ["-H", "no.such.host.invalid"],
];
const FPING_FAMILIES: readonly Choices[] = [
  [[], ["-4"], ["-6"], ["--use-ipv6", "-4"]],
  given("-H", ["localhost", "127.0.0.1", "::1", "0:0::1", "no.such.host.invalid", "::ffff:127.0.0.1"]),
  [[], ["-4"], ["-6"]],
];
const FPING_FIRST: Choices = [["127.0.0.1"], ["localhost"], ["::1"], ["localhost", "-6"], ["::1", "-4"]];

const MACROS = {
  HOST: ["127.0.0.1", "127.0.0.1", "127.0.0.2", "localhost"],
  FEW: ["1", "1", "2", "3"],
  WARN: ["3000.0,80%", "5000,20%", "1000,60%", "2000.5,60%"],
  CRIT: ["5000.0,100%", "9000,80%", "7000.0,80%"],
};

const report = new FamilyReport("check_icmp, check_host, check_ping and check_fping");
afterAll(() => report.print());

function expectSameAnswers(check: Check, rows: readonly Choices[], part: number) {
  return expectSameLines(check, randomLines(rows, { count: share(part) }));
}

function expectSameForms(check: Check, forms: readonly RealForm[], part: number) {
  return expectSameLines(check, realLines(forms, MACROS, { count: share(part) }));
}

async function expectSameLines(check: Check, lines: Iterable<readonly string[]>) {
  const options = { rules: [TIMES], atOnce: 16, report };
  const compared = await compareWithPlugin(check, findPlugin(check.name) ?? "", lines, options);
  expect(compared.differences).toEqual([]);
  return compared;
}

const timeout = 60_000 + 200 * RUNS;

/**
 * The lines are always the same, so a line that differs only once had to wait for a processor while its time
 * ran out.
 */
const SURELY = { timeout, retry: 1 };

describe.skipIf(!hasServer("check_dummy"))("on this machine, the same answers as", { timeout }, () => {
  it.concurrent.each([
    { check: checkIcmp, name: "check_icmp", hosts: HOSTS },
    { check: checkHost, name: "check_host", hosts: HOSTS },
  ])("$name", async ({ check, hosts }) => {
    const { executed, equal } = await expectSameAnswers(check, [hosts, ...ICMP_OPTIONS], 0.15);
    expect(executed).toBeLessThan(equal / 3);
    const { executed: ofForms } = await expectSameForms(check, ICMP_FORMS, 0.06);
    expect(ofForms).toBe(0);
  });

  it.concurrent.each([checkIcmp, checkHost])("$name at odd places, and over IPv6", async (check) => {
    const options = ICMP_OPTIONS.filter((row) => !row.flat().includes("-s"));
    await expectSameAnswers(check, [[...ODD_HOSTS, ...HOSTS_6], ...options], 0.05);
  });

  it.concurrent("check_ping", async () => {
    await expectSameAnswers(checkPing, [PING_HOSTS, ...PING_OPTIONS], 0.1);
    const { executed } = await expectSameForms(checkPing, PING_FORMS, 0.1);
    expect(executed).toBe(0);
  });
});

describe.skipIf(!hasServer("check_fping") || !hasServer("fping"))(
  "on this machine, the same answers as",
  { timeout },
  () => {
    it.concurrent("check_fping", async () => {
      await expectSameAnswers(checkFping, [FPING_HOSTS, ...FPING_OPTIONS], 0.05);
      const { executed, equal } = await expectSameAnswers(checkFping, FPING_FAMILIES, 0.03);
      expect(executed).toBeLessThan(equal / 3);
      await expectSameAnswers(checkFping, [FPING_FIRST, ...FPING_OPTIONS], 0.02);
      await expectSameForms(checkFping, FPING_FORMS, 0.04);
    });
  },
);

/** What responder.pl does. The arguments are bits for the requests that are meant, or a type and code. */
const KINDS: readonly { readonly kind: number; readonly arguments: readonly number[] }[] = [
  { kind: 1, arguments: [0, 1, 2, 3, 4, 5, 0x55, 0xff] },
  { kind: 2, arguments: [1, 2, 3, 0xff] },
  {
    kind: 3,
    arguments: [...Array.from({ length: 16 }, (_, code) => 3 * 16 + code), 11 * 16, 11 * 16 + 1, 12 * 16],
  },
  { kind: 4, arguments: [1, 2, 4, 6] },
  { kind: 5, arguments: [0] },
];

type Pinging = "check_fping" | "check_host" | "check_icmp" | "check_ping";

const NETWORK_OPTIONS: Readonly<Record<Pinging, readonly Choices[]>> = {
  check_icmp: [
    [["-n1"], ["-n2"], ["-n3"], ["-n6"], ["-n5"]],
    [["-i80"], ["-i90"]],
    [
      ["-c", "400,50%"],
      ["-c", "400,80%", "-w", "390,1%"],
      ["-c", "410,34%", "-w", "380,33%"],
    ],
    seldom([["-m1"], ["-m0"]], 7),
  ],
  check_host: [
    [["-n1"], ["-n3"]],
    [["-i50"], ["-i30"]],
    [
      ["-c", "100,100%"],
      ["-c100,50%", "-w", "99,20%"],
    ],
    [["-t1"]],
  ],
  // Where the time is up just when the next request is due, ping may or may not send that request.
  check_ping: [
    [["-p1"], ["-p2"]],
    [["-w", "5000,20%"]],
    [
      ["-c", "9000,60%"],
      ["-c", "9000,50%"],
    ],
    [["-t", "4"]],
  ],
  check_fping: [
    [["-n1"], ["-n2"], ["-n4"], ["-n5"]],
    [["-i90"], ["-i90", "-T", "400"], ["-a", "-i90"]],
    [["-w", "500,20%", "-c", "600,60%"], ["-w49%"]],
  ],
};

/** Each address is used once, because the responder counts the requests to an address. */
function* networkLines(check: Pinging, count: number, seed: number): Generator<Line> {
  const addresses = KINDS.flatMap(({ kind, arguments: all }) =>
    all.map((argument) => `10.${kind}.${argument}`),
  );
  const times = new Map<string, number>();
  const rows = [addresses.map((address) => [address]), ...NETWORK_OPTIONS[check]];
  for (const [address = "", ...options] of randomLines(rows, { count, seed })) {
    const time = (times.get(address) ?? seed * 50) + 1;
    times.set(address, time);
    yield { check, argv: ["-H", `${address}.${time}`, ...options] };
  }
}

const HOSTS_WITHOUT_ROUTE = [
  "192.0.2.5",
  "192.0.2.9",
  "203.0.113.1",
  "2001:db8::5",
  "2001:db8::9",
  "2001:db8:1::1",
];
/** Addresses that are complete only with an interface. */
const HOSTS_OF_A_LINK = ["fe80::1", "febf::1", "ff02::1", "ff05::1"];
const SHORT: Readonly<Record<Pinging, readonly string[]>> = {
  check_icmp: ["-n2", "-i20", "-c", "100,80%"],
  check_host: ["-n2", "-i20", "-t1"],
  check_ping: ["-p1", "-w", "5000,20%", "-c", "9000,60%", "-t1"],
  check_fping: ["-n2", "-i90"],
};

/** With so many lines each reason to leave one is met. */
const ENOUGH_TO_MEET_ALL = 75;

/** The error "fragment reassembly time exceeded". Only a process with a capability receives it. */
const KEPT_BY_THE_KERNEL = `10.3.${11 * 16 + 1}.`;

const hasPrograms = (["check_dummy", "check_fping", "fping", "ip"] as const).every(hasServer);

describe.skipIf(!hasPrograms || !mayHaveNetwork())(
  "in a network of loss, repeated replies, routers' errors and no routes",
  () => {
    it.concurrent("the same answers as the plugins, whatever the right to send", SURELY, async () => {
      const checks = ["check_icmp", "check_host", "check_ping", "check_fping"] as const;
      const lines = checks.flatMap((check, at) => [
        ...networkLines(check, Math.max(ENOUGH_TO_MEET_ALL, share(0.05)), at + SEED - 1),
        ...[...HOSTS_WITHOUT_ROUTE, ...HOSTS_OF_A_LINK].map((host) => ({
          check,
          argv: ["-H", host, ...SHORT[check]],
        })),
      ]);
      const [raw, unprivileged] = await Promise.all([
        runInNetwork("capability", { lines, compares: true }),
        runInNetwork("group", { lines, compares: false }),
      ]);
      const plugins = raw.results.map(({ plugin }) => plugin);
      for (const { results } of [raw, unprivileged]) {
        const all = results
          .map((result, at) => ({ ...result, plugin: plugins[at] }))
          .filter(({ argv }) => results === raw.results || !argv[1]?.startsWith(KEPT_BY_THE_KERNEL));
        const answered = all.filter(({ native }) => typeof native !== "string");
        if (results === raw.results) reportNetwork(answered.length, all.length - answered.length);
        expect(
          answered.filter(({ native, plugin }) => JSON.stringify(native) !== JSON.stringify(plugin)),
        ).toEqual([]);
        const left = new Set(all.flatMap(({ native }) => (typeof native === "string" ? native : [])));
        expect(left).toEqual(
          new Set([
            "several errors of which only fping knows the order",
            "an address that needs an interface",
          ]),
        );
      }
    });
  },
);

/** The process in the namespace compares by itself. */
function reportNetwork(equal: number, left: number): void {
  const declined = Array.from({ length: left }, () => "");
  report.add({ equal, executed: 0, declined, left: [], differences: [] });
}
