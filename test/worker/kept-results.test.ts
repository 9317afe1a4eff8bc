import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { digestOf } from "../../src/gearman/grabber/orphans.ts";
import type { EarlierJob, RunningJob } from "../../src/gearman/grabber/running-job.ts";
import type { Submission, Submitter } from "../../src/gearman/submitter.ts";
import { Outbox, type Parcel, ResultTooOldError, type WaitingParcel } from "../../src/result/outbox.ts";
import { KeptResults } from "../../src/worker/kept-results.ts";
import { createFolder } from "../support/folder.ts";
import { until } from "../support/gearman/actors.ts";
import { stubLog } from "../support/stub-log.ts";

const SERVER = "a:4730";
const JOB = { queue: "service", workload: Buffer.from("a job") };

let parent: ReturnType<typeof createFolder>;
const started: KeptResults[] = [];
beforeEach(() => {
  parent = createFolder();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((kept) => kept.stop()));
  parent[Symbol.dispose]();
});

/** A start of a worker, with an outbox whose answers the test gives. */
function start({ hasSpool = true } = {}) {
  const log = stubLog();
  const delivered: (Parcel & PromiseWithResolvers<void>)[] = [];
  const earlier: EarlierJob[] = [];
  const ended: string[] = [];
  const job = {
    complete: () => ended.push("complete"),
    fail: () => ended.push("fail"),
  } as unknown as RunningJob;
  const outbox = {
    bytes: 0,
    deliver: (parcel: Parcel) => {
      const answer = Promise.withResolvers<void>();
      delivered.push({ ...parcel, ...answer });
      return answer.promise;
    },
    keepOlderThan: vi.fn(),
  };
  const resultSpool = hasSpool ? join(parent.path, "spool") : undefined;
  const kept = new KeptResults({
    log,
    config: () => ({ resultSpool, resultMaxAge: 600, resultSpoolMaxSize: 1 }),
    outbox: () => outbox,
    jobServers: () => ({
      adopt: (each) => {
        earlier.push(each);
        return job;
      },
    }),
  });
  started.push(kept);
  kept.start();
  return { kept, log, outbox, delivered, earlier, ended };
}

function parcel(unique: string): WaitingParcel {
  const workload = Buffer.from("sealed");
  return { unique, workload, server: SERVER, queue: "check_results", job: JOB, sinceMs: performance.now() };
}

async function leave(...uniques: readonly string[]): Promise<void> {
  const { kept } = start();
  for (const unique of uniques) kept.keep(parcel(unique));
  await kept.stop();
}

it("delivers what was left, in its order, and has the jobs that they answer not run again", async () => {
  await leave("one", "two");
  const { delivered, earlier, ended, log } = start();
  expect(delivered.map(({ left, server, queue }) => [left?.unique, server, queue])).toEqual([
    ["one", SERVER, "check_results"],
    ["two", SERVER, "check_results"],
  ]);
  const known = { queue: "service", server: SERVER, digest: digestOf(JOB.workload) };
  expect(earlier).toEqual([known, known]);
  expect(ended).toEqual([]);
  for (const { resolve } of delivered) resolve();
  await until(() => expect(ended).toEqual(["complete", "complete"]));
  expect(log.info.mock.calls.flat()).toEqual([
    "2 results of an earlier start are in the spool and will be delivered",
    "the results of the earlier start are delivered",
  ]);
});

it("the outbox submits what was left before what is new, in its order, under the names it had", async () => {
  await leave("one", "two", "three");
  const submitted: string[] = [];
  const submit = async ({ unique }: Submission) => `H:${submitted.push(String(unique))}`;
  // The part of a submitter that the outbox uses.
  const results = { submit, isConnected: false };
  const destinations = [{ name: SERVER, isSilent: false, results: results as unknown as Submitter }];
  const log = stubLog();
  const job = { complete: () => {}, fail: () => {} } as unknown as RunningJob;
  const folder = join(parent.path, "spool");
  const kept: KeptResults = new KeptResults({
    log,
    config: () => ({ resultSpool: folder, resultMaxAge: 600, resultSpoolMaxSize: 1 }),
    outbox: () => outbox,
    jobServers: () => ({ adopt: () => job }),
  });
  const outbox = new Outbox({ destinations: () => destinations, log, prefix: "later", keeper: kept });
  started.push(kept);
  kept.start();
  const workload = Buffer.from("sealed");
  const fresh = outbox.deliver({ queue: "check_results", workload, server: SERVER });
  results.isConnected = true;
  outbox.flush();
  await fresh;
  await until(() => expect(kept.status?.results).toBe(0));
  expect(submitted).toEqual(["one", "two", "three", expect.stringMatching(/^later/)]);
  outbox.stop();
});

it("fails the job of a result that job servers refuse, with a line", async () => {
  await leave("one");
  const { delivered, ended, log } = start();
  delivered[0]?.reject(new Error("refused"));
  await until(() => expect(ended).toEqual(["fail"]));
  expect(log.error.mock.calls[0]?.[1]).toBe("a result of an earlier start is given up");
});

it("drops what has become too old since the start, with one line for all", async () => {
  await leave("one", "two", "three");
  const { delivered, ended, log } = start();
  for (const { reject } of delivered.slice(0, 2)) reject(new ResultTooOldError());
  delivered[2]?.resolve();
  await until(() => expect(ended).toEqual(["fail", "fail", "complete"]));
  await until(() => expect(log.info).toHaveBeenCalledTimes(2));
  expect(log.warn.mock.calls.flat()).toEqual([
    "2 results of an earlier start are older than result_max_age now, they are dropped",
  ]);
  expect(log.error).not.toHaveBeenCalled();
});

it("keeps for the next start what was left and is not delivered when the worker ends", async () => {
  await leave("one", "two");
  const { kept, delivered, ended, log } = start();
  delivered[0]?.resolve();
  kept.release(parcel("one"));
  await until(() => expect(ended).toEqual(["complete"]));
  const stopped = kept.stop();
  delivered[1]?.reject(new Error("stopped"));
  await stopped;
  expect([ended, log.error.mock.calls]).toEqual([["complete"], []]);
  expect(start().delivered.map(({ left }) => left?.unique)).toEqual(["two"]);
});

it("is full when so many MiB of results wait in the outbox, written or not", () => {
  const { kept, outbox } = start();
  outbox.bytes = 2 ** 20 - 1;
  expect(kept.isFull).toBe(false);
  outbox.bytes = 2 ** 20;
  expect(kept.isFull).toBe(true);
});

it("does nothing without result_spool", () => {
  const { kept, outbox } = start({ hasSpool: false });
  outbox.bytes = 2 ** 40;
  kept.keep(parcel("one"));
  kept.release(parcel("one"));
  expect([kept.isFull, kept.status]).toEqual([false, undefined]);
});
