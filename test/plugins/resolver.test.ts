import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { checkHttp } from "../../plugins/http/check_http.ts";
import { checkPing } from "../../plugins/icmp/check_ping.ts";
import { checkSnmp } from "../../plugins/snmp/check_snmp.ts";
import { checkBySsh } from "../../plugins/ssh/check_by_ssh.ts";
import { checkSsh } from "../../plugins/ssh/check_ssh.ts";
import { checkTcp } from "../../plugins/tcp/check_tcp.ts";
import { type Check, CheckDeclined, RESOLVER } from "../../sdk/index.ts";
import { SharedValues } from "../../sdk/shared.ts";
import { runCheck } from "../../sdk/testing.ts";
import { freePort } from "../support/free-port.ts";
import { checkLeaks } from "../support/leaks.ts";

checkLeaks();

it.each<readonly [string, Check, readonly string[], readonly unknown[]]>([
  ["check_tcp", checkTcp, [], [{ onTook: expect.any(Function) }]],
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

/** Longer than anything else in a check of a server of this machine may take. */
const WAIT_SECONDS = 3;

it.each<readonly [string, Check, () => Server]>([
  [
    "check_tcp",
    checkTcp,
    () =>
      createServer((socket) =>
        socket
          .on("error", () => {})
          .resume()
          .end(),
      ),
  ],
  [
    "check_ssh",
    checkSsh,
    () =>
      createServer((socket) =>
        socket
          .on("error", () => {})
          .resume()
          .end("SSH-2.0-OpenSSH_9.2\r\n"),
      ),
  ],
  ["check_http", checkHttp, () => createHttpServer((_, response) => response.end("page"))],
])("%s does not count what a lookup waits in this process", async (_, check, create) => {
  const server = create().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await using shared = new SharedValues({ log: () => {} });
  vi.spyOn(shared.get(RESOLVER), "resolve").mockImplementation(async (_, __, ___, { onTook } = {}) => {
    if (onTook !== undefined) await pause(WAIT_SECONDS * 1000);
    onTook?.(50);
    return [{ address: "127.0.0.1", family: 4 }];
  });
  const { returnCode, output } = await runCheck(check, `-H web -p ${port}`, { shared });
  const [, seconds] = /time=([0-9.]+)s/.exec(output) ?? [];
  expect({ returnCode, output }).toMatchObject({ returnCode: 0, output: expect.stringContaining("OK") });
  expect(Number(seconds)).toBeGreaterThanOrEqual(0.049);
  expect(Number(seconds)).toBeLessThan(WAIT_SECONDS);
  await new Promise((resolve) => server.close(resolve));
});
