import { execFileSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkSnmp } from "../../../plugins/snmp/check_snmp.ts";
import { readCommand } from "../../../plugins/snmp/command.ts";
import { readRateState, writeRateState } from "../../../plugins/snmp/rate-state.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { SnmpAgent } from "../../support/servers/snmp-agent.ts";
import { execute, findPlugin } from "../core/real-plugins.ts";

const NOW = 1_700_000_000;
/** The path is part of a state file's name. Elsewhere the names differ. */
const PLUGIN = "/usr/lib/nagios/plugins/check_snmp";
const hasPlugin = findPlugin("check_snmp") === PLUGIN && hasServer("snmpget");

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "omd-worker-rate-"));
  vi.stubEnv("MP_STATE_PATH", "");
  vi.stubEnv("NAGIOS_PLUGIN_STATE_DIRECTORY", directory);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

describe("a state file", () => {
  it("is written as the plugin writes it, with its folders", async () => {
    const path = join(directory, "a/b/state");
    await writeRateState(path, { time: NOW, values: [1, 2 ** 64, -2.6] });
    expect(readFileSync(path, "utf8")).toBe(`# NP State file\n1\n1\n${NOW}\n1:18446744073709551616:-3\n`);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(statSync(join(directory, "a/b")).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(directory, "a/b"))).toEqual(["state"]);
  });

  it("is not read through a link or from a named pipe, as others may put them into /tmp", async () => {
    const path = join(directory, "state");
    await writeRateState(path, { time: NOW, values: [1] });
    expect(await readRateState(path, NOW + 1)).toEqual({ time: NOW, values: [1] });
    symlinkSync(path, join(directory, "link"));
    execFileSync("mkfifo", [join(directory, "pipe")]);
    expect(await readRateState(join(directory, "link"), NOW + 1)).toBeUndefined();
    expect(await readRateState(join(directory, "pipe"), NOW + 1)).toBeUndefined();
  });

  it("that cannot be written is reported in the answer", async () => {
    writeFileSync(join(directory, "file"), "");
    await expect(writeRateState(join(directory, "file/b/state"), { time: NOW, values: [1] })).rejects.toThrow(
      `Cannot create directory: ${directory}/file/b`,
    );
  });

  it.each([
    ["# NP State file\n1\n1\n1700000000\n5:6\n", { time: NOW, values: [5, 6] }],
    ["1\n1\n1699999999\n-5.5", { time: NOW - 1, values: [-5.5] }],
    ["1\n# between\n1\n1699999999\nx\nmore\n", { time: NOW - 1, values: [0] }],
    ["1\n1\n1700000001\n5\n", undefined],
    ["2\n1\n1700000000\n5\n", undefined],
    ["1\n2\n1700000000\n5\n", undefined],
    ["1\n1\n1700000000\n", undefined],
    ["", undefined],
  ])("with %j is read as %j", async (text, state) => {
    const path = join(directory, "state");
    writeFileSync(path, text);
    expect(await readRateState(path, NOW)).toEqual(state);
  });

  it("that does not exist has no state", async () => {
    expect(await readRateState(join(directory, "none"), NOW)).toBeUndefined();
  });
});

const WORDS = ["--rate", "-o", ".1.3.6.1.1,.1.3.6.1.2", "-P", "2c", "-l", "a,b", "-u", " B,'c'"];

describe.skipIf(!hasPlugin)("together with the plugin", () => {
  it.each([
    [WORDS],
    [["-o", ".1.3.6.1.1,.1.3.6.1.2", "-l", "a,b", "-l", "'a,b'", "-u", " B,'c'", "--rate"]],
    [["-o.1.3.6.1.1,.1.3.6.1.2", "--label=a,b,c", "--units=,x", "-Cpublic", "--rate"]],
    [["-C", "C", "--oid=,.1.3.6.1.1,,.1.3.6.1.2", "-ll,x", "-nl", " y , z", "--rate", "-l", "d,e"]],
    [["-l", "a,", "-o", ".1.3.6.1.1", "--rate", "--rate-multiplier=60", "-w", "1,2"]],
  ])("the file has the same name: %j", async (words) => {
    await using agent = await startAgent();
    const argv = ["-H", "127.0.0.1", "-p", String(agent.port), ...words];
    await execute({ words: [PLUGIN, ...argv], environment: [["NAGIOS_PLUGIN_STATE_DIRECTORY", directory]] });
    const [name = "none"] = readdirSync(join(directory, `${process.geteuid?.()}`, "check_snmp"));
    expect(readCommand(argv)?.rate?.stateFile).toBe(`${directory}/${process.geteuid?.()}/check_snmp/${name}`);
  });

  it("each continues from the state of the other", async () => {
    await using agent = await startAgent();
    const argv = ["-H", "127.0.0.1", "-p", String(agent.port), ...WORDS];
    const state = readCommand(argv)?.rate?.stateFile ?? "";
    const environment = [["NAGIOS_PLUGIN_STATE_DIRECTORY", directory]] as const;
    const native = () => runCheck(checkSnmp, argv).then(({ output }) => output);
    const real = async () => {
      const outcome = await execute({ words: [PLUGIN, ...argv], environment });
      return outcome.kind === "exited" ? outcome.stdout : outcome.kind;
    };
    expect(await real()).toBe("No previous data to calculate rate - assume okay");
    const rates = "SNMP RATE OK - a 1 B b 10 c' | a=1 b=10 \n";
    expect(await aMinuteLater(state, native)).toBe(rates);
    expect(await aMinuteLater(state, real)).toBe(rates);
    rmSync(state);
    expect(await native()).toBe("No previous data to calculate rate - assume okay");
    expect(await aMinuteLater(state, real)).toBe(rates);
  });
});

/** Its two counters rise by 60 and 600 from request to request, and pass 32 bits. */
async function startAgent(): Promise<SnmpAgent> {
  let asked = 0;
  return await SnmpAgent.start(({ names }) => {
    asked += 1;
    const objects = names.map((name, at) => {
      const content = Buffer.alloc(5);
      content.writeUInt32BE((2 ** 32 - 120 + asked * (at === 0 ? 60 : 600)) % 2 ** 32, 1);
      return { name, tag: 0x41, content };
    });
    return { objects };
  });
}

/** The answer 60 s after the state was written; once more when the clock reached another second meanwhile. */
async function aMinuteLater(path: string, check: () => Promise<string>): Promise<string> {
  for (;;) {
    const now = Math.floor(Date.now() / 1000);
    writeFileSync(path, readFileSync(path, "utf8").replace(/^[0-9]{10}$/m, String(now - 60)));
    const output = await check();
    if (Math.floor(Date.now() / 1000) === now) {
      return output;
    }
  }
}
