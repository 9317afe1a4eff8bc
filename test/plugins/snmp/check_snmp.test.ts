import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkSnmp } from "../../../plugins/snmp/check_snmp.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { createIdentification } from "../../../src/run/routing/identity.ts";
import { freePort } from "../../support/free-port.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { SnmpAgent } from "../../support/servers/snmp-agent.ts";
import { Snmpd } from "../../support/servers/snmpd.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { type NormalRule, readTranscripts, replay, type Transcript } from "../oracle.ts";

/** Values of this machine that change all the time. */
const RULES: readonly NormalRule[] = [
  [/\bdgrams([ =])[0-9.e+]+/g, "dgrams$1N"],
  [/(?<=Uptime is :)[0-9:.]+/g, "UPTIME"],
  [/(?<=load[ =]| |\.10\.1\.3\.[23]=)[0-9]+(?:\.[0-9]{1,2})?(?=[ ;])/g, "LOAD"],
];

const isRate = ({ category }: Transcript) => category === "rate";
/** The recording was made with MIBs. names.test.ts compares such lines with the plugin and other MIBs. */
const isNamed = ({ args }: Transcript) => {
  const at = args.indexOf("-o");
  return at >= 0 && /[^0-9.,]/.test(args[at + 1] ?? "");
};
/** The recording ended after 40 seconds, but the answer comes after 55. */
const isUnended = ({ exit, category }: Transcript) => exit === null && category === "timeout";

describe.skipIf(!hasServer("snmpd"))("the transcripts", () => {
  let snmpd: Snmpd;
  let silent: SnmpAgent;
  let places: Record<string, string> = {};
  const state = mkdtempSync(join(tmpdir(), "omd-worker-snmp-"));
  beforeAll(async () => {
    vi.stubEnv("MP_STATE_PATH", "");
    vi.stubEnv("NAGIOS_PLUGIN_STATE_DIRECTORY", state);
    [snmpd, silent] = await Promise.all([Snmpd.start(), SnmpAgent.start(() => [])]);
    places = { 16161: String(snmpd.port), 17021: String(silent.port), 9: String(await freePort()) };
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await snmpd[Symbol.asyncDispose]();
    await silent[Symbol.asyncDispose]();
    rmSync(state, { recursive: true });
  });

  it("are answered as recorded", async () => {
    const transcripts = readTranscripts("check_snmp").filter(
      (each) => !isRate(each) && !isUnended(each) && !isNamed(each),
    );
    // A port of one digit would also match other parts of an answer.
    const { 9: closed = "", ...others } = places;
    const apart = transcripts.filter(({ args }) => args.includes("9"));
    const replayed = await Promise.all([
      replay(
        checkSnmp,
        { places: others, rules: RULES, atOnce: 16 },
        transcripts.filter((each) => !apart.includes(each)),
      ),
      replay(checkSnmp, { places: { ":9.": `:${closed}.`, 9: closed } }, apart),
    ]);
    expect(replayed.flatMap(({ differences }) => differences)).toEqual([]);
    expect(replayed.map(({ counts }) => counts)).toEqual([
      { equal: 133, executed: 16, different: 0 },
      { equal: 1, executed: 0, different: 0 },
    ]);
    expect(replayed[0]?.executed).toEqual({
      badargs: 9,
      ok: 2,
      v3: 1,
      verbose: 3,
      version: 1,
    });
  });

  it("of rates are answered as recorded, a minute later where the recording waited", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      for (const transcript of readTranscripts("check_snmp").filter(isRate)) {
        if (!transcript.stdout.startsWith("Time duration")) vi.setSystemTime(Date.now() + 60_000);
        const { counts, differences } = await replay(checkSnmp, { places, rules: RULES }, [transcript]);
        expect(differences).toEqual([]);
        expect(counts.equal).toBe(1);
      }
    } finally {
      vi.useRealTimers();
    }
  });
});

const COMMON = ["-H", "127.0.0.1", "-o", ".1.3.6.1"];

describe("check_snmp leaves to the plugin", () => {
  it.each<readonly (readonly string[])[]>([
    [[]],
    [["-H", "127.0.0.1"]],
    [["-o", ".1.3.6.1"]],
    [[...COMMON, "-v"]],
    [[...COMMON, "--help"]],
    [[...COMMON, "-d", ""]],
    [[...COMMON, "-m", "ALL", "-n"]],
    [[...COMMON, "-m", "/etc/MIB.txt"]],
    [[...COMMON, "-P", "2"]],
    [[...COMMON, "-p", "0161"]],
    [[...COMMON, "-p", "65536"]],
    [[...COMMON, "-t", "0"]],
    [[...COMMON, "-t", "1000000", "-e", "5"]],
    [[...COMMON, "-e", "-1"]],
    [[...COMMON, "-z", "4"]],
    [[...COMMON, "-C", ""]],
    [[...COMMON, "-C", "\xff"]],
    [[...COMMON, "-l", "'open"]],
    [[...COMMON, "-r", "(", "-r", "x"]],
    [[...COMMON, "-r", "(a)\\1"]],
    [[...COMMON, "-M", "2", "-f", "%d"]],
    [[...COMMON, "-M", "2", "-f", "%s"]],
    [[...COMMON, "-M", "2", "-f", "%.2f %f"]],
    [[...COMMON, ...Array.from({ length: 9 }, () => ["-s", "x"]).flat()]],
    [[...COMMON, "-P", "3"]],
    [[...COMMON, "-P", "3", "-U", "u", "-L", "authPriv", "-A", "12345678", "-x", "3DES", "-X", "12345678"]],
    [[...COMMON, "-P", "3", "-U", "u", "-L", "authNoPriv", "-A", "1234567"]],
    [[...COMMON, "-P", "3", "-U", "u", "-L", "authNoPriv", "-a", "md4", "-A", "12345678"]],
    [[...COMMON, "-P", "3", "-U", "u", "-L", "authNoPriv", "-a", "toString", "-A", "12345678"]],
    [["-H", "::1", "-o", ".1.3.6.1"]],
    [["-H", "udp:127.0.0.1", "-o", ".1.3.6.1"]],
    [["-H", "host:162", "-o", ".1.3.6.1"]],
    [["-H", "", "-o", ".1.3.6.1"]],
    ...[".1.3, .1.4", ",", "-o", "ifDescr.'a b'", "sysName.0;", "/x"].map((oid) => [
      ["-H", "127.0.0.1", "-o", oid],
    ]),
  ])("%j", (argv) => {
    expect(checkSnmp.understand(argv)).toBeUndefined();
  });

  it("rates, where no directory for the state is set", () => {
    vi.stubEnv("MP_STATE_PATH", "");
    vi.stubEnv("NAGIOS_PLUGIN_STATE_DIRECTORY", "");
    expect(checkSnmp.understand([...COMMON, "--rate"])).toBeUndefined();
    vi.stubEnv("NAGIOS_PLUGIN_STATE_DIRECTORY", "/tmp");
    expect(checkSnmp.understand([...COMMON, "--rate"])).toBeDefined();
    expect(checkSnmp.understand(["127.0.0.1", "-o", ".1.3.6.1", "--rate"])).toBeUndefined();
    vi.unstubAllEnvs();
  });
});

const SILENCE = "External command error: Timeout: No Response from 127.0.0.1:PORT.\n";
const NO_ENGINE = "External command error: snmpget: Timeout\n";
const NO_ENGINE_NEXT = "External command error: snmpgetnext: Timeout\n";
const ALARM = "CRITICAL - Plugin timed out while executing system call\n";
const SILENT = [
  { words: "-t 1 -e 1 -P 2c", seconds: 2, returnCode: 3, output: SILENCE },
  { words: "-t 1 -e 0 -P 3 -U u", seconds: 1, returnCode: 3, output: NO_ENGINE },
  { words: "-t 1 -e 0 -P 3 -U u -n", seconds: 1, returnCode: 3, output: NO_ENGINE_NEXT },
  { words: "-t 6 -e 0", seconds: 5, returnCode: 2, output: ALARM },
];

describe("an agent that does not answer", () => {
  checkLeaks();

  it("is given up after the same time as by the plugin, in the same words", async () => {
    await using agent = await SnmpAgent.start(() => []);
    const answers = SILENT.map(async ({ words, seconds }) => {
      const begin = performance.now();
      const argv = ["-H", "127.0.0.1", "-p", String(agent.port), "-o", ".1.3.6.1", ...words.split(" ")];
      const { returnCode, output } = await runCheck(checkSnmp, argv);
      // Timers may be a millisecond early.
      const isEarly = performance.now() - begin < seconds * 1000 - 10;
      return { words, seconds, returnCode, output: output.replace(`:${agent.port}.`, ":PORT."), isEarly };
    });
    expect(await Promise.all(answers)).toEqual(SILENT.map((each) => ({ ...each, isEarly: false })));
  });
});

it("says why a request could not be sent", async () => {
  expect(await runCheck(checkSnmp, "-H 255.255.255.255 -o .1.3.6.1")).toMatchObject({
    returnCode: 3,
    output: "External command error: snmpget: Failure in sendto (Permission denied)\n",
  });
});

it("does not resolve a name that does not exist", async () => {
  expect(await runCheck(checkSnmp, "-H no.such.host.invalid -o .1.3.6.1")).toMatchObject({
    returnCode: 3,
    output: "External command error: snmpget: Unknown host (no.such.host.invalid:161)\n",
  });
});

const plugin = findPlugin("check_snmp");

it.skipIf(plugin === undefined)("recognises the plugin's file", () => {
  expect(createIdentification()(plugin ?? "", checkSnmp)).toMatchObject({ kind: "replaced" });
});
