import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkNscWeb } from "../../../plugins/nsclient/check_nsc_web.ts";
import { NATIVE_NSC_KEEPALIVE } from "../../../plugins/nsclient/settings.ts";
import { WEB_CLIENT } from "../../../plugins/nsclient/web/client.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers, type Serve } from "../../support/servers/fake-servers.ts";
import { BODIES, webAgent } from "./web-agent.ts";
import { AGENT_CERTIFICATE } from "./web-places.ts";

checkLeaks();

const LINE = "-p secret -k -t 2:CRITICAL";

function keeping(isOn: boolean): SharedValues {
  return new SharedValues({ log: () => {}, settings: () => new Map([[NATIVE_NSC_KEEPALIVE, isOn]]) });
}

/** Without the plugin the worker answers UNKNOWN, with this reason. */
async function expectTooLarge(running: Promise<unknown>): Promise<void> {
  await expect(running).rejects.toMatchObject({
    name: "CheckDeclined",
    message: "the agent's answer is too large",
  });
}

/** Sends this answer to the first request. */
const answering =
  (send: Parameters<Serve>[0] extends infer Socket ? (socket: Socket) => void : never): Serve =>
  (socket) =>
    void socket.once("data", () => send(socket));

describe("a clear result in time of an agent", () => {
  it.each([true, false])(
    "whose body is 50 MB; it is well afterwards (kept connections: %s)",
    {
      timeout: 60_000,
    },
    async (isOn) => {
      await using servers = new FakeServers();
      await using shared = keeping(isOn);
      const size = 50 * 2 ** 20;
      let sent = 0;
      const endless = answering((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
        const more = () => {
          while (!socket.destroyed && sent < size) {
            sent += 65_536;
            if (!socket.write(" ".repeat(65_536))) return;
          }
        };
        socket.on("drain", more);
        more();
      });
      const well = webAgent();
      let connections = 0;
      const port = await servers.tcp((socket) => {
        connections += 1;
        if (connections === 2) endless(socket);
        else well(socket);
      });
      const ask = () =>
        runCheck(checkNscWeb, `-p secret -t 30 -u http://127.0.0.1:${port} whole`, {
          shared,
          timeoutMs: 30_000,
        });
      const answer = { returnCode: 0, output: "m |'a b'=42%;80;@1:2;;\n" };
      expect(await ask()).toMatchObject(answer);
      // The kept connection is as good as it was. The next one is the bad one.
      if (isOn) await Promise.all([ask(), expectTooLarge(ask())]);
      else await expectTooLarge(ask());
      expect(sent).toBeLessThan(size);
      expect(await ask()).toMatchObject(answer);
      expect(await ask()).toMatchObject(answer);
    },
  );

  it("whose body comes too slowly", async () => {
    await using servers = new FakeServers();
    const slow = answering((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
      const timer = setInterval(() => socket.write(" "), 50);
      socket.once("close", () => clearInterval(timer));
    });
    const port = await servers.tcp(slow);
    expect(await runCheck(checkNscWeb, `${LINE} -u http://127.0.0.1:${port} q`)).toMatchObject({
      returnCode: 3,
      output: expect.stringMatching(/^RESPONSE-ERROR: context deadline exceeded /),
    });
  });

  it("whose bytes come one by one", async () => {
    await using servers = new FakeServers();
    const body = BODIES["whole"] ?? "";
    const bytes = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const port = await servers.tcp(
      answering(async (socket) => {
        for (const byte of bytes) await new Promise((written) => socket.write(byte, written));
      }),
    );
    expect(await runCheck(checkNscWeb, `-p x -u http://127.0.0.1:${port} q`)).toMatchObject({
      returnCode: 0,
      output: "m |'a b'=42%;80;@1:2;;\n",
    });
  });

  it.each([
    ["three", "Parse Error"],
    ["text", "no JSON"],
    ["nothing", "null"],
  ])("that answers as %s: left to the plugin, and without one UNKNOWN with %s", async (command, words) => {
    await using servers = new FakeServers();
    const port = await servers.tcp(webAgent());
    const running = runCheck(checkNscWeb, `${LINE} -u http://127.0.0.1:${port} ${command}`);
    await expect(running).rejects.toMatchObject({
      name: "CheckDeclined",
      otherwise: { state: 3, message: expect.stringContaining(words) },
    });
  });

  it("whose certificate is for another name, has no names, or is of nobody", async () => {
    await using servers = new FakeServers();
    const nameless = createCertificate({ commonNames: ["127.0.0.1"], notAfter: inDays(1) });
    const ports = [AGENT_CERTIFICATE, nameless].map((each) => servers.tls(each, webAgent()));
    const other = createCertificate({ altNames: ["127.0.0.1"], notAfter: inDays(1) });
    const file = join(mkdtempSync(join(tmpdir(), "web-")), "ca.pem");
    writeFileSync(file, other.cert);
    for (const port of await Promise.all(ports)) {
      const running = runCheck(checkNscWeb, `-p secret -ca ${file} -u https://127.0.0.1:${port} myok`);
      await expect(running).rejects.toMatchObject({
        message: "the certificate cannot be verified",
        otherwise: { state: 3, message: expect.not.stringContaining("secret") },
      });
    }
  });
});

it.each([
  ["redirect", { returnCode: 0, output: "/elsewhere\n" }],
  ["unredirected", { returnCode: 3, output: "RESPONSE-ERROR: http request failed: 302 Found\n" }],
])("follows a redirect on the same agent: %s", async (command, answer) => {
  await using servers = new FakeServers();
  const port = await servers.tcp(webAgent());
  const ran = await runCheck(checkNscWeb, `${LINE} -u http://127.0.0.1:${port} ${command}`);
  expect(ran).toMatchObject(answer);
});

it.each(["away", "loop"])("leaves redirects that lead %s to the plugin", async (command) => {
  await using servers = new FakeServers();
  const port = await servers.tcp(webAgent());
  const running = runCheck(checkNscWeb, `${LINE} -u http://127.0.0.1:${port} ${command}`);
  await expect(running).rejects.toMatchObject({ name: "CheckDeclined" });
});

it.each(["fraction", "point", "power", "text"])(
  "leaves a return code that is a %s to the plugin",
  async (command) => {
    await using servers = new FakeServers();
    const port = await servers.tcp(webAgent());
    const running = runCheck(checkNscWeb, `${LINE} -a 1 -u http://127.0.0.1:${port} ${command}`);
    await expect(running).rejects.toMatchObject({ name: "CheckDeclined" });
  },
);

describe("connections", () => {
  it.each([
    [true, 1],
    [false, 3],
  ])("are kept if the operator wants that (%s)", async (isOn, expected) => {
    await using servers = new FakeServers();
    await using shared = keeping(isOn);
    let connections = 0;
    const serve = webAgent();
    const port = await servers.tls(AGENT_CERTIFICATE, (socket) => {
      connections += 1;
      serve(socket);
    });
    for (let time = 0; time < 3; time += 1) {
      const ran = await runCheck(checkNscWeb, `${LINE} -u https://127.0.0.1:${port} myok`, { shared });
      expect(ran).toMatchObject({ returnCode: 0, output: "OK - ext | a=1\n" });
    }
    expect(connections).toBe(expected);
    expect(shared.get(WEB_CLIENT).idleCount).toBe(isOn ? 1 : 0);
  });

  it("are not shared by checks with another password", async () => {
    await using servers = new FakeServers();
    await using shared = keeping(true);
    const port = await servers.tcp(webAgent());
    for (const password of ["a", "b"]) {
      await runCheck(checkNscWeb, `-p ${password} -u http://127.0.0.1:${port} myok`, { shared });
    }
    expect(shared.get(WEB_CLIENT).idleCount).toBe(2);
  });

  it("that the agent closes at the moment of the next request are made anew", async () => {
    await using shared = keeping(true);
    let requests = 0;
    const server = createServer((socket) => {
      const serve = webAgent(() => {
        requests += 1;
      });
      socket.once("data", () => socket.once("data", () => socket.destroy()));
      serve(socket);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    for (let time = 0; time < 2; time += 1) {
      const ran = await runCheck(checkNscWeb, `${LINE} -u http://127.0.0.1:${port} myok`, { shared });
      expect(ran.returnCode).toBe(0);
    }
    expect(requests).toBeGreaterThanOrEqual(2);
    await shared[Symbol.asyncDispose]();
    server.close();
    await once(server, "close");
  });
});
