import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkSnmp } from "../../../plugins/snmp/check_snmp.ts";
import { hasIpv6 } from "../../support/processes/icmp-socket.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { type AgentObject, INTEGER, OCTETS, SnmpAgent } from "../../support/servers/snmp-agent.ts";
import { Snmpd } from "../../support/servers/snmpd.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { type Choices, compareWithPlugin, RUNS, randomLines, seldom, share } from "../differential.ts";
import { FamilyReport } from "../family-report.ts";
import { SNMP_FORMS } from "../real-forms.ts";
import { realLines } from "../real-lines.ts";
import { UnreliableAgent } from "./unreliable-agent.ts";

const plugin = findPlugin("check_snmp") ?? "";
const given = (option: string, values: readonly string[]): Choices => values.map((value) => [option, value]);
const ENTERPRISE = ".1.3.6.1.4.1.99999";

const RANGES = [
  ..."10 0:100 ~:5 @1:50 10:5 abc -20:30 5: :7 @-20:-10 1e2:2e2 41.9 x5:7 ~: @10:5 5:-3 4000000000 0x10:0x20".split(
    " ",
  ),
  ...["", ",", "10,20", ",-10:", "0:,,5", "1:10,,,,,", "a b 7,10:", "0,~:3,@0:99"],
];
const TEXTS = [
  '"natlab"',
  "natlab",
  "-15",
  '"42"',
  "10.1.2.3",
  "",
  "No Such Instance currently exists at this OID",
];
const EXPRESSIONS = [
  "plain",
  "15$",
  "^ = INTEGER",
  "^-15",
  '"',
  "[0-9]+\\.",
  "T(EX|ex)T",
  "STRING: .*4",
  "^$",
  "Counter",
];

const OPTIONS: readonly Choices[] = [
  seldom(given("-w", RANGES), 4),
  seldom(given("-c", RANGES), 5),
  seldom(given("-s", TEXTS), 7),
  seldom([...given("-r", EXPRESSIONS), ...given("-R", EXPRESSIONS)], 7),
  seldom([...given("-r", EXPRESSIONS), ...given("--string", TEXTS)], 8),
  seldom([["--invert-search"], ["--inv"]], 8),
  seldom(
    given("-l", [
      "a",
      "my label",
      "x=y",
      "it's",
      "a,b,c",
      "'one','two'",
      "a,",
      ",b",
      'say "x"',
      " a , b",
      "caf\xc3\xa9",
    ]),
    6,
  ),
  seldom(given("--label", ["z", "y,x"]), 8),
  seldom(given("-u", ["B", "u one", "C,%", "'a b'", "a,", ""]), 7),
  seldom([...given("-D", [" / ", "", "|"]), ["--output-delimiter=, "]], 8),
  seldom([["-O"], ["--perf-oids"]], 8),
  seldom([...given("-M", ["8", "0.001", "1", "abc", "1,5", "2.5", "0"]), ["--multiplier=10"]], 7),
  seldom([...given("-f", ["%.2f", "%.0f", "%g", "x%08.3fy", "%+e"]), ["--fmtstr=%5.1f"]], 8),
  seldom([["--offset=10"], ["--offset", "-50.5"], ["--offset=x"]], 8),
  seldom(given("-z", ["0", "1", "2", "3"]), 8),
  seldom([["-4"], ["-6"], ["--ipv4"], ["--ipv6"]], 8),
  seldom([["-t5"], ["--timeout=20"], ["-to", "8"]], 8),
];

/** What configurations ask of an agent. */
const MACROS = {
  HOST: ["127.0.0.1", "127.0.0.1", "localhost"],
  COMMUNITY: ["public", "public", "private", "a secret"],
  INDEX: ["1", "2", "10"],
  WARN: RANGES,
  CRIT: RANGES,
  NUMBER: ["1", "10", "42", "90", "1000000"],
  LABEL: ["load", "Temp", "disk space", "Uptime is"],
  UNIT: ["%", "C", "kB free", "ms"],
  TEXT: ["up", "natlab", '"natlab"', "OK", "42"],
  PASSWORD: ["authpass123", "authpass123", "not the password"],
};

const VALUES = Array.from({ length: 19 }, (_, at) => `${ENTERPRISE}.${at + 1}.0`);
const SYSTEM = [".1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.6.0", ".1.3.6.1.2.1.1.4.0"];
const MISSING = [`${ENTERPRISE}.77.0`, ".1.3.6.1.2.1.1.99.0", ".1.3.9.9"];
const NAMES = [...VALUES, ...VALUES, ...SYSTEM, ...MISSING];

const report = new FamilyReport("check_snmp");
const timeout = 60_000 + 300 * RUNS;

describe.skipIf(plugin === "" || !hasServer("snmpd"))("check_snmp answers as the plugin does", () => {
  let snmpd: Snmpd;
  beforeAll(async () => {
    snmpd = await Snmpd.start();
  });
  afterAll(async () => {
    report.print();
    await snmpd[Symbol.asyncDispose]();
  });

  it("about lines as configurations have them", { timeout }, async () => {
    const forms = realLines(SNMP_FORMS, { ...MACROS, OID: NAMES }, { count: share(0.25) });
    const lines = Array.from(forms, (words) => [...words, "-p", String(snmpd.port), "-t", "2", "-e", "1"]);
    const { executed, differences } = await compareWithPlugin(checkSnmp, plugin, lines, { report });
    expect(differences).toEqual([]);
    expect(executed).toBeLessThan(lines.length / 20);
  });

  it("about an agent behind an unreliable network", { timeout }, async () => {
    await using agent = await UnreliableAgent.start();
    const rows = [[[], ["-P", "2c"], ["-P", "2c", "-n"]], ...OPTIONS.slice(0, 6)];
    // Each line has an object of its own, so the agent knows which questions are asked again.
    const lines = Array.from(randomLines(rows, { count: share(0.15) }), (words, at) => [
      ...["-H", "127.0.0.1", "-p", String(agent.port), "-t", "1", "-e", "2"],
      ...["-o", `${ENTERPRISE}.${at % agent.kinds}.${at}`, ...words],
    ]);
    const compared = await compareWithPlugin(checkSnmp, plugin, lines, { report, atOnce: 32 });
    expect(compared.differences).toEqual([]);
    const unread = /because an answer net-snmp could not read$/;
    expect(compared.declined.filter((answer) => !unread.test(answer))).toEqual([]);
  });

  it(
    "about the values of a real snmpd",
    async () => {
      const names = NAMES;
      const user = (name: string, ...words: readonly string[]) => [
        "-P",
        "3",
        "-U",
        name,
        ...words,
        "-A",
        "authpass123",
      ];
      const rows = [
        [["-H", "127.0.0.1"], ["--hostname=127.0.0.1"], ["-H", "localhost"]],
        [["-p", String(snmpd.port)]],
        [
          ...[[], ["-P", "1"], ["-P", "1", "-C", "public"]],
          ...[["-P", "2c"], ["-P2c"], ["--protocol=2c", "--community", "private"]],
          ["-P", "3", "-U", "nouser"],
          user("shaonly", "-L", "authNoPriv", "-a", "SHA"),
          user("sha256only", "-L", "authNoPriv", "-a", "SHA-256"),
          user("shaaes", "-L", "authPriv", "-a", "SHA", "-x", "AES", "-X", "privpass123"),
          user("sha512aes", "-L", "authPriv", "-a", "SHA512", "-x", "AES128", "-X", "privpass123"),
          user("shaaes256", "-L", "authPriv", "-a", "SHA-1", "-x", "AES-256", "-X", "privpass123"),
          user("shaaes256c", "-L", "authPriv", "-a", "SHA1", "-x", "AES-256-C", "-X", "privpass123"),
          user("shaaes", "-L", "authPriv", "-a", "SHA", "-x", "AES", "-X", "privpass123", "-N", ""),
          user("shaaes", "-L", "authPriv", "-a", "sha", "-x", "aes", "-X", "privpass123"),
          ...["MD5", "SHA", "SHA-512"].map((name) =>
            user(
              `${name.toLowerCase().replace("-", "")}aes192c`,
              ...["-L", "authPriv", "-a", name, "-x", "AES-192-C", "-X", "privpass123"],
            ),
          ),
          user("md5aes192", "-L", "authPriv", "-x", "AES192", "-X", "privpass123"),
          user("shaaes192", "-L", "authPriv", "-a", "SHA", "-x", "aes-192", "-X", "privpass123"),
          user("sha256aes192", "-L", "authPriv", "-a", "sha256", "-x", "AES-192", "-X", "privpass123"),
          user("md5des", "-L", "authPriv", "-X", "privpass123"),
          user("shades", "-L", "authPriv", "-a", "SHA", "-x", "DES", "-X", "privpass123"),
          user("sha256des", "-L", "authPriv", "-a", "SHA-256", "-x", "des", "-X", "privpass123"),
          user(
            "sha256des",
            "-L",
            "authPriv",
            "-a",
            "SHA-256",
            "-x",
            "des",
            "-X",
            "otherpass123",
            "-t1",
            "-e0",
          ),
          user("sha256only", "-L", "authNoPriv", "-a", "SHA"),
          user("nobody", "-L", "authNoPriv", "-a", "SHA"),
          user("shaonly", "-L", "authPriv", "-a", "SHA", "-x", "AES", "-X", "privpass123"),
        ],
        seldom([["-n"], ["--next"]], 8),
        given("-o", names),
        seldom(given("-o", names), 6),
        seldom(
          names.map((name, at) => [
            "-o",
            `${name},${names[(at * 7) % names.length]},,${names[(at * 3) % names.length]}`,
          ]),
          6,
        ),
        ...OPTIONS,
        seldom([...given("-d", [")", "load", ": ", "STRING: ", "=", " = "]), ["--delimiter=a"]], 9),
      ];
      const count = share(0.35);
      const lines = randomLines(rows, { count });
      const { equal, executed, differences } = await compareWithPlugin(checkSnmp, plugin, lines, { report });
      expect(differences).toEqual([]);
      expect(equal + executed).toBe(count);
      expect(equal / count).toBeGreaterThan(0.9);
    },
    timeout,
  );

  it(
    "about answers that only an odd agent sends",
    async () => {
      await using agent = await SnmpAgent.start(({ names, version }) => {
        const objects = names.map(oddObject);
        const odd = objects.findIndex(({ tag }) => tag === STATUS);
        const [status = 0, index = 0] = objects[odd]?.content ?? [];
        if (odd < 0 || (version === 0 && status > 5))
          return { objects: objects.filter(({ tag }) => tag !== STATUS) };
        return {
          status,
          index: index === 0 ? 0 : index + odd,
          objects: names.map((name) => ({ name, tag: 5, content: NONE })),
        };
      });
      const names = ODD.map((_, at) => `${ENTERPRISE}.${at}.0`);
      const rows = [
        [["-H", "127.0.0.1", "-p", String(agent.port)]],
        [[], ["-P", "2c"], ["-P2c", "-C", "a secret"]],
        seldom([["-n"]], 8),
        given("-o", names),
        seldom(given("-o", names), 5),
        seldom(given("-o", names), 7),
        ...OPTIONS,
      ];
      const count = share(0.22);
      const lines = randomLines(rows, { count });
      const { equal, executed, differences } = await compareWithPlugin(checkSnmp, plugin, lines, { report });
      expect(differences).toEqual([]);
      expect(equal + executed).toBe(count);
    },
    timeout,
  );

  it("about hosts that do not answer", async () => {
    await using silent = await SnmpAgent.start(() => []);
    const hosts =
      "127.0.0.1 localhost 127.1 1 0x7f000001 300.1.1.1 240.0.0.1 255.255.255.255 no.such.host.invalid";
    const lines = hosts
      .split(" ")
      .flatMap((host) =>
        [[], ["-n"], ["-P", "3", "-U", "x"], ["-P", "3", "-U", "x", "-n"]].map((words) => [
          ...["-H", host, "-p", String(silent.port), "-o", ".1.3.6", "-t", "1", "-e", "0"],
          ...words,
        ]),
      );
    const times = ["-t 1 -e 2", "-t 4 -e 0", "-t 5 -e 0", "-t6 -e0", "-t 6 -e 0 -P 3 -U x"].map((time) => [
      ...["127.0.0.1", "ignored", "-p", String(silent.port), "-o", ".1.3.6", ...time.split(" ")],
    ]);
    const all = [...lines, ...times];
    const { differences, equal } = await compareWithPlugin(checkSnmp, plugin, all, {
      atOnce: all.length,
      report,
    });
    expect(differences).toEqual([]);
    expect(equal).toBe(all.length);
  });

  it.skipIf(!hasIpv6())("about IPv6", async () => {
    await using agent = await SnmpAgent.start(
      ({ names }) => ({ objects: names.map((name) => ({ name, tag: INTEGER, content: Buffer.from([1]) })) }),
      "::1",
    );
    const lines = ["[::1]", "udp6:[::1]", "[0:0:0:0:0:0:0:1]", "::1", "udp6:::1"].flatMap((host) =>
      [[], ["-6"], ["-P", "2c", "-n"]].map((words) => [
        ...["-H", host, "-p", String(agent.port), "-o", ".1.3.6", "-t", "1", "-e", "0"],
        ...words,
      ]),
    );
    const { differences, equal } = await compareWithPlugin(checkSnmp, plugin, lines);
    expect(differences).toEqual([]);
    expect(equal).toBe(9);
  });
});

/** Not a type. The answer is an error of this status and index, from this object on. */
const STATUS = 0xff;
const NONE = Buffer.alloc(0);

const octets = (text: string): readonly [number, Buffer] => [OCTETS, Buffer.from(text, "latin1")];
const hex = (tag: number, text: string): readonly [number, Buffer] => [tag, Buffer.from(text, "hex")];

/** The tag and content of the object with this number. */
const ODD: readonly (readonly [number, Buffer])[] = [
  octets("two\nlines"),
  octets('first "line\nsecond" line\nthird 5'),
  octets('"'),
  octets("\\"),
  octets('\\"\n\\\\'),
  octets("ends\n"),
  octets("\n"),
  octets("tab\there\r\f\v"),
  octets("del \x7f"),
  octets("nul\0"),
  octets("caf\xe9"),
  octets("exactly16 bytes\x01"),
  octets("more than sixteen bytes\x01, 17 of them"),
  octets("INTEGER: 5 in a text"),
  octets("Gauge: 7 Counter64: 8"),
  octets("a = b = 3"),
  octets("nan\nof"),
  octets("inf\n1e5"),
  octets("-"),
  octets("x".repeat(2000)),
  hex(2, "80000000"),
  hex(2, "7fffffff"),
  hex(2, "00"),
  hex(2, "00ffffffff"),
  hex(2, "ff"),
  hex(2, "0000000005"),
  hex(5, ""),
  hex(6, "2b"),
  hex(6, "00"),
  hex(6, "8837"),
  hex(6, "2b8fffffff7f"),
  hex(0x40, "ffffffff"),
  hex(0x41, "00ffffffff"),
  hex(0x42, "00ffffffff"),
  hex(0x43, "00ffffffff"),
  hex(0x43, "00"),
  hex(0x43, "0083d5ff"),
  hex(0x43, "0083d600"),
  hex(0x44, "9f780441400000"),
  hex(0x44, "9f7908400921fb54442d18"),
  hex(0x44, "9f760101"),
  hex(0x44, "9f7a01ff"),
  hex(0x44, "9f7b0101"),
  hex(0x44, "0403616263"),
  hex(0x46, "00ffffffffffffffff"),
  hex(0x46, "00"),
  hex(0x46, "ff"),
  hex(0x46, "80000000"),
  hex(0x44, "9f7b01ff"),
  hex(0x44, "9f7a088000000000000000"),
  hex(0x80, ""),
  hex(0x81, ""),
  hex(0x82, ""),
  hex(STATUS, "0201"),
  hex(STATUS, "0501"),
  hex(STATUS, "0500"),
  hex(STATUS, "0509"),
  hex(STATUS, "1001"),
  hex(STATUS, "6301"),
];

function oddObject(name: Buffer): AgentObject {
  const [tag, content] = ODD[name.at(-2) ?? 0] ?? octets("");
  return { name, tag, content };
}
