import { describe, expect, it, vi } from "vitest";
import { type Claim, digestOf, Orphans } from "../../../src/gearman/grabber/orphans.ts";
import { type Answer, RunningJob } from "../../../src/gearman/grabber/running-job.ts";
import { stubLog } from "../../support/stub-log.ts";

const DATA = Buffer.from("done");

describe("orphans", () => {
  it("know a running job again by queue and workload, once", () => {
    const orphans = new Orphans({ log: stubLog() });
    const job = runningJob("host", "a");
    orphans.adopt(job);
    expect(orphans.running).toBe(1);
    expect(claim(orphans, "service", "a")).toBeUndefined();
    expect(claim(orphans, "host", "b")).toBeUndefined();
    expect(claim(orphans, "host", "a")).toEqual({ kind: "running", job });
    expect(orphans.running).toBe(0);
    expect(claim(orphans, "host", "a")).toBeUndefined();
  });

  it("give the answer of a job that has ended meanwhile, once", () => {
    const orphans = new Orphans({ log: stubLog() });
    const done = runningJob("host", "a");
    orphans.adopt(done);
    done.complete(DATA);
    expect(orphans.running).toBe(0);
    expect(claim(orphans, "host", "a")).toEqual({
      kind: "finished",
      answer: { type: "WORK_COMPLETE", data: DATA },
    });
    expect(claim(orphans, "host", "a")).toBeUndefined();
  });

  it("know nothing of a job that has failed meanwhile: it is run again", () => {
    const orphans = new Orphans({ log: stubLog() });
    const failed = runningJob("host", "a");
    orphans.adopt(failed);
    failed.fail();
    expect([orphans.running, orphans.size, orphans.places()]).toEqual([0, 0, []]);
    expect(claim(orphans, "host", "a")).toBeUndefined();
  });

  it("know a job whose answer was sent by its unique, or else by its handle", () => {
    const orphans = new Orphans({ log: stubLog() });
    const answer: Answer = { type: "WORK_FAIL" };
    const sent = { server: "a:4730", answer };
    orphans.remember({ ...assignment("host", "a"), ...sent, unique: "u" });
    orphans.remember({ ...assignment("host", "b"), ...sent });
    expect(claim(orphans, "host", "a"), "no unique").toBeUndefined();
    expect(claim(orphans, "host", "a", "v"), "another unique").toBeUndefined();
    expect(claim(orphans, "host", "x", "u"), "another workload").toBeUndefined();
    expect(claim(orphans, "service", "a", "u"), "another queue").toBeUndefined();
    expect(claim(orphans, "host", "a", "u"), "its unique, under a new handle").toEqual({
      kind: "finished",
      answer,
    });
    expect(claim(orphans, "host", "a", "u"), "once").toBeUndefined();
    expect(claim(orphans, "host", "b"), "a new handle").toBeUndefined();
    expect(orphans.claim(assignment("host", "b")), "its handle").toEqual({ kind: "finished", answer });
  });

  it("count jobs that are alike", () => {
    const orphans = new Orphans({ log: stubLog() });
    const jobs = [runningJob("host", "a"), runningJob("host", "a"), runningJob("host", "a")];
    for (const job of jobs) orphans.adopt(job);
    jobs[1]?.complete();
    expect(claim(orphans, "host", "a")).toEqual({ kind: "running", job: jobs[0] });
    expect(claim(orphans, "host", "a")).toEqual({ kind: "running", job: jobs[2] });
    expect(claim(orphans, "host", "a")?.kind).toBe("finished");
    expect(claim(orphans, "host", "a")).toBeUndefined();
  });

  it("forget a job that has ended after a while, but never one that runs", () => {
    let now = 0;
    const orphans = new Orphans({ log: stubLog(), now: () => now, rememberForMs: 1_000 });
    const [ended, running] = [runningJob("host", "a"), runningJob("host", "b")];
    orphans.adopt(ended);
    orphans.adopt(running);
    ended.complete();
    now = 1_000;
    expect(claim(orphans, "host", "a")).toBeUndefined();
    expect(claim(orphans, "host", "b")?.kind).toBe("running");
  });

  it("keep no more than they may of jobs that have ended, the newest", () => {
    const orphans = new Orphans({ log: stubLog(), maxFinished: 2 });
    for (const text of ["a", "b", "c"]) {
      const job = runningJob("host", text);
      orphans.adopt(job);
      job.complete();
    }
    expect(["a", "b", "c"].map((text) => claim(orphans, "host", text)?.kind)).toEqual([
      undefined,
      "finished",
      "finished",
    ]);
  });

  it("know a job of an earlier start by its digest, and again after its answer, if that was lost", () => {
    const log = stubLog();
    const orphans = new Orphans({ log });
    const digest = digestOf(Buffer.from("a"));
    const job = RunningJob.ofEarlierStart({ queue: "host", server: "127.0.0.1:4730", digest });
    orphans.adopt(job);
    expect([orphans.running, orphans.size], "nothing runs").toEqual([0, 1]);
    expect(orphans.places()).toEqual([{ server: "127.0.0.1:4730", queue: "host" }]);
    expect(claim(orphans, "host", "b")).toBeUndefined();
    expect(claim(orphans, "host", "a", "u")).toEqual({ kind: "running", job });
    expect(log.info.mock.calls[0]?.[1]).toBe("job assigned again, its result is in the spool; not run twice");

    const holder = { answered: vi.fn() };
    job.moveTo(holder, { ...assignment("host", "a"), handle: "H:new:1", unique: "u" });
    job.complete();
    expect(holder.answered).toHaveBeenCalledOnce();
    const { handle, queue, unique, workload, server } = job;
    expect(handle).toBe("H:new:1");
    orphans.remember({ handle, queue, unique, workload, server, answer: { type: "WORK_FAIL" } });
    expect(claim(orphans, "host", "a", "u")).toMatchObject({ kind: "finished" });
  });

  it("complete a job of an earlier start whose result was delivered before it came again", () => {
    const orphans = new Orphans({ log: stubLog() });
    const digest = digestOf(Buffer.from("a"));
    const job = RunningJob.ofEarlierStart({ queue: "host", server: "127.0.0.1:4730", digest });
    orphans.adopt(job);
    job.complete();
    expect(orphans.size).toBe(1);
    expect(claim(orphans, "host", "a")).toMatchObject({
      kind: "finished",
      answer: { type: "WORK_COMPLETE" },
    });
    expect(orphans.size).toBe(0);
  });

  it("say so in the log, once for each", () => {
    const log = stubLog();
    const orphans = new Orphans({ log });
    orphans.adopt(runningJob("host", "a"));
    claim(orphans, "host", "a");
    expect(log.info).toHaveBeenCalledTimes(1);
    expect(log.info).toHaveBeenCalledWith(
      { handle: "H:new:1", queue: "host", before: "H:old:1" },
      "job assigned again while it runs; not run twice",
    );
  });
});

describe("a running job", () => {
  it("is answered once", () => {
    const origin = { answered: vi.fn(), ended: vi.fn() };
    const job = new RunningJob(assignment("host", "a"), origin);
    job.complete(DATA);
    job.fail();
    job.complete();
    expect(origin.answered.mock.calls).toEqual([[job, { type: "WORK_COMPLETE", data: DATA }]]);
    expect(origin.ended).toHaveBeenCalledOnce();
  });

  it("tells the grabber it came from of its end, though the orphans take its answer", () => {
    const origin = { answered: vi.fn(), ended: vi.fn() };
    const job = new RunningJob(assignment("host", "a"), origin);
    new Orphans({ log: stubLog() }).adopt(job);
    job.complete();
    expect(origin.answered).not.toHaveBeenCalled();
    expect(origin.ended).toHaveBeenCalledOnce();
  });
});

function runningJob(queue: string, text: string): RunningJob {
  return new RunningJob(assignment(queue, text), {
    answered: () => expect.fail("its connection is lost"),
    ended: () => {},
  });
}

function assignment(queue: string, text: string) {
  return { handle: "H:old:1", queue, unique: "", workload: Buffer.from(text), server: "127.0.0.1:4730" };
}

function claim(orphans: Orphans, queue: string, text: string, unique = ""): Claim | undefined {
  return orphans.claim({ handle: "H:new:1", queue, unique, workload: Buffer.from(text) });
}
