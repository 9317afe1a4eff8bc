import { connect, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkNrpe } from "../../../plugins/nrpe/check_nrpe.ts";
import { TlsSessions } from "../../../plugins/nrpe/sessions.ts";
import { NATIVE_NRPE_RESUME } from "../../../plugins/nrpe/settings.ts";
import { SharedValues } from "../../../sdk/shared.ts";
import { runCheck } from "../../../sdk/testing.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { createCertificate, inDays } from "../../support/servers/certificates.ts";
import { FakeServers, type Serve } from "../../support/servers/fake-servers.ts";
import { hasServer } from "../../support/servers/installed.ts";
import { type Nrpe, startNrpe } from "../../support/servers/nrpe.ts";
import { nrpePacket, nrpeStandIn } from "../../support/servers/nrpe-stand-in.ts";

checkLeaks();

const ANONYMOUS = { ciphers: "ADH:@SECLEVEL=0", dhparam: "auto", maxVersion: "TLSv1.2" } as const;
const ANSWER = { returnCode: 0, output: "OK - all is well\n" };

/** A worker's shared values; `isOn` may be exchanged, as by a reload. */
function worker(options: { isOn: boolean }) {
  return new SharedValues({
    log: () => {},
    settings: () => new Map([[NATIVE_NRPE_RESUME, options.isOn]]),
  });
}

/** A daemon that answers, and tells of each connection whether it resumed a session. */
function telling(resumed: boolean[]): Serve {
  const answer = nrpeStandIn((socket, { version }) =>
    socket.end(nrpePacket({ version, text: "OK - all is well" })),
  );
  return (socket) => {
    resumed.push((socket as TLSSocket).isSessionReused());
    answer(socket);
  };
}

async function runTimes(count: number, port: number, shared: SharedValues, words = "") {
  const runs = [];
  while (runs.length < count) {
    runs.push(await runCheck(checkNrpe, `-H 127.0.0.1 -p ${port} -c ok ${words}`, { shared }));
  }
  return runs;
}

describe("with native_nrpe_resume", () => {
  it("the second check of a daemon resumes the session of the first", async () => {
    await using servers = new FakeServers();
    const resumed: boolean[] = [];
    const port = await servers.tls(ANONYMOUS, telling(resumed));
    await using shared = worker({ isOn: true });
    const runs = await runTimes(3, port, shared);
    expect(runs).toMatchObject([ANSWER, ANSWER, ANSWER]);
    expect(resumed).toEqual([false, true, true]);
  });

  it("each check exchanges keys as soon as it is off", async () => {
    await using servers = new FakeServers();
    const resumed: boolean[] = [];
    const port = await servers.tls(ANONYMOUS, telling(resumed));
    const options = { isOn: true };
    await using shared = worker(options);
    await runTimes(2, port, shared);
    options.isOn = false;
    await runTimes(2, port, shared);
    options.isOn = true;
    await runTimes(1, port, shared);
    expect(resumed).toEqual([false, true, false, false, false]);
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)(
    "a daemon with a certificate proves it each time (%s)",
    async (version) => {
      await using servers = new FakeServers();
      const resumed: boolean[] = [];
      const certificate = createCertificate({ commonNames: ["x"], notAfter: inDays(100) });
      const port = await servers.tls({ ...certificate, maxVersion: version }, telling(resumed));
      await using shared = worker({ isOn: true });
      expect(await runTimes(3, port, shared)).toMatchObject([ANSWER, ANSWER, ANSWER]);
      expect(resumed).toEqual([false, false, false]);
    },
  );

  it("a daemon that ends a resumed handshake is asked again with a full one, and so from then on", async () => {
    await using servers = new FakeServers();
    const resumed: boolean[] = [];
    const behind = await servers.tls(ANONYMOUS, telling(resumed));
    let connections = 0;
    const front = await servers.tcp((socket) => {
      connections += 1;
      if (connections === 2) socket.once("data", () => socket.resetAndDestroy());
      else passOn(socket, behind);
    });
    await using shared = worker({ isOn: true });
    expect(await runTimes(3, front, shared)).toMatchObject([ANSWER, ANSWER, ANSWER]);
    expect({ connections, resumed }).toEqual({ connections: 4, resumed: [false, false, false] });
  });

  it("a daemon that was started anew exchanges keys again", async () => {
    const resumed: boolean[] = [];
    await using shared = worker({ isOn: true });
    const port = await (async () => {
      await using servers = new FakeServers();
      const first = await servers.tls(ANONYMOUS, telling(resumed));
      await runTimes(2, first, shared);
      return first;
    })();
    await using servers = new FakeServers();
    await servers.tls(ANONYMOUS, telling(resumed), port);
    expect(await runTimes(1, port, shared)).toMatchObject([ANSWER]);
    expect(resumed).toEqual([false, true, false]);
    expect(await runTimes(1, port, shared)).toMatchObject([ANSWER]);
    expect(resumed, "and resumes the new session").toEqual([false, true, false, true]);
  });
});

describe.skipIf(!hasServer("nrpe"))("Debian's daemon", () => {
  let nrpe: Nrpe | undefined;
  beforeAll(async () => {
    nrpe = await startNrpe();
  });
  afterAll(() => nrpe?.[Symbol.asyncDispose]());

  it("resumes sessions without a certificate, with the same answer", async () => {
    const { sent, runs } = await runThrough(nrpe?.port ?? 0, "");
    expect(new Set(runs.map(({ output }) => output)).size).toBe(1);
    expect(runs[0]).toMatchObject({ returnCode: 0 });
    expect(sent.map(hasKeyExchange)).toEqual([true, false, false]);
  });

  it("proves its certificate each time", async () => {
    const { certificate, key, authority } = nrpe?.files ?? {};
    const { sent, runs } = await runThrough(
      nrpe?.certificatePort ?? 0,
      `-S TLSv1.2 -C ${certificate} -K ${key} -A ${authority}`,
    );
    expect(runs.map(({ returnCode }) => returnCode)).toEqual([0, 0, 0]);
    expect(sent.map(hasKeyExchange)).toEqual([true, true, true]);
  });

  it("ends a resumed handshake if it asks for certificates, and is asked with a full one", async () => {
    const { sent, runs } = await runThrough(nrpe?.askingPort ?? 0, "-S TLSv1.2 -d 2");
    expect(runs.map(({ returnCode }) => returnCode)).toEqual([0, 0, 0]);
    expect(sent.map(hasKeyExchange)).toEqual([true, false, true, true]);
  });
});

/** Connects a client with a server on another port. Gives the server's end. */
function passOn(client: Socket, port: number): Socket {
  const onward = connect(port, "127.0.0.1").on("error", () => client.resetAndDestroy());
  client.once("close", () => onward.destroy());
  client.pipe(onward).pipe(client);
  return onward;
}

/** Runs a check three times. Gives what the daemon has sent over each connection, too. */
async function runThrough(port: number, words: string) {
  await using servers = new FakeServers();
  const connections: Buffer[][] = [];
  const front = await servers.tcp((socket) => {
    const pieces: Buffer[] = [];
    connections.push(pieces);
    passOn(socket, port).on("data", (piece) => pieces.push(piece));
  });
  await using shared = worker({ isOn: true });
  const runs = await runTimes(3, front, shared, words);
  return { runs, sent: connections.map((pieces) => Buffer.concat(pieces)) };
}

const HANDSHAKE = 22;
const SERVER_KEY_EXCHANGE = 12;

/** Whether a server has sent the message of a key exchange, in a record of its own. */
function hasKeyExchange(sent: Buffer): boolean {
  for (let at = 0; at + 5 < sent.length; at += 5 + sent.readUInt16BE(at + 3)) {
    if (sent[at] === HANDSHAKE && sent[at + 5] === SERVER_KEY_EXCHANGE) return true;
  }
  return false;
}

describe("the sessions", () => {
  const session = Buffer.from("a");

  it("are an hour old at most, and a resumed one does not become younger", () => {
    let now = 0;
    const sessions = new TlsSessions({ isOn: () => true, now: () => now });
    sessions.keep("a", session);
    now = 3_599_999;
    sessions.keep("a", Buffer.from("b"));
    expect(sessions.find("a")).toBe(session);
    now = 3_600_000;
    expect(sessions.find("a")).toBeUndefined();
  });

  it("of a daemon that takes none are not tried again for an hour", () => {
    let now = 0;
    const sessions = new TlsSessions({ isOn: () => true, now: () => now });
    sessions.refuse("a");
    sessions.keep("a", session);
    expect(sessions.find("a")).toBeUndefined();
    now = 3_600_000;
    sessions.keep("a", session);
    expect(sessions.find("a")).toBe(session);
  });

  it("are not kept without end", () => {
    const sessions = new TlsSessions({ isOn: () => true });
    for (let daemon = 0; daemon <= 4096; daemon += 1) sessions.keep(String(daemon), session);
    expect([sessions.find("0"), sessions.find("1"), sessions.find("4096")]).toEqual([
      undefined,
      session,
      session,
    ]);
  });
});
