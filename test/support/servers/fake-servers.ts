import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { Worker } from "node:worker_threads";
import { freePort } from "../free-port.ts";

export type Serve = (socket: Socket) => void;

/** Sends this text and then waits for the other side. */
export function banner(text: string): Serve {
  return (socket) => socket.write(text, "latin1");
}

const SLOW_MS = 1_300;

/** What the servers of the transcripts did, by the ports they had when the transcripts were recorded. */
const RECORDED_SERVERS: Readonly<Record<string, Serve>> = {
  12222: banner("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n"),
  17001: () => {},
  17003: banner("220 test.example FTP ready\r\n"),
  17004: banner("SSH-1.99-Foo_1.0 some comment\r\n"),
  17005: banner("Welcome to this box\r\nsecond pre line\r\nSSH-2.0-OpenSSH_8.8p1 Debian-1\r\n"),
  17006: (socket) => socket.end(),
  17007: (socket) => socket.pipe(socket),
  17008: (socket) => {
    const timer = setTimeout(() => socket.write("220 slow hello\r\n"), SLOW_MS);
    socket.once("close", () => clearTimeout(timer));
  },
  17009: (socket) => socket.end("garbage without version\r\n"),
  17011: banner("SSH-2.0-dropbear_2020.81\r\n"),
  17013: banner("multi\r\nline\r\nanswer 123\r\n"),
  17014: (socket) => socket.end("SSH-2.0\r\n"),
  18080: () => {},
};

/** A thread that listens and then sleeps, so it accepts no connection. */
const SLEEPER = `
const { createServer } = require("node:net");
const { parentPort, workerData } = require("node:worker_threads");
createServer().listen({ port: workerData, host: "127.0.0.1", backlog: 1 }, () => {
  parentPort.postMessage("listening");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/** More connections than the kernel's queue holds. */
const WAITING = 4;

/** Servers of a test on 127.0.0.1. All are closed when the test ends. */
export class FakeServers implements AsyncDisposable {
  readonly #closing = new AsyncDisposableStack();

  /** Returns the port. */
  async tcp(serve: Serve): Promise<number> {
    return this.#listen(createServer({ allowHalfOpen: true }), serve, await freePort());
  }

  async tls(options: TlsOptions, serve: Serve, wanted?: number): Promise<number> {
    return this.#listen(
      createTlsServer({ ...options, allowHalfOpen: true }),
      serve,
      wanted ?? (await freePort()),
      "secureConnection",
    );
  }

  /** Returns the path. */
  async unix(serve: Serve): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "fake-server-"));
    this.#closing.defer(() => rmSync(folder, { recursive: true }));
    return this.#listen(createServer({ allowHalfOpen: true }), serve, join(folder, "s.sock"));
  }

  /** `answer` returns undefined for a datagram that gets no answer. */
  async udp(answer: (datagram: Buffer) => Buffer | undefined, wanted?: number): Promise<number> {
    const socket = createSocket("udp4");
    const port = wanted ?? (await freePort());
    socket.bind(port, "127.0.0.1");
    await once(socket, "listening");
    this.#closing.defer(() => closeUdp(socket));
    socket.on("message", (datagram, { port: to, address }) => {
      const answered = answer(datagram);
      if (answered !== undefined) socket.send(answered, to, address);
    });
    return port;
  }

  /** A port whose queue is full: a client that connects waits for ever. */
  async full(): Promise<number> {
    const port = await freePort();
    const worker = new Worker(SLEEPER, { eval: true, workerData: port });
    this.#closing.defer(async () => void (await worker.terminate()));
    await once(worker, "message");
    for (let at = 0; at < WAITING; at += 1) {
      const socket = connect(port, "127.0.0.1").on("error", () => {});
      this.#closing.defer(() => void socket.destroy());
      if (at < 1) await once(socket, "connect");
    }
    return port;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing.disposeAsync();
  }

  async #listen<Place extends number | string>(
    server: Server,
    serve: Serve,
    place: Place,
    event: "connection" | "secureConnection" = "connection",
  ): Promise<Place> {
    const sockets = new Set<Socket>();
    server.on("connection", (socket: Socket) => {
      sockets.add(socket.on("error", () => {}));
      socket.once("close", () => sockets.delete(socket));
    });
    server.on(event, (socket: Socket) => {
      socket.on("error", () => {}).on("end", () => socket.end());
      socket.resume();
      serve(socket);
    });
    server.on("tlsClientError", () => {});
    if (typeof place === "number") server.listen(place, "127.0.0.1");
    else server.listen(place);
    await once(server, "listening");
    this.#closing.defer(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    });
    return place;
  }
}

/** The servers of the transcripts: recorded port → the one in this run. */
export async function startRecordedServers(servers: FakeServers): Promise<Record<string, string>> {
  const places: Record<string, string> = {};
  for (const [port, serve] of Object.entries(RECORDED_SERVERS))
    places[port] = String(await servers.tcp(serve));
  places["17002"] = String(await servers.full());
  places["17020"] = String(await servers.udp((datagram) => datagram));
  places["17021"] = String(await servers.udp(() => undefined));
  return places;
}

async function closeUdp(socket: UdpSocket): Promise<void> {
  socket.close();
  await once(socket, "close");
}
