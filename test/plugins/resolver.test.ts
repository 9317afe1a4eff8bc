import { expect, it, vi } from "vitest";
import { checkPing } from "../../plugins/icmp/check_ping.ts";
import { checkSnmp } from "../../plugins/snmp/check_snmp.ts";
import { checkBySsh } from "../../plugins/ssh/check_by_ssh.ts";
import { checkTcp } from "../../plugins/tcp/check_tcp.ts";
import { type Check, CheckDeclined, RESOLVER } from "../../sdk/index.ts";
import { SharedValues } from "../../sdk/shared.ts";
import { runCheck } from "../../sdk/testing.ts";
import { freePort } from "../support/free-port.ts";
import { checkLeaks } from "../support/leaks.ts";

checkLeaks();

it.each<readonly [string, Check, readonly string[], readonly unknown[]]>([
  ["check_tcp", checkTcp, [], []],
  ["check_snmp", checkSnmp, ["-o", ".1.3.6.1", "-t", "1", "-e", "0"], [{ anew: true }]],
  ["check_by_ssh", checkBySsh, ["-F", "/dev/null", "-C", "true"], [{ anew: true }]],
])("%s asks the resolver of all checks for names", async (_, check, words, options) => {
  await using shared = new SharedValues({ log: () => {} });
  const resolve = vi.spyOn(shared.get(RESOLVER), "resolve");
  await runCheck(check, ["-H", "localhost", "-p", `${await freePort()}`, ...words], { shared });
  const [host, , , ...rest] = resolve.mock.lastCall ?? [];
  expect([host, ...rest]).toEqual(["localhost", ...options]);
});

it("check_ping leaves an IPv4 address in IPv6 form to ping, which refuses it", async () => {
  const run = runCheck(checkPing, "-4 -H ::ffff:127.0.0.1 -w 100,5% -c 200,10% -p 1");
  await expect(run).rejects.toThrow(new CheckDeclined("ping refuses an IPv4 address in IPv6 form"));
});
