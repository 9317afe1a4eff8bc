import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TlsOptions } from "node:tls";
import { describe, expect, it, vi } from "vitest";
import { checkCurl } from "../../../plugins/http/check_curl.ts";
import { readCurlCommand } from "../../../plugins/http/curl/command.ts";
import { Http2Servers } from "../../../plugins/http/curl/http2-servers.ts";
import type { HttpTarget } from "../../../plugins/http/request.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck, splitWords } from "../../../sdk/testing.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers, type Serve } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { isUnderstood } from "../effects.ts";

const CERTIFICATE = createCertificate({ commonNames: ["h.example"], notAfter: inDays(20.5) });
const says = (status: string): Serve => {
  const answer = `HTTP/1.1 ${status}\r\nContent-Length: 2\r\n\r\nok`;
  return (socket) => void socket.once("data", () => socket.write(answer));
};

async function ask(words: string, serve: Serve, options: TlsOptions = {}) {
  await using servers = new FakeServers();
  const port = await servers.tls({ ...CERTIFICATE, ...options }, serve);
  return await runCheck(checkCurl, `-H 127.0.0.1 -p ${port} ${words}`);
}

describe("where it asks", () => {
  it.each<[string, Partial<HttpTarget>]>([
    ["-H h -S", { port: 443, hostPort: 443, usesTls: true }],
    ["-H h:8443 -S", { port: 8443, hostPort: 8443 }],
    ["-S -H h:8443", { port: 8443, hostPort: 8443 }],
    ["-H h:8443 -S -p 444", { port: 444, hostPort: 8443 }],
    ["-p 443 -H h:8443 -S", { port: 443, hostPort: 8443 }],
    ["-H one:8443 -H two -C 10", { hostName: "two", port: 8443 }],
  ])("%s", (line, expected) => {
    expect(readCurlCommand(splitWords(line))?.target).toMatchObject(expected);
  });
});

describe("the versions of TLS", () => {
  it.each([
    ["-S", {}],
    ["-S1", { minVersion: "TLSv1", maxVersion: "TLSv1" }],
    ["-S1.3", { minVersion: "TLSv1.3", maxVersion: "TLSv1.3" }],
    ["-S1.1+", { minVersion: "TLSv1.1" }],
    ["-S1.2 -C 10", {}],
    ["-C 10 -S1.2", { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }],
    ["-S1.2+ -S1.1", { minVersion: "TLSv1.1" }],
  ])("of %s", (words, versions) => {
    expect(readCurlCommand(splitWords(`-H h ${words}`))?.tls.versions).toEqual(versions);
  });
});

it.each(["https_proxy", "HTTPS_PROXY", "ALL_PROXY"])("a proxy (%s) is left to libcurl", (name) => {
  vi.stubEnv(name, "http://127.0.0.1:1");
  expect(isUnderstood(checkCurl, "-H h -S")).toBe(false);
  vi.unstubAllEnvs();
});

it("the handshake has the name of -H in small letters, else that of -I, and no address", async () => {
  await using servers = new FakeServers();
  const names: (string | false | null)[] = [];
  const port = await servers.tls(CERTIFICATE, (socket) => {
    names.push("servername" in socket ? (socket.servername as string | false) : null);
    says("200 OK")(socket);
  });
  for (const place of ["-I 127.0.0.1 -H H.Example", "-I localhost -4", "-H 127.0.0.1"])
    expect((await runCheck(checkCurl, `${place} -p ${port} -S`)).returnCode).toBe(0);
  expect(names).toEqual(["h.example", "localhost", false]);
});

it("a certificate is looked at when the page has come", async () => {
  const { returnCode, output } = await ask("-C 30,10", says("500 Odd"));
  expect(returnCode).toBe(1);
  expect(output).toMatch(/^WARNING - Certificate 'h\.example' expires in 20 day\(s\)/);
  await expect(ask("-C 30,10", (socket) => socket.end())).rejects.toMatchObject({ name: "CheckDeclined" });
});

it.each([
  ["an answer that ends with TLS", "-S", (socket) => void socket.end("HTTP/1.1 200 OK\r\n\r\nok")],
  ["no answer", "-S", (socket) => void socket.end()],
  ["a page that TLS 1.3 forbids", "-S1.3", says("403 Forbidden")],
] satisfies readonly (readonly [string, string, Serve])[])(
  "leaves %s to libcurl",
  async (_, words, serve) => {
    await expect(ask(words, serve)).rejects.toMatchObject({
      name: "CheckDeclined",
      message: expect.stringMatching(/^only libcurl /),
    });
  },
);

it("a page that TLS 1.2 forbids is a page", async () => {
  expect(await ask("-S1.2", says("403 Forbidden"))).toMatchObject({ returnCode: 1 });
});

it("without a plugin a failed handshake is told with OpenSSL's number and reason", async () => {
  await using servers = new FakeServers();
  const port = await servers.tcp((socket) => socket.end("220 hello, this is no TLS\r\n"));
  await expect(runCheck(checkCurl, `-H 127.0.0.1 -p ${port} -S`)).rejects.toMatchObject({
    message: "the TLS handshake failed",
    otherwise: {
      state: 2,
      message: `HTTP CRITICAL - Invalid HTTP response received from host on port ${port}: cURL returned 35 - error:0A00010B:SSL routines::wrong version number\n`,
    },
  });
});

it("a server of HTTP/2 is left to libcurl, and not asked again for an hour", async () => {
  let connections = 0;
  const server = createSecureServer({ ...CERTIFICATE, allowHTTP1: true });
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  {
    await using shared = new SharedValues({ log: () => {} });
    const run = () => runCheck(checkCurl, `-H 127.0.0.1 -p ${port} -S`, { shared });
    for (let times = 0; times < 2; times += 1)
      await expect(run()).rejects.toThrow("the server speaks HTTP/2, which is left to libcurl");
  }
  server.close();
  await once(server, "close");
  expect(connections).toBe(1);
});

it("servers of HTTP/2 are forgotten after an hour, and the oldest of more than a thousand", () => {
  let now = 0;
  using known = new Http2Servers(() => now);
  const target = (port: number) =>
    ({ address: "h", port, hostName: undefined, hostPort: port, url: "/", usesTls: true }) as const;
  for (let port = 1; port <= 1_001; port += 1) known.remember(target(port));
  expect(() => known.throwIfKnown(target(1))).not.toThrow();
  expect(() => known.throwIfKnown(target(2))).toThrow("HTTP/2");
  now = 3_600_000;
  expect(() => known.throwIfKnown(target(2))).not.toThrow();
});

it.skipIf(!hasServer("openssl"))(
  "a chain whose authority is limited to names is left to OpenSSL",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "limited-"));
    const openssl = (...words: readonly string[]) =>
      execFileSync("openssl", words, { cwd: folder, stdio: "pipe" });
    const subject = (name: string) => ["-newkey", "rsa:2048", "-nodes", "-subj", `/CN=${name}`];
    const limits = [
      "basicConstraints=critical,CA:TRUE",
      "nameConstraints=critical,permitted;DNS:other.example",
    ];
    writeFileSync(join(folder, "limits"), limits.join("\n"));
    openssl("req", ...subject("authority"), "-keyout", "a.key", "-out", "a.csr");
    openssl("x509", "-req", "-in", "a.csr", "-key", "a.key", "-extfile", "limits", "-out", "a.crt");
    openssl("req", ...subject("h.example"), "-keyout", "h.key", "-out", "h.csr");
    openssl(
      "x509",
      "-req",
      "-in",
      "h.csr",
      "-CA",
      "a.crt",
      "-CAkey",
      "a.key",
      "-CAcreateserial",
      "-out",
      "h.crt",
    );
    const read = (name: string) => readFileSync(join(folder, name), "latin1");
    const chain = { key: read("h.key"), cert: read("h.crt") + read("a.crt") };
    rmSync(folder, { recursive: true });
    await expect(ask("-C 10", says("200 OK"), chain)).rejects.toThrow("only OpenSSL knows which certificate");
    expect(await ask("-S", says("200 OK"), chain)).toMatchObject({ returnCode: 0 });
  },
);
