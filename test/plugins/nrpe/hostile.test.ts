import { describe, expect, it } from "vitest";
import { checkNrpe } from "../../../plugins/nrpe/check_nrpe.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers, type Serve } from "../../support/servers/fake-servers.ts";
import { type NrpeQuery, nrpePacket, nrpeStandIn } from "../../support/servers/nrpe-stand-in.ts";

checkLeaks();

const CERTIFICATE = createCertificate({ commonNames: ["x"], notAfter: inDays(100) });
const TIMED_OUT = { returnCode: 3, output: "CHECK_NRPE STATE UNKNOWN: Socket timeout after 1 seconds.\n" };
const LINE = "-H 127.0.0.1 -u -t 1 -c check_load";

/** A packet's first 20 bytes. */
function begun({ version }: NrpeQuery): Buffer {
  return nrpePacket({ version, text: "x".repeat(100) }).subarray(0, 20);
}

/** Begins a packet of the version that was asked for, and sends the rest byte by byte, without an end. */
const dripping = nrpeStandIn((socket, { version }) => {
  socket.write(nrpePacket({ version, text: "x".repeat(60_000) }).subarray(0, 17));
  const timer = setInterval(() => socket.write("x"), 20);
  socket.once("close", () => clearInterval(timer));
});

const HOSTILE: readonly (readonly [what: string, serve: Serve])[] = [
  ["a silent daemon", () => {}],
  ["20 bytes and no more", nrpeStandIn((socket, query) => void socket.write(begun(query)))],
  ["a byte at a time", dripping],
  ["one that never reads", (socket) => socket.pause()],
];

describe("at the deadline nothing is left", () => {
  it.each(HOSTILE)("of %s", async (_, serve) => {
    await using servers = new FakeServers();
    const plain = await servers.tcp(serve);
    const secure = await servers.tls(CERTIFICATE, serve);
    const lines = [`${LINE} -p ${plain} -n`, `${LINE} -p ${secure}`, `${LINE} -p ${plain}`];
    const runs = await Promise.all(lines.map((line) => runCheck(checkNrpe, line)));
    expect(runs.slice(0, 2)).toMatchObject([TIMED_OUT, TIMED_OUT]);
    expect(runs[2]?.returnCode).toBe(3);
  });

  it("of a port whose queue is full", async () => {
    await using servers = new FakeServers();
    const port = await servers.full();
    expect(await runCheck(checkNrpe, `${LINE} -p ${port}`)).toMatchObject(TIMED_OUT);
  });
});

it("3 bytes and no more end a check over TLS, as the plugin reads a record once", async () => {
  await using servers = new FakeServers();
  const threeBytes = nrpeStandIn((socket) => void socket.write("\0\x04\0"));
  const plain = await servers.tcp(threeBytes);
  const secure = await servers.tls(CERTIFICATE, threeBytes);
  expect(await runCheck(checkNrpe, `${LINE} -p ${plain} -n`)).toMatchObject(TIMED_OUT);
  expect(await runCheck(checkNrpe, `${LINE} -p ${secure}`)).toMatchObject({
    returnCode: 3,
    output: "CHECK_NRPE: Receive header underflow - only 3 bytes received (4 expected).\n",
  });
});

it("a daemon that never stops after its answer is left", async () => {
  await using servers = new FakeServers();
  const port = await servers.tcp(
    nrpeStandIn((socket, { version }) => {
      socket.write(nrpePacket({ version, text: "OK - all is well" }));
      const more = () => {
        while (!socket.destroyed && socket.write("x".repeat(50_000)));
      };
      socket.on("drain", more);
      more();
    }),
  );
  const run = await runCheck(checkNrpe, `${LINE} -p ${port} -n`);
  expect(run).toMatchObject({ returnCode: 0, output: "OK - all is well\n" });
});

it("a check that is stopped leaves nothing", async () => {
  await using servers = new FakeServers();
  const giving = new AbortController();
  const asked = Promise.withResolvers<void>();
  const port = await servers.tcp(nrpeStandIn(() => asked.resolve()));
  const running = runCheck(checkNrpe, `${LINE} -t 30 -p ${port} -n`, { signal: giving.signal });
  await asked.promise;
  giving.abort(new Error("given up"));
  await expect(running).rejects.toThrow("given up");
});

it("asks once more with version 2, and begins the time-out anew", async () => {
  await using servers = new FakeServers();
  const asked: number[] = [];
  const port = await servers.tcp(
    nrpeStandIn((socket, { version, text }) => {
      asked.push(version);
      if (version === 2) socket.end(nrpePacket({ version, text: `WARNING - ${text}`, returnCode: 1 }));
      else socket.end();
    }),
  );
  const run = await runCheck(checkNrpe, `-H 127.0.0.1 -p ${port} -n -c check_load -a '$(id)' "'|;"`);
  expect(run).toMatchObject({ returnCode: 1, output: "WARNING - check_load!$(id)!'|;\n", stderr: "" });
  expect(asked).toEqual([4, 2]);
});

it("is declined if OpenSSL does not take a file or the ciphers", async () => {
  const words = ["-C /not/there -K /not/there", "-A /not/there", "-A /etc/hostname", "-L NOTHING"];
  for (const each of words) {
    await expect(runCheck(checkNrpe, `${LINE} -p 1 ${each}`)).rejects.toMatchObject({
      name: "CheckDeclined",
    });
  }
});
