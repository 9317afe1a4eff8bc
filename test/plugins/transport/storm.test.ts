import { expect, it } from "vitest";
import { checkHttp } from "../../../plugins/http/check_http.ts";
import { checkTcp } from "../../../plugins/tcp/check_tcp.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers } from "../../support/servers/fake-servers.ts";

checkLeaks();

const CHECKS = 80;
const certificate = createCertificate({ notAfter: inDays(1) });
const EACH = [
  ["check_tcp", checkTcp, "-S"],
  ["check_http", checkHttp, "-S"],
] as const;

it.each(EACH)(
  "many handshakes of %s at once are made a few at a time",
  async (_, check, words) => {
    await using servers = new FakeServers();
    const port = await servers.tls(certificate, (socket) => {
      socket.end("HTTP/1.1 200 OK\r\n\r\nhello");
    });
    await using shared = new SharedValues({ log: () => {} });
    const line = `-H 127.0.0.1 -p ${port} ${words} -t 30`;
    const runs = await Promise.all(
      Array.from({ length: CHECKS }, () => runCheck(check, line, { shared, timeoutMs: 60_000 })),
    );
    expect(runs.map(({ returnCode }) => returnCode)).toEqual(Array(CHECKS).fill(0));
    expect(shared.waits["TLS handshakes"]).toMatchObject({ waiting: 0 });
    expect(shared.waits["TLS handshakes"]?.waited).toBeGreaterThan(CHECKS / 4);
  },
  60_000,
);

it.each(EACH)(
  "handshakes that nothing answers do not hold up another one of %s",
  async (_, check, words) => {
    const silent = new FakeServers();
    await using servers = new FakeServers();
    const silentPort = await silent.tcp(() => {});
    const port = await servers.tls(certificate, (socket) => {
      socket.end("HTTP/1.1 200 OK\r\n\r\nhello");
    });
    await using shared = new SharedValues({ log: () => {} });
    const ended: string[] = [];
    const run = async (name: string, at: number) => {
      const line = `-H 127.0.0.1 -p ${at} ${words} -t 30`;
      await runCheck(check, line, { shared, timeoutMs: 60_000 }).catch(() => {});
      ended.push(name);
    };
    const others = Promise.all(Array.from({ length: 40 }, () => run("silent", silentPort)));
    await run("answered", port);
    expect(ended).toEqual(["answered"]);
    await silent[Symbol.asyncDispose]();
    await others;
  },
  60_000,
);
