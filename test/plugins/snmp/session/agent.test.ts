import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AgentDevice, startSnmpAgent } from "../../../../plugins/snmp/session/agent.ts";
import { Servers } from "../../../../src/demo/servers/servers.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { hasServer } from "../../../support/servers/installed.ts";

checkLeaks();
let uptime = 4_200;
let servers: Servers;
const DEVICE: AgentDevice = {
  scalars: {
    "1.3.6.1.2.1.1.1": ["OctetString", () => "a device"],
    "1.3.6.1.2.1.1.3": ["TimeTicks", () => uptime],
  },
  tables: {
    "1.3.6.1.2.1.2.2.1": { columns: { 2: "OctetString", 8: "Integer" }, rows: { 1: ["a", 1], 24: ["b", 2] } },
    "1.3.6.1.2.1.43.11.1.1": { columns: { 9: "Integer" }, rows: { "1.1": [64], "1.2": [-2] } },
  },
};
const USER = { name: "monitor", authPassword: "authenticate", privPassword: "keep-secret" };
const V3 = ["-v3", "-l", "authPriv", "-u", "monitor", "-a", "SHA", "-A", "authenticate", "-x", "AES"];

beforeEach(() => {
  servers = new Servers();
});
afterEach(() => servers[Symbol.asyncDispose]());

/** Asks the device with snmpget. Resolves to what it prints. */
async function start(device: AgentDevice) {
  const { socket, port } = await servers.udp({ address: "127.0.0.1", port: 0 });
  await startSnmpAgent(socket, device);
  return async (login: readonly string[], ...oids: readonly string[]) => {
    const options = ["-On", "-r", "1", ...login, `127.0.0.1:${port}`, ...oids];
    const { stdout, stderr } = await execa("snmpget", options, { reject: false });
    return stdout === "" ? stderr : stdout;
  };
}

describe.skipIf(!hasServer("snmpget"))("the agent of a device answers snmpget", () => {
  const login = ["-v2c", "-c", "public"];

  it("with scalars as they are now, and cells of tables", async () => {
    const ask = await start(DEVICE);
    const names = ["1.1.0", "1.3.0", "2.2.1.8.1", "2.2.1.8.24", "43.11.1.1.9.1.2"];
    const answer = await ask(login, ...names.map((name) => `.1.3.6.1.2.1.${name}`));
    expect(answer.split("\n")).toEqual([
      '.1.3.6.1.2.1.1.1.0 = STRING: "a device"',
      ".1.3.6.1.2.1.1.3.0 = Timeticks: (4200) 0:00:42.00",
      ".1.3.6.1.2.1.2.2.1.8.1 = INTEGER: 1",
      ".1.3.6.1.2.1.2.2.1.8.24 = INTEGER: 2",
      ".1.3.6.1.2.1.43.11.1.1.9.1.2 = INTEGER: -2",
    ]);
    uptime = 4_300;
    expect(await ask(login, ".1.3.6.1.2.1.1.3.0")).toContain("(4300)");
  });

  it("and tells what it does not have", async () => {
    const ask = await start(DEVICE);
    expect(await ask(login, ".1.3.6.1.2.1.2.2.1.8.2")).toMatch(/No Such (?:Instance|Object)/);
    expect(await ask(["-v2c", "-c", "wrong"], ".1.3.6.1.2.1.1.1.0")).toMatch(/^Timeout/);
  });

  it("over SNMPv3, with the right passwords only", async () => {
    const ask = await start({ ...DEVICE, user: USER });
    const wanted = '.1.3.6.1.2.1.1.1.0 = STRING: "a device"';
    expect(await ask([...V3, "-X", "keep-secret"], ".1.3.6.1.2.1.1.1.0")).toBe(wanted);
    expect(await ask([...V3, "-X", "another-one"], ".1.3.6.1.2.1.1.1.0")).not.toContain("STRING");
    expect(await ask(login, ".1.3.6.1.2.1.1.1.0")).toMatch(/^Timeout/);
  });
});
