import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Connection, type ConnectionOptions } from "../../src/gearman/connection.ts";
import { encodePacket, type Packet } from "../../src/gearman/packet.ts";
import type { ServerAddress } from "../../src/gearman/server-address.ts";
import { freePort } from "../support/free-port.ts";
import { Actors, until } from "../support/gearman/actors.ts";
import { Arrivals } from "../support/gearman/arrivals.ts";
import { type SilentServer, startSilentServer } from "../support/gearman/silent-server.ts";
import { checkLeaks } from "../support/leaks.ts";
import { stubLog } from "../support/stub-log.ts";

const QUICK = { retryFirstMs: 1, retryAtMostMs: 5 };
const ECHO_REQ = "\0REQ\0\0\0\x10";

describe("the connection", () => {
  checkLeaks();
  const actors = new Actors();
  let server: SilentServer;
  beforeEach(async () => {
    server = await startSilentServer();
  });
  afterEach(async () => {
    await actors.stop();
    await server.stop();
  });

  function open(options: Partial<ConnectionOptions> = {}, address: ServerAddress = server.address) {
    const states = new Arrivals<string>();
    const packets = new Arrivals<Packet>();
    const log = stubLog();
    const connection = actors.add(
      new Connection({
        server: address,
        log,
        onPacket: packets.push,
        onState: states.push,
        timing: QUICK,
        ...options,
      }),
    );
    connection.start();
    return { connection, states, packets, log };
  }

  it("tells its state, and comes back when it is lost", async () => {
    const { connection, states, log } = open();
    expect(connection.isConnected).toBe(false);
    expect(await states.next()).toBe("connected");
    expect(connection.isConnected).toBe(true);
    server.cut();
    expect(await states.next()).toBe("disconnected");
    expect(await states.next()).toBe("connected");
    expect(server.connections).toBe(2);
    expect(log.warn).toHaveBeenCalledTimes(1);
  });

  it("waits for a server that is not there yet, and complains once", async () => {
    const address = { host: "127.0.0.1", port: await freePort() };
    const { connection, states, log } = open({}, address);
    await until(() => expect(log.debug).toHaveBeenCalled());
    expect(states.all).toEqual([]);
    expect(log.warn).toHaveBeenCalledTimes(1);
    expect(log.warn).toHaveBeenCalledWith(
      { server: `127.0.0.1:${address.port}`, reason: expect.stringContaining("ECONNREFUSED") },
      "cannot connect to the job server",
    );
    await connection.stop();
  });

  it("sends what was written in one turn of the event loop in one piece", async () => {
    const { connection, states } = open();
    await states.next();
    const heard = server.heard();
    for (let i = 0; i < 100; i++) connection.send({ type: "CAN_DO", queue: `queue ${i}` });
    await heard;
    expect(server.chunks).toHaveLength(1);
    expect(server.received).toContain("queue 99");
  });

  it("forgets what is sent while it is not connected", async () => {
    const { connection, states } = open();
    connection.send({ type: "CAN_DO", queue: "early" });
    await states.next();
    connection.send({ type: "CAN_DO", queue: "in time" });
    await until(() => expect(server.received).toContain("in time"));
    expect(server.received).not.toContain("early");
  });

  it("reads packets", async () => {
    const { states, packets } = open();
    await states.next();
    const noop = encodePacket({ type: "NOOP" }, "response");
    server.say(Buffer.concat([noop, noop, noop.subarray(0, 5)]));
    server.say(noop.subarray(5));
    expect(await packets.take(3)).toEqual([{ type: "NOOP" }, { type: "NOOP" }, { type: "NOOP" }]);
  });

  it("hangs up on who does not speak Gearman", async () => {
    const foreign = actors.add(await startSilentServer({ greets: false }));
    const { states, log } = open({}, foreign.address);
    await foreign.heard();
    foreign.say(Buffer.from("SSH-2.0-OpenSSH_10.0p1\r\n"));
    await until(() =>
      expect(log.warn).toHaveBeenCalledWith(
        { server: nameOf(foreign), reason: 'this is not a Gearman packet: "SSH-2.0-Open"' },
        "nothing there speaks Gearman, is this the port of a job server?",
      ),
    );
    expect(states.all).toEqual([]);
  });

  it("hangs up on a server that does not speak Gearman any more", async () => {
    const { states, log } = open();
    await states.next();
    server.say(Buffer.from("SSH-2.0-OpenSSH_10.0p1\r\n"));
    expect(await states.next()).toBe("disconnected");
    expect(log.warn).toHaveBeenCalledWith(
      { server: nameOf(server), reason: 'this is not a Gearman packet: "SSH-2.0-Open"' },
      "lost the connection to the job server",
    );
  });

  it.each([
    ["hangs up on everybody", (each: SilentServer) => each.cut()],
    ["is none", (each: SilentServer) => each.say(Buffer.from("SSH-2.0-OpenSSH_10.0p1\r\n"))],
  ])("calls a server that %s less and less often, and complains once", async (_, answer) => {
    const bad = actors.add(await startSilentServer({ greets: false }));
    const { states, log } = open({}, bad.address);
    for (let i = 0; i < 5; i++) {
      await bad.heard();
      answer(bad);
    }
    await until(() =>
      expect(log.debug).toHaveBeenLastCalledWith(
        expect.objectContaining({ failures: 5 }),
        "still cannot connect to the job server",
      ),
    );
    expect(states.all).toEqual([]);
    expect(log.warn).toHaveBeenCalledTimes(1);
  });

  it("complains again when it is lost once more after the server had answered", async () => {
    const { states, packets, log } = open();
    for (let i = 0; i < 2; i++) {
      await states.next();
      server.say(encodePacket({ type: "NOOP" }, "response"));
      await packets.next();
      server.cut();
      await states.next();
    }
    expect(log.warn).toHaveBeenCalledTimes(2);
  });

  const IMPATIENT = { ...QUICK, probeAfterMs: 20, idleProbeAfterMs: 20, answerWithinMs: 20 };

  it("asks a silent server for a sign of life, and gives it up when none comes", async () => {
    const { connection, states, log } = open({ timing: { ...IMPATIENT, giveUpAfterMs: 100 } });
    await states.next();
    await until(() => expect(connection.isSilent).toBe(true));
    expect(await states.next()).toBe("disconnected");
    expect(server.received.startsWith(ECHO_REQ)).toBe(true);
    expect(log.warn.mock.calls[0]).toEqual([
      { server: nameOf(server), seconds: 0 },
      "the job server does not answer",
    ]);
  });

  it("gives nothing to a server that does not answer the first probe, and says so", async () => {
    const mute = actors.add(await startSilentServer({ greets: false }));
    const { connection, states, log } = open({ timing: IMPATIENT }, mute.address);
    await mute.heard();
    connection.send({ type: "CAN_DO", queue: "service" });
    const text = "no answer from the job server: it hangs, or nothing there speaks Gearman";
    await until(() => expect(log.warn.mock.calls[0]?.[1]).toBe(text));
    expect([connection.isConnected, connection.isSilent, states.all]).toEqual([false, false, []]);
    mute.say(encodePacket({ type: "ECHO_RES", data: Buffer.from("alive?") }, "response"));
    expect(await states.next()).toBe("connected");
    expect(mute.received).not.toContain("service");
  });

  it("keeps a server that answers", async () => {
    const { connection, states } = open({ timing: { ...IMPATIENT, answerWithinMs: 5_000 } });
    await states.next();
    for (let i = 0; i < 2; i++) {
      await server.heard();
      server.say(encodePacket({ type: "ECHO_RES", data: Buffer.from("alive?") }, "response"));
    }
    expect(connection.isConnected).toBe(true);
    expect(states.all).toEqual(["connected"]);
  });

  it("says that a server was silent and answers again", async () => {
    const answers = Promise.withResolvers<void>();
    const silences: string[] = [];
    const onSilence = () => silences.push("silent");
    const { connection, states, log } = open({ timing: IMPATIENT, onSilence, onDrain: answers.resolve });
    await states.next();
    await until(() => expect(silences.length).toBeGreaterThan(0));
    server.say(encodePacket({ type: "ECHO_RES", data: Buffer.from("alive?") }, "response"));
    await answers.promise;
    expect(connection.isSilent).toBe(false);
    expect(log.info.mock.lastCall).toEqual([
      expect.stringMatching(`^job server ${nameOf(server)} answers again after \\d+ s$`),
    ]);
  });

  it("says when the server reads too slowly, and loses nothing", async () => {
    const slow = actors.add(await startSilentServer({ pauseAfterGreeting: true }));
    const drained = Promise.withResolvers<void>();
    const { connection, states } = open({ onDrain: () => drained.resolve() }, slow.address);
    await states.next();
    const workload = Buffer.alloc(8 * 1024 * 1024, "x");
    connection.send({ type: "SUBMIT_JOB_BG", queue: "big", unique: "", workload });
    await until(() => expect(connection.isCongested).toBe(true));
    connection.send({ type: "CAN_DO", queue: "behind" });
    slow.resume();
    await drained.promise;
    expect(connection.isCongested).toBe(false);
    await until(() => expect(slow.received.endsWith("behind")).toBe(true));
  });

  it("hands over what was sent before it stops, and does not come back", async () => {
    const { connection, states } = open();
    await states.next();
    connection.send({ type: "WORK_COMPLETE", handle: "H:a:1", data: Buffer.from("last") });
    await connection.stop();
    await until(() => expect(server.received).toContain("last"));
    expect(connection.isConnected).toBe(false);
    expect(states.all).toEqual(["connected"]);
    expect(server.connections).toBe(1);
  });

  it("stops also while it connects, while it waits, and twice", async () => {
    const { connection } = open();
    await connection.stop();
    await connection.stop();
    const waiting = open(
      { timing: { retryFirstMs: 60_000, retryAtMostMs: 60_000 } },
      {
        host: "127.0.0.1",
        port: await freePort(),
      },
    );
    await until(() => expect(waiting.log.warn).toHaveBeenCalled());
    await waiting.connection.stop();
  });

  it("reaches a server by IPv6", async (context) => {
    const six = await startSilentServer({ host: "::1" }).catch(() => undefined);
    if (six === undefined) return context.skip("this machine has no IPv6");
    actors.add(six);
    const { states } = open({}, six.address);
    expect(await states.next()).toBe("connected");
  });
});

function nameOf({ address }: SilentServer): string {
  return `${address.host}:${address.port}`;
}
