import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodePacket, type Packet } from "../../../src/gearman/packet.ts";
import { Actors, until } from "../../support/gearman/actors.ts";
import { type SilentServer, startSilentServer } from "../../support/gearman/silent-server.ts";
import { checkLeaks } from "../../support/leaks.ts";

const bytes = (...packets: readonly Packet[]) =>
  Buffer.concat(packets.map((packet) => encodePacket(packet, "response")));
const job = (more: { handle?: string; queue?: string; unique?: string } = {}): Packet => ({
  type: "JOB_ASSIGN_UNIQ",
  handle: "H:1",
  queue: "service",
  unique: "",
  workload: Buffer.from("x"),
  ...more,
});
const NO_JOB: Packet = { type: "NO_JOB" };
const GRAB = encodePacket({ type: "GRAB_JOB_UNIQ" }).toString("latin1");

describe("a job server that keeps to no rule", () => {
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

  async function grabbing() {
    const room = () => Math.max(0, 2 - worker.jobs.all.length);
    const worker = actors.worker(server.address, ["service"], { room });
    await until(() => expect(server.received).toContain(GRAB));
    return worker;
  }

  it.each([
    [
      "more jobs than it was asked for",
      [job(), job(), job(), job()],
      "a reply to a question that was not asked",
    ],
    ["NO_JOB without end", Array(1_000).fill(NO_JOB), "a reply to a question that was not asked"],
    [
      "a job of a queue that is not served",
      [job({ queue: `root${"t".repeat(200)}` })],
      `a job of the queue 'root${"t".repeat(96)}', which it was not asked for`,
    ],
    ["a handle of 5,000 bytes", [job({ handle: "h".repeat(5_000) })], "a job with a name of 5000 bytes"],
    ["a unique of 5,000 bytes", [job({ unique: "u".repeat(5_000) })], "a job with a name of 5000 bytes"],
  ])("that sends %s loses the connection", async (_, packets, reason) => {
    const { grabber, jobs, log } = await grabbing();
    server.say(bytes(...packets));
    await until(() => expect(server.connections).toBe(2));
    expect(grabber.outstandingGrabs).toBeGreaterThanOrEqual(0);
    expect(jobs.all.map(({ queue }) => queue).filter((queue) => queue !== "service")).toEqual([]);
    expect(jobs.all.length).toBeLessThan(4);
    expect(log.warn.mock.calls).toEqual([
      [expect.objectContaining({ reason }), "lost the connection to the job server"],
    ]);
  });

  it("that complains without end fills no log", async () => {
    const { grabber, log } = await grabbing();
    const complaint: Packet = { type: "ERROR", code: "C".repeat(10_000), text: "e".repeat(1_000_000) };
    server.say(bytes(...Array(20).fill(complaint), NO_JOB));
    await until(() => expect(grabber.outstandingGrabs).toBe(0));
    expect(log.warn.mock.calls).toEqual([
      [
        { server: `127.0.0.1:${server.address.port}`, code: `${"C".repeat(500)}…` },
        `job server: ${"e".repeat(500)}…`,
      ],
    ]);
  });
});
