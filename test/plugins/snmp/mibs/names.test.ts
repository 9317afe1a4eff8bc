import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { checkSnmp } from "../../../../plugins/snmp/check_snmp.ts";
import { SharedValues } from "../../../../sdk/shared.ts";
import { runCheck } from "../../../../sdk/testing.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { hasServer } from "../../../support/servers/installed.ts";
import { SnmpAgent } from "../../../support/servers/snmp-agent.ts";
import { Snmpd } from "../../../support/servers/snmpd.ts";
import { execute, findPlugin } from "../../core/real-plugins.ts";
import { normalise } from "../../oracle.ts";

const plugin = findPlugin("check_snmp") ?? "";
/** MIBs of the net-snmp package, which a site would have from its vendors. */
const PACKAGE_MIBS = join(dirname(createRequire(import.meta.url).resolve("net-snmp")), "lib/mibs");
const ENTERPRISE = ".1.3.6.1.4.1.99998";
const UPTIME = [/Timeticks: \([0-9]+\) [0-9:.]+/g, "UPTIME"] as const;
const ERROR = "External command error: ";

let folder = "";
let shared: SharedValues;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "omd-worker-mibs-"));
  mkdirSync(join(folder, "mibs"));
  vi.stubEnv("HOME", folder);
  vi.stubEnv("MIBDIRS", join(folder, "mibs"));
  shared = new SharedValues({ log: () => {} });
});
afterEach(async () => {
  await shared[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function addMibs(): void {
  for (const name of readdirSync(PACKAGE_MIBS))
    copyFileSync(join(PACKAGE_MIBS, name), join(folder, "mibs", name));
  copyFileSync(new URL("TEST-MIB.txt", import.meta.url), join(folder, "mibs/TEST-MIB.txt"));
}

/** The answers of the plugin and of the worker, of which the latter is a reason where it declines. */
async function both(
  line: string | readonly string[],
): Promise<{ readonly plugin: string; readonly native: string }> {
  const argv = typeof line === "string" ? line.split(" ") : line;
  const environment = ["HOME", "MIBDIRS"].map((name) => [name, process.env[name] ?? ""] as const);
  const [real, native] = await Promise.all([
    execute({ words: [plugin, ...argv], environment }),
    runCheck(checkSnmp, argv, { shared, timeoutMs: 60_000 }).then(
      ({ returnCode, output }) => `${returnCode} ${normalise(output, [UPTIME])}`,
      String,
    ),
  ]);
  if (real.kind !== "exited") throw new Error(`the plugin ${real.kind}`);
  return { plugin: `${real.returnCode} ${normalise(real.stdout, [UPTIME])}`, native };
}

async function expectEqual(line: string | readonly string[]): Promise<string> {
  const { plugin: real, native } = await both(line);
  expect(native, `${line}`).toBe(real);
  return native;
}

describe.skipIf(plugin === "" || !hasServer("snmpd"))(
  "names of objects, on a real snmpd",
  { timeout: 60_000 },
  () => {
    let snmpd: Snmpd;
    beforeAll(async () => {
      snmpd = await Snmpd.start();
    });
    afterAll(() => snmpd[Symbol.asyncDispose]());
    const at = (rest: string) => `-H 127.0.0.1 -p ${snmpd.port} -P 2c ${rest}`;

    it.each([
      ["-o sysName.0 -m :", "sysName.0: Unknown Object Identifier (Sub-id not found: (top) -> sysName)"],
      ["-o sysName.0 -o sysUpTime.0 -n -m IF-MIB", ""],
      ["-o ifOperStatus.1 -m RFC1213-MIB", "ifOperStatus.1: Unknown Object Identifier"],
      ["-o sysUpTime.0", "sysUpTime.0: Unknown Object Identifier"],
      ["-o .1.3.6.1.2.1.1.5.0 -o nothing", "nothing: Unknown Object Identifier"],
      ["-o SNMPv2-MIB::sysName.0 -P 3 -U nouser", "Cannot find module (SNMPv2-MIB)"],
    ])("without MIBs %s is an error", async (line, said) => {
      if (said === "") return expect(checkSnmp.understand(at(line).split(" "))).toBeUndefined();
      const native = await expectEqual(at(line));
      expect(native).toContain(`3 ${ERROR}`);
      expect(native).toContain(said);
    });

    it.each([
      ["-o sysName.0", "0 SNMP OK - natlab | "],
      ["-o sysUpTime.0", "0 SNMP OK - UPTIME | "],
      ["-o sysName.0 -m RFC1213-MIB", '0 SNMP OK - "natlab" | '],
      ["-o sysName.0,sysLocation.0 -s natlab -m SNMPv2-MIB", "0 SNMP OK - natlab Rack 7 | "],
      ["-o SNMPv2-MIB::sysName.0 -O", "0 SNMP OK - natlab | "],
      ["-o ifOperStatus.1 -m RFC1213-MIB", "0 SNMP OK - up(1) | "],
      ["-o ifOperStatus.1 -r 1 -m RFC1213-MIB", "0 SNMP OK - up(1) | "],
      ["-o ifMtu.1 -w 1:9 -m IF-MIB", "1 SNMP WARNING - *65536* | IF-MIB::ifMtu.1=65536;1:9 "],
      ["-o .1.3.6.1.2.1.2.2.1.4.1 -m IF-MIB", "0 SNMP OK - 65536 | IF-MIB::ifMtu.1=65536 "],
      ["-o sysObjectID.0", "0 SNMP OK - "],
      ["-o sysName.7", "0 SNMP OK - No Such Instance currently exists at this OID | "],
      ["-o sysName.7 -P 1", "Failed object: SNMPv2-MIB::sysName.7"],
      ["-o sysName.7 -P 1 -m SNMPv2-MIB:NO-MIB", "Cannot find module (NO-MIB)"],
      ["-o sysName.0 -C wrong -t 1 -e 0 -m SNMPv2-MIB:NO-MIB", "Cannot find module (NO-MIB)"],
      ["-o noName.0", "Unknown Object Identifier"],
      ["-o sysName.0,noName.0", "Unknown Object Identifier"],
      ["-o sysName.0 -P 3 -U shaaes -L authPriv -a SHA -A authpass123 -x AES -X privpass123", "natlab"],
    ])("with MIBs %s is answered", async (line, said) => {
      addMibs();
      expect(await expectEqual(at(line))).toContain(said);
    });

    it("a MIB that comes is seen, and one that goes", async () => {
      vi.useFakeTimers({ toFake: ["performance"] });
      const line = at("-o sysName.0");
      expect(await expectEqual(line)).toContain("Unknown Object Identifier");
      addMibs();
      vi.advanceTimersByTime(11_000);
      expect(await expectEqual(line)).toContain("OK - natlab");
      for (const name of readdirSync(join(folder, "mibs"))) rmSync(join(folder, "mibs", name));
      vi.advanceTimersByTime(11_000);
      expect(await expectEqual(line)).toContain("Unknown Object Identifier");
      vi.useRealTimers();
    });

    it("complaints that fill the plugin's pipe leave it waiting for its own alarm", async () => {
      for (let file = 0; file < 8; file += 1) {
        const lines = Array.from({ length: 200 }, (_, each) => `    nothing${each} FROM NO-MIB-${each}`);
        const text = `BAD-${file}-MIB DEFINITIONS ::= BEGIN\nIMPORTS\n${lines.join("\n")};\nEND\n`;
        writeFileSync(join(folder, `mibs/BAD-${file}-MIB.txt`), text);
      }
      const native = await expectEqual(at("-o sysName.0 -t 1 -e 1"));
      expect(native).toBe("2 CRITICAL - Plugin timed out while executing system call");
    });
  },
);

const bytes = (hex: string) => Buffer.from(hex, "hex");
const chars = (text: string) => Buffer.from(text, "latin1");
/** The values of each object of TEST-MIB, of which the last has another type than the MIB says. */
const VALUES: readonly (readonly (readonly [tag: number, content: Buffer])[])[] = [
  [
    [2, bytes("01")],
    [2, bytes("02")],
    [2, bytes("05")],
    [2, bytes("03e8")],
    [2, bytes("ff")],
    [0x42, bytes("01")],
  ],
  [
    [2, bytes("04d2")],
    [2, bytes("fb2e")],
    [2, bytes("00")],
    [2, bytes("07")],
    [4, chars("x")],
  ],
  [
    [0x42, bytes("00")],
    [0x42, bytes("00ffffffff")],
    [0x42, bytes("3b9aca00")],
    [2, bytes("05")],
  ],
  [
    [4, chars("a text")],
    [4, chars("")],
    [4, chars('q"u\\o')],
    [4, chars("two\nlines = 5")],
    [4, chars("\xff\x01")],
    [2, bytes("05")],
  ],
  [
    [4, bytes("001a2bff0c0d")],
    [4, bytes("00")],
    [4, bytes("")],
    [6, bytes("2b06")],
  ],
  [
    [4, bytes("07ea0b1911222d00")],
    [4, bytes("07ea0b1911222d002b0100")],
    [4, chars("bad")],
  ],
  [
    [4, bytes("c0")],
    [4, bytes("20")],
    [4, bytes("00")],
    [4, bytes("ff")],
    [2, bytes("01")],
  ],
  [
    [6, bytes("2b060104018f0d1e0100")],
    [6, bytes("2b0601020101")],
    [6, bytes("2b060104018d1e")],
    [4, chars("x")],
  ],
  [
    [0x40, bytes("0a010203")],
    [4, bytes("0a010203")],
  ],
  [
    [0x43, bytes("00")],
    [0x43, bytes("0083d5ff")],
    [2, bytes("05")],
  ],
  [
    [0x41, bytes("05")],
    [0x41, bytes("00ffffffff")],
    [0x46, bytes("05")],
  ],
  [
    [0x46, bytes("05")],
    [0x46, bytes("00ffffffffffffffff")],
    [0x41, bytes("05")],
  ],
  [
    [0x44, bytes("9f780441400000")],
    [0x44, bytes("0403616263")],
    [4, chars("x")],
  ],
  [
    [2, bytes("01")],
    [2, bytes("02")],
    [2, bytes("03")],
    [5, bytes("")],
  ],
  [
    [0x42, bytes("05")],
    [0x42, bytes("63")],
    [0x41, bytes("05")],
  ],
  [
    [2, bytes("15")],
    [2, bytes("ec")],
    [2, bytes("80000000")],
    [0x43, bytes("05")],
  ],
];
const NAMES =
  "testState testHundredths testSpeed testText testMac testDate testBits testOid testAddress testTicks testCounter testLong testOpaque testTruth testLimit testTemperature".split(
    " ",
  );

describe.skipIf(plugin === "")("values of all kinds, by a MIB", { timeout: 120_000 }, () => {
  checkLeaks();

  it.each(["", " -w 3", " -r 5", " -s 5 -l label -u B", " -m TEST-MIB", " -M 10 -m TEST-MIB"])(
    "are printed as snmpget prints them, with '%s'",
    async (options) => {
      addMibs();
      await using agent = await SnmpAgent.start(({ names }) => ({
        objects: names.map((name) => {
          const [tag, content] = VALUES[(name.at(-2) ?? 1) - 1]?.[name.at(-1) ?? 0] ?? [0x81, bytes("")];
          return { name, tag, content };
        }),
      }));
      const objects = VALUES.flatMap((values, at) =>
        values.map(
          (_, instance) => [`${NAMES[at]}.${instance}`, `${ENTERPRISE}.${at + 1}.${instance}`] as const,
        ),
      );
      for (const [name, number] of objects) {
        const object = options.includes("-M") ? number : name;
        await expectEqual(`-H 127.0.0.1 -p ${agent.port} -P 2c -o ${object}${options}`);
      }
    },
  );

  it("a number that changes is not asked for again", async () => {
    addMibs();
    let value = 0;
    await using agent = await SnmpAgent.start(({ names: [name = bytes("")] }) => {
      value += 1;
      return { objects: [{ name, tag: 0x42, content: Buffer.from([value]) }] };
    });
    const argv = `-H 127.0.0.1 -p ${agent.port} -P 2c -o testSpeed.0`;
    await runCheck(checkSnmp, argv, { shared });
    // snmpget would find no unit now.
    for (const name of readdirSync(join(folder, "mibs"))) rmSync(join(folder, "mibs", name));
    expect(await runCheck(checkSnmp, argv, { shared })).toMatchObject({
      output: "SNMP OK - 2 bits per second | TEST-MIB::testSpeed.0=2 \n",
    });
  });
});
