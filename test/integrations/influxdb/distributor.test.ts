import { describe, expect, it, vi } from "vitest";
import type { Ticket } from "../../../integrations/influxdb/delivery/ticket.ts";
import { Distributor, type LineSink, PERFDATA_BEGINS } from "../../../integrations/influxdb/distributor.ts";
import { createEnvelope } from "../../../src/payload/crypt.ts";
import { keyFromPassword } from "../../../src/payload/key.ts";
import { recordedEvents, recordedPairs, wireOf } from "../../support/mod-gearman/recorded.ts";
import { stubLog } from "../../support/stub-log.ts";

const KEY = keyFromPassword(Buffer.from("rig-secret-key-of-more-than-32-bytes-so-it-is-cut"));
const PERFDATA = recordedEvents().filter(({ queue }) => queue === "perfdata");

function newSink(name: string, isStuck = false, doublesBackslashes = false) {
  const tickets: Ticket[] = [];
  const texts: string[] = [];
  const sink: LineSink = {
    name,
    isStuck,
    doublesBackslashes,
    add(text, _, ticket) {
      ticket.hold();
      tickets.push(ticket);
      texts.push(text);
    },
    end: async () => {},
  };
  return { sink, tickets, texts };
}

function newDistributor(targets: readonly LineSink[]) {
  const onRoom = vi.fn();
  const distributor = new Distributor({
    envelope: createEnvelope({ encryption: true, key: KEY, begins: PERFDATA_BEGINS }),
    targets,
    pnp: undefined,
    log: stubLog(),
    onRoom,
    lines: { hostcheck: "hostcheck", afterBackslash: "_" },
    limits: { jobs: 100, bytes: 100_000 },
  });
  return { distributor, onRoom };
}

function newJob(workload: Buffer) {
  const job = { complete: vi.fn(), fail: vi.fn() };
  return { ...job, handle: "h", queue: "perfdata", unique: "", server: "s", workload };
}

describe("the distributor", () => {
  it("reads every perfdata job that a real Naemon has sent", () => {
    const { sink, texts } = newSink("a");
    const { distributor } = newDistributor([sink]);
    const jobs = PERFDATA.map((payload) => newJob(wireOf(payload)));
    for (const job of jobs) distributor.take(job);
    expect(PERFDATA.length).toBeGreaterThan(3);
    expect(jobs.filter(({ fail }) => fail.mock.calls.length > 0)).toEqual([]);
    expect(distributor.counts).toMatchObject({ records: PERFDATA.length, faulty: 0, unreadable: 0 });
    expect(texts).toContain(
      "metrics,host=h-up-06,service=load\\ 3,command=cmd-048,performanceLabel=load1,crit-fill=none,warn-fill=none crit=30.000,min=0.0,value=0.600,warn=15.000 1795419640000\n",
    );
  });

  it("fails a job that is no perfdata, and one that nobody can read", () => {
    const { distributor } = newDistributor([newSink("a").sink]);
    const [check] = recordedPairs();
    const jobs = [newJob(Buffer.from("junk")), ...(check ? [newJob(wireOf(check))] : [])];
    for (const job of jobs) distributor.take(job);
    expect(jobs.map(({ fail, complete }) => [fail.mock.calls.length, complete.mock.calls.length])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(distributor.held.jobs).toBe(0);
  });

  it("completes a job when the last of all targets has it", () => {
    const [one, other] = [newSink("a"), newSink("b", false, true)];
    const { distributor, onRoom } = newDistributor([one.sink, other.sink]);
    const [payload] = PERFDATA;
    const job = newJob(payload ? wireOf(payload) : Buffer.alloc(0));
    distributor.take(job);
    expect([distributor.held.jobs, distributor.room()]).toEqual([1, 99]);
    expect(other.texts).toEqual(one.texts);
    for (const ticket of one.tickets) ticket.release();
    expect(job.complete).not.toHaveBeenCalled();
    for (const ticket of other.tickets) ticket.release();
    expect(job.complete).toHaveBeenCalledTimes(1);
    expect(onRoom).toHaveBeenCalledTimes(1);
    expect(distributor.held).toEqual({ jobs: 0, bytes: 0 });
  });

  it("has no room while one target is stuck", () => {
    expect(newDistributor([newSink("a").sink, newSink("b", true).sink]).distributor.room()).toBe(0);
  });
});
