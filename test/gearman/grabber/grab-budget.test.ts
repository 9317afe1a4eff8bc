import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GrabBudget } from "../../../src/gearman/grabber/grab-budget.ts";
import { Grabber } from "../../../src/gearman/grabber/grabber.ts";
import { Orphans } from "../../../src/gearman/grabber/orphans.ts";
import type { GrabbedJob } from "../../../src/gearman/grabber/running-job.ts";
import { encodePacket, type Packet } from "../../../src/gearman/packet.ts";
import { PacketReader } from "../../../src/gearman/packet-reader.ts";
import { Arrivals } from "../../support/gearman/arrivals.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { stubLog } from "../../support/stub-log.ts";

checkLeaks();

/** A job server that answers probes, and else says only what the test has it say. */
async function startScriptedServer() {
  const said = new Arrivals<string>();
  const peers = new Arrivals<Socket>();
  const server = createServer((socket) => {
    const hear = (packet: Packet) => {
      if (packet.type !== "ECHO_REQ") said.push(packet.type);
      else socket.write(encodePacket({ ...packet, type: "ECHO_RES" }, "response"));
    };
    const reader = new PacketReader({ onPacket: hear, magic: "request" });
    socket.on("data", (chunk) => reader.push(chunk)).on("error", () => {});
    peers.push(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { said, peers, port, server };
}

it.each([
  { says: "64 grabs are the most", budget: new GrabBudget(), most: 64 },
  { says: "as many grabs as it is told are the most", budget: new GrabBudget(512), most: 512 },
])("$says, and each job that comes allows one more until then", ({ budget, most }) => {
  const limits = Array.from({ length: most + 1 }, () => {
    budget.gotJob(false);
    return budget.limit;
  });
  expect(limits).toEqual([...Array.from({ length: most - 1 }, (_, at) => at + 2), most, most]);
});

describe("a worker that is woken up", () => {
  let scripted: Awaited<ReturnType<typeof startScriptedServer>>;
  let grabber: Grabber;
  let worker: Socket;
  const jobs = new Arrivals<GrabbedJob>();

  const tell = (...packets: readonly Packet[]) =>
    worker.write(Buffer.concat(packets.map((packet) => encodePacket(packet, "response"))));
  const assign = (handle: string): Packet => ({
    type: "JOB_ASSIGN_UNIQ",
    handle,
    queue: "host",
    unique: "",
    workload: Buffer.from("x"),
  });

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    scripted = await startScriptedServer();
    const server = { host: "127.0.0.1", port: scripted.port };
    const onJob = (job: GrabbedJob) => jobs.push(job);
    const log = stubLog();
    const orphans = new Orphans({ log });
    grabber = new Grabber({ server, queues: ["host"], log, orphans, room: () => 10, onJob });
    grabber.start();
    worker = await scripted.peers.next();
    expect(await scripted.said.take(2)).toEqual(["CAN_DO", "GRAB_JOB_UNIQ"]);
    tell({ type: "NO_JOB" });
    expect(await scripted.said.take(1)).toEqual(["PRE_SLEEP"]);
  });
  afterEach(async () => {
    await grabber.stop();
    scripted.server.close();
    worker.destroy();
    vi.useRealTimers();
  });

  it("grabs one job and goes to sleep again, and asks for no second one", async () => {
    tell({ type: "NOOP" });
    expect(await scripted.said.take(2)).toEqual(["GRAB_JOB_UNIQ", "PRE_SLEEP"]);
    tell(assign("H:a:1"));
    (await jobs.next()).complete();
    expect(await scripted.said.take(1)).toEqual(["WORK_COMPLETE"]);
    vi.advanceTimersByTime(5);
    tell({ type: "NOOP" });
    expect(await scripted.said.take(2)).toEqual(["GRAB_JOB_UNIQ", "PRE_SLEEP"]);
  });

  it("grabs on, more and more, when it is woken up as soon as it has the one job", async () => {
    tell({ type: "NOOP" });
    expect(await scripted.said.take(2)).toEqual(["GRAB_JOB_UNIQ", "PRE_SLEEP"]);
    tell(assign("H:a:1"), { type: "NOOP" });
    expect(await scripted.said.take(2)).toEqual(["GRAB_JOB_UNIQ", "GRAB_JOB_UNIQ"]);
    tell(assign("H:a:2"), assign("H:a:3"));
    expect(await scripted.said.take(4)).toEqual(Array(4).fill("GRAB_JOB_UNIQ"));
    tell(...Array(4).fill({ type: "NO_JOB" }));
    expect(await scripted.said.take(1)).toEqual(["PRE_SLEEP"]);
  });

  it("goes on to sleep when another worker was quicker", async () => {
    tell({ type: "NOOP" });
    expect(await scripted.said.take(2)).toEqual(["GRAB_JOB_UNIQ", "PRE_SLEEP"]);
    tell({ type: "NO_JOB" });
    vi.advanceTimersByTime(5);
    tell({ type: "NOOP" });
    expect(await scripted.said.take(2)).toEqual(["GRAB_JOB_UNIQ", "PRE_SLEEP"]);
  });
});
