import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkHttp } from "../../../plugins/http/check_http.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers, type Serve } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { findPlugin } from "../core/real-plugins.ts";
import { compareWithPlugin } from "../differential.ts";

const OK = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
const APPLICATION_DATA = 0x17;

async function expectSame(lines: readonly (readonly string[])[]): Promise<void> {
  const plugin = findPlugin("check_http") ?? "";
  const { equal, differences } = await compareWithPlugin(checkHttp, plugin, lines);
  expect(differences).toEqual([]);
  expect(equal).toBe(lines.length);
}

describe.skipIf(!hasServer("check_dummy"))("the same answers as the plugin", () => {
  const ours = createCertificate({ commonNames: ["our.example"], notAfter: inDays(20) });
  const other = createCertificate({ commonNames: ["other.example"], notAfter: inDays(20) });
  const folder = mkdtempSync(join(tmpdir(), "check-http-"));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const server = createServer({ ...other, requestCert: true, rejectUnauthorized: false }, sayWho);
  let port = "";
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    port = String((server.address() as AddressInfo).port);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    server.close();
    await once(server, "close");
  });

  it("with a client certificate", () => {
    const [cert, key] = [file("cert.pem", ours.cert), file("key.pem", ours.key)];
    const both = file("both.pem", ours.key + ours.cert);
    const wrong = file("wrong.pem", other.key);
    const nothing = file("nothing.pem", "nothing\n");
    const pairs = [
      ["-J", cert, "-K", key],
      [`--client-cert=${cert}`, `--private-key=${key}`, "-S1.2"],
      ["-J", both, "-K", both],
      ["-J", cert, "-K", wrong],
      ["-J", nothing, "-K", key],
      ["-J", cert, "-K", nothing],
      ["-K", key],
      ["-K", nothing, "-S"],
      ["-S"],
    ];
    return expectSame(pairs.map((pair) => ["-H", "127.0.0.1", ...pair, "-p", port, "-B"]));
  });

  it.each(["-S", "-C 30", "-S -C 30 --continue-after-certificate -L"])(
    "leaves a failed handshake to the plugin: %s",
    async (words) => {
      await using servers = new FakeServers();
      const plain = await servers.tcp((socket) => socket.end(OK));
      const printed = words.includes("-L") ? "<A HREF=[^>]*>" : "";
      await expect(runCheck(checkHttp, `-H 127.0.0.1 -p ${plain} ${words}`)).rejects.toMatchObject({
        name: "CheckDeclined",
        message: "the TLS handshake failed",
        otherwise: {
          state: 2,
          message: expect.stringMatching(
            new RegExp(`^${printed}CRITICAL - Cannot make SSL connection\\.\n.*\n$`),
          ),
        },
      });
    },
  );

  it("leaves a certificate file that cannot be read to the plugin", async () => {
    const run = runCheck(checkHttp, ["-H", "127.0.0.1", "-p", "1", "-K", join(folder, "missing.pem")]);
    await expect(run).rejects.toThrow(new CheckDeclined("a file of certificate or key cannot be read"));
  });

  /** These use TLS 1.2: before TLS 1.3 the type of a record can be read. */
  it.each<[string, (client: Socket) => void]>([
    ["without the end of TLS", (client) => client.end()],
    ["by a reset", (client) => client.resetAndDestroy()],
    ["by bytes that are no record", (client) => client.end("garbage, and more of it")],
    [
      "by a record that cannot be decrypted",
      (client) => client.end(`\x17\x03\x03\x00\x20${"A".repeat(32)}`, "latin1"),
    ],
    ["by an alert", (client) => client.end("\x15\x03\x03\x00\x02\x02\x28", "latin1")],
  ])("where the connection is cut %s", async (_, cut) => {
    await using servers = new FakeServers();
    const behind = await servers.tls(other, (socket) =>
      socket.once("data", () => socket.write(`${OK}hello`)),
    );
    const before = await servers.tcp(cutAfterAnswer(behind, cut));
    await expectSame([
      ["-S1.2", "-H", "127.0.0.1", "-p", String(before), "-s", "hello"],
      ["-S1.2", "-H", "127.0.0.1", "-p", String(before), "-C", "5", "--continue-after-certificate"],
    ]);
  });
});

/** A server that answers with the subject of the client certificate. */
function sayWho(socket: TLSSocket): void {
  const { subject } = socket.getPeerCertificate();
  socket.on("error", () => {});
  socket.once("data", () => socket.end(`${OK}hello ${subject?.CN ?? "nobody"}`));
}

/** A proxy that cuts the connection after the first data from the server. */
function cutAfterAnswer(port: number, cut: (client: Socket) => void): Serve {
  return (client) => {
    const server = connect(port, "127.0.0.1").on("error", () => {});
    client.pipe(server);
    server.on("data", (data: Buffer) => {
      client.write(data, () => {
        if (data[0] === APPLICATION_DATA) cut(client);
      });
    });
    client.once("close", () => server.destroy());
  };
}
