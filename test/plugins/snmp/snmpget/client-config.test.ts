import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ClientConfig } from "../../../../plugins/snmp/snmpget/client-config.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "omd-worker-snmp-conf-"));
  vi.stubEnv("SNMPCONFPATH", `/nonexistent:${directory}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

it.each([
  "",
  "# a comment\n\nmibs :\n  mibdirs /usr/share/snmp/mibs\n",
  "engineBoots 3\noldEngineID 0x80001f88\n",
])("snmp.conf with %j changes nothing", async (text) => {
  writeFileSync(join(directory, "snmp.conf"), text);
  await expect(new ClientConfig().requirePlain()).resolves.toBeUndefined();
});

it.each([
  ["snmp.conf", "quickPrinting yes\n"],
  ["snmp.local.conf", "# mine\ndefCommunity secret\n"],
  ["snmpapp.conf", "[snmp] printNumericOids 1"],
])("%s with %j leaves the answer to the plugin", async (name, text) => {
  writeFileSync(join(directory, name), text);
  await expect(new ClientConfig().requirePlain()).rejects.toThrow("snmp.conf has settings");
});
