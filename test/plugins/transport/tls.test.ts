import { once } from "node:events";
import { connect } from "node:net";
import { createServer, type TLSSocket, type TlsOptions } from "node:tls";
import { describe, expect, it } from "vitest";
import { readCertificate } from "../../../plugins/transport/certificate.ts";
import { type TlsSettings, upgrade } from "../../../plugins/transport/tls.ts";
import { freePort } from "../../support/free-port.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { banner, FakeServers, type Serve } from "../../support/servers/fake-servers.ts";

checkLeaks();

const { signal } = new AbortController();
const CERTIFICATE = createCertificate({ commonNames: ["b\u00fccher", "second"], notAfter: inDays(100) });

async function secure(port: number, settings: Partial<TlsSettings> = {}): Promise<TLSSocket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return upgrade(socket, { signal, ...settings });
}

/** Both sides of one handshake. */
async function shakeHands(options: TlsOptions = {}, settings: Partial<TlsSettings> = {}) {
  const server = createServer({ ...CERTIFICATE, ...options });
  server.listen(await freePort(), "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const [ours, [theirs]] = await Promise.all([secure(port, settings), once(server, "secureConnection")]);
  return {
    ours,
    theirs: theirs as TLSSocket & { readonly servername: string | false },
    [Symbol.asyncDispose]: async () => {
      ours.destroy();
      theirs.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

describe("a handshake", () => {
  it("names no server unless asked to", async () => {
    await using plain = await shakeHands();
    expect(plain.theirs.servername).toBe(false);
    await using named = await shakeHands({}, { servername: "some.example" });
    expect(named.theirs.servername).toBe("some.example");
  });

  it("takes the version asked for", async () => {
    await using newest = await shakeHands();
    expect(newest.ours.getProtocol()).toBe("TLSv1.3");
    await using older = await shakeHands({}, { maxVersion: "TLSv1.2" });
    expect(older.ours.getProtocol()).toBe("TLSv1.2");
  });

  it("shows the server's certificate, its first common name as bytes", async () => {
    await using hands = await shakeHands();
    const { commonName, notAfter } = readCertificate(hands.ours);
    expect(commonName).toBe("b\xc3\xbccher");
    expect(notAfter.getTime() / 1000).toBeCloseTo(inDays(100).getTime() / 1000, -2);
  });

  it("sends a client certificate", async () => {
    const own = createCertificate({ commonNames: ["client"], notAfter: inDays(1) });
    await using hands = await shakeHands(
      { requestCert: true, rejectUnauthorized: false },
      { ...own, maxVersion: "TLSv1.2" },
    );
    expect(hands.theirs.getPeerCertificate().subject.CN).toBe("client");
  });
});

describe("a handshake that fails", () => {
  const alert = (number: number): Serve => banner(`\x15\x03\x03\x00\x02\x02${String.fromCharCode(number)}`);

  it.each<readonly [string, Serve, RegExp]>([
    [
      "is not TLS",
      banner("220 hello there\r\n"),
      /\n[0-9A-F]{16}:error:0A00010B:SSL routines:\w+:wrong version number:/,
    ],
    [
      "ends",
      (socket) => socket.end(),
      /\n0{16}:error:0A000126:SSL routines:ssl3_read_n:unexpected eof while reading:/,
    ],
    [
      "is refused",
      alert(40),
      /:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:.*:SSL alert number 40$/,
    ],
    ["is of another version", alert(70), /:tlsv1 alert protocol version:.*:SSL alert number 70$/],
    [
      "is reset",
      (socket) => socket.once("data", () => socket.resetAndDestroy()),
      /^CRITICAL - Cannot make SSL connection\.$/,
    ],
  ])("since it %s", async (_, serve, message) => {
    await using servers = new FakeServers();
    const failing = secure(await servers.tcp(serve));
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.toThrow(/^CRITICAL - Cannot make SSL connection\./);
  });

  it("since the time is up rejects with the reason", async () => {
    await using servers = new FakeServers();
    const deadline = new AbortController();
    const failing = secure(
      await servers.tcp((socket) => socket.once("data", () => deadline.abort(new Error("late")))),
      {
        signal: deadline.signal,
      },
    );
    await expect(failing).rejects.toThrow("late");
  });
});
