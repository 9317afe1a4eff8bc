import { once } from "node:events";
import { connect } from "node:net";
import type { SecureVersion } from "node:tls";
import { describe, expect, it } from "vitest";
import { dialUdp } from "../../../plugins/transport/datagram.ts";
import { StreamPeer } from "../../../plugins/transport/peer.ts";
import { upgrade } from "../../../plugins/transport/tls.ts";
import { CheckDeclined } from "../../../sdk/index.ts";
import { Resolver } from "../../../sdk/resolve.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { banner, FakeServers, type Serve } from "../../support/servers/fake-servers.ts";

checkLeaks();

const { signal } = new AbortController();

/** A connection to a server of its own. Both are closed when it is disposed of. */
async function connected(serve: Serve, version?: SecureVersion) {
  const stack = new AsyncDisposableStack();
  const servers = stack.use(new FakeServers());
  const port = version
    ? await servers.tls(createCertificate({ notAfter: inDays(1) }), serve)
    : await servers.tcp(serve);
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const peer = version
    ? new StreamPeer(await upgrade(socket, { signal, maxVersion: version }), { hasRecords: true })
    : new StreamPeer(socket);
  stack.use(peer);
  return { peer, socket, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe("a TCP peer", () => {
  it("gives what has arrived, up to the maximum", async () => {
    await using server = await connected(banner("0123456789"));
    expect(await server.peer.receive(4)).toBe("0123");
    expect(await server.peer.select(0)).toBe(true);
    expect(await server.peer.receive(100)).toBe("456789");
    expect(await server.peer.select(0)).toBe(false);
  });

  it("gives several pieces at once", async () => {
    await using server = await connected((socket) => {
      socket.write("one ");
      setImmediate(() => socket.end("two"));
    });
    expect(await server.peer.select(60)).toBe(true);
    if (!server.socket.readableEnded) await once(server.socket, "end");
    expect(await server.peer.receive(100)).toBe("one two");
    expect(await server.peer.select(0)).toBe(true);
    expect(await server.peer.receive(100)).toBe("");
  });

  it("is at its end where the connection is reset", async () => {
    await using server = await connected((socket) => socket.once("data", () => socket.resetAndDestroy()));
    server.peer.send("x");
    expect(await server.peer.receive(100)).toBe("");
    server.peer.send("nobody hears it");
    expect(await server.peer.select(60)).toBe(true);
  });

  it("is left to the plugin where what it said may be lost with a reset", async () => {
    const gone = Promise.withResolvers<void>();
    await using server = await connected((socket) =>
      socket.once("data", () => {
        socket.write("220 unread");
        socket.resetAndDestroy().once("close", () => gone.resolve());
      }),
    );
    server.peer.send("one");
    await gone.promise;
    const broken = once(server.socket, "error").catch(() => {});
    server.peer.send("two");
    await broken;
    await expect(server.peer.receive(100)).rejects.toThrow(CheckDeclined);
  });

  it("takes bytes for characters", async () => {
    await using server = await connected((socket) => socket.pipe(socket));
    server.peer.send("\x00\x85\xa0\xff");
    expect(await server.peer.receive(100)).toBe("\x00\x85\xa0\xff");
  });

  it("leaves data in the kernel until it is received", async () => {
    await using server = await connected((socket) => socket.write(Buffer.alloc(10_000_000)));
    await server.peer.receive(1);
    while (!server.socket.isPaused()) await once(server.socket, "data");
    const { bytesRead } = server.socket;
    expect(bytesRead).toBeLessThan(1_000_000);
    for (let size = 1; size < 3_000_000; ) size += (await server.peer.receive(1_000_000)).length;
    expect(server.socket.bytesRead).toBeGreaterThan(bytesRead);
  });
});

describe("a TLS peer", () => {
  it("gives one record at a time, and does not select the rest of one", async () => {
    await using server = await connected(banner("0123456789"), "TLSv1.2");
    expect(await server.peer.receive(4)).toBe("0123");
    expect(await server.peer.select(0.01)).toBe(false);
    expect(await server.peer.receive(100)).toBe("456789");
  });

  it("is selected for a ticket after the data", async () => {
    await using server = await connected(banner("0123456789"), "TLSv1.3");
    expect(await server.peer.receive(100)).toBe("0123456789");
    expect(await server.peer.select(60)).toBe(true);
  });
});

describe("a UDP peer", () => {
  const dialled = (port: number) =>
    dialUdp({ host: "127.0.0.1", port }, { resolver: new Resolver(), signal });

  it("gives one datagram, of which the rest is lost", async () => {
    await using servers = new FakeServers();
    using peer = await dialled(await servers.udp((datagram) => datagram));
    peer.send("0123456789");
    peer.send("abc");
    expect(await peer.receive(4)).toBe("0123");
    expect(await peer.receive(4)).toBe("abc");
    expect(await peer.select(0)).toBe(false);
  });

  it("is at its end after an empty datagram", async () => {
    await using servers = new FakeServers();
    using peer = await dialled(await servers.udp(() => Buffer.alloc(0)));
    peer.send("x");
    expect(await peer.receive(4)).toBe("");
  });

  it("is closed when the time is up", async () => {
    await using servers = new FakeServers();
    const deadline = new AbortController();
    const port = await servers.udp(() => undefined);
    const peer = await dialUdp(
      { host: "127.0.0.1", port },
      { resolver: new Resolver(), signal: deadline.signal },
    );
    const received = peer.receive(4);
    deadline.abort();
    expect(await received).toBe("");
  });
});
