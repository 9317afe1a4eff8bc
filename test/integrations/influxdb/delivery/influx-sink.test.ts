import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Backlog } from "../../../../integrations/influxdb/delivery/backlog.ts";
import { InfluxSink } from "../../../../integrations/influxdb/delivery/influx-sink.ts";
import { PnpSink } from "../../../../integrations/influxdb/delivery/pnp-sink.ts";
import type { Reply } from "../../../../integrations/influxdb/delivery/reply.ts";
import { Ticket } from "../../../../integrations/influxdb/delivery/ticket.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { stubLog } from "../../../support/stub-log.ts";

const LIMITS = { lines: 1, bytes: 1000, ageMs: 10_000 };
const AWAY: Reply = { kind: "unavailable", message: "away" };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sink-"));
});
checkLeaks();
afterEach(() => rmSync(folder, { recursive: true }));

/** A job that tells when it is completed. */
function newTicket() {
  const job = { complete: vi.fn() };
  const ticket = new Ticket(job, 1, () => {});
  return { ticket, job };
}

async function newSink(reply: () => Reply, maxBytes?: number) {
  const log = stubLog();
  const texts: string[] = [];
  const backlog = maxBytes === undefined ? undefined : await Backlog.open(folder, maxBytes, log);
  const sink = new InfluxSink({
    name: "t",
    doublesBackslashes: false,
    limits: LIMITS,
    backlog,
    log,
    rejected: { add: vi.fn() },
    retry: { firstMs: 1, atMostMs: 5 },
    post: async (body, encoding) => {
      const answer = reply();
      if (answer.kind === "written") texts.push(String(encoding ? gunzipSync(body) : body));
      return answer;
    },
  });
  const add = (text: string) => {
    const { ticket, job } = newTicket();
    sink.add(text, 1, ticket);
    ticket.release();
    return job;
  };
  return { sink, add, texts, log, backlog };
}

describe("a database", () => {
  it("completes a job when its lines are written, and not before", async () => {
    const { sink, add, texts } = await newSink(() => ({ kind: "written" }));
    const job = add("a\n");
    expect(job.complete).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(job.complete).toHaveBeenCalledTimes(1));
    expect(texts).toEqual(["a\n"]);
    await sink.end(AbortSignal.timeout(1000));
  });

  it("that is away is stuck without a spool, and takes everything when it is back", async () => {
    let reply: Reply = AWAY;
    const { sink, add, texts, log } = await newSink(() => reply);
    const jobs = ["a\n", "b\n", "c\n"].map(add);
    await vi.waitFor(() => expect(sink.isStuck).toBe(true));
    expect(jobs.filter(({ complete }) => complete.mock.calls.length > 0)).toEqual([]);
    reply = { kind: "written" };
    await vi.waitFor(() => expect(jobs.every(({ complete }) => complete.mock.calls.length === 1)).toBe(true));
    expect(texts.toSorted()).toEqual(["a\n", "b\n", "c\n"]);
    expect(log.warn).toHaveBeenCalledTimes(1);
    expect(sink.isStuck).toBe(false);
    await sink.end(AbortSignal.timeout(1000));
  });

  it("that is away gets batches of the spool later, also after another start", async () => {
    const first = await newSink(() => AWAY, 10_000);
    const job = first.add("a\n");
    await vi.waitFor(() => expect(job.complete).toHaveBeenCalledTimes(1));
    expect(first.sink.isStuck).toBe(false);
    await first.sink.end(AbortSignal.timeout(1000));
    writeFileSync(join(folder, "0001764144000123-000001-1-00000000.entry"), "no batch");
    const second = await newSink(() => ({ kind: "written" }), 10_000);
    second.sink.start();
    await vi.waitFor(() => expect(second.texts).toEqual(["a\n"]));
    await vi.waitFor(() => expect(second.backlog?.entries).toBe(0));
    expect(readdirSync(join(folder, "set-aside"))).toHaveLength(1);
    await second.sink.end(AbortSignal.timeout(1000));
  });

  it("that is back while a batch is put into the spool gets it, though no other batch comes", async () => {
    let reply: Reply = AWAY;
    const { sink, add, texts, log, backlog } = await newSink(() => reply, 10_000);
    if (backlog === undefined) throw new Error("there is a spool");
    const keep = backlog.keep.bind(backlog);
    const { promise: isBack, resolve } = Promise.withResolvers<void>();
    const keepSlowly: typeof keep = async (batch) => {
      await isBack;
      return keep(batch);
    };
    Object.assign(backlog, { keep: keepSlowly });
    add("a\n");
    await vi.waitFor(() => expect(log.warn).toHaveBeenCalledTimes(1));
    reply = { kind: "written" };
    await vi.waitFor(() => expect(log.info).toHaveBeenCalledTimes(1));
    resolve();
    await vi.waitFor(() => expect(texts).toEqual(["a\n"]));
    await sink.end(AbortSignal.timeout(1000));
  });

  it("with a full spool takes no more, and loses nothing", async () => {
    let reply: Reply = AWAY;
    const { sink, add, texts, log, backlog } = await newSink(() => reply, 60);
    const jobs = ["a\n", "b\n", "c\n", "d\n"].map(add);
    await vi.waitFor(() => expect(sink.isStuck).toBe(true));
    const completed = () => jobs.filter(({ complete }) => complete.mock.calls.length > 0).length;
    expect(completed()).toBe(backlog?.entries);
    expect(completed()).toBeLessThan(4);
    expect(log.error).toHaveBeenCalledWith({ target: "t" }, "the spool is full: no more jobs are taken");
    reply = { kind: "written" };
    await vi.waitFor(() => expect(completed()).toBe(4));
    await vi.waitFor(() => expect(texts.toSorted()).toEqual(["a\n", "b\n", "c\n", "d\n"]));
    await sink.end(AbortSignal.timeout(1000));
  });

  it("at the end puts into the spool what it cannot write", async () => {
    const { sink, add, backlog } = await newSink(() => AWAY, 10_000);
    const job = add("a\n");
    await sink.end(AbortSignal.timeout(1000));
    expect(job.complete).toHaveBeenCalledTimes(1);
    expect(backlog?.entries).toBe(1);
  });
});

describe("files for pnp4nagios", () => {
  it("have a record that comes at the moment when those before it are written", async () => {
    const sink = new PnpSink({ folder, limits: LIMITS, log: stubLog() });
    const [first, second] = [newTicket(), newTicket()];
    first.job.complete.mockImplementation(() =>
      queueMicrotask(() => {
        sink.add("second\n", 1, second.ticket);
        second.ticket.release();
      }),
    );
    sink.add("first\n", 1, first.ticket);
    first.ticket.release();
    await vi.waitFor(() => expect(second.job.complete).toHaveBeenCalledTimes(1));
    expect(readdirSync(folder)).toHaveLength(2);
    await sink.end();
  });

  it("wait while the folder is away, and so do their jobs", async () => {
    const log = stubLog();
    const missing = join(folder, "pnp");
    const sink = new PnpSink({ folder: missing, limits: LIMITS, log, retryMs: 1 });
    const { ticket, job } = newTicket();
    sink.add("record\n", 1, ticket);
    ticket.release();
    await vi.waitFor(() => expect(sink.isStuck).toBe(true));
    expect(job.complete).not.toHaveBeenCalled();
    const { mkdirSync } = await import("node:fs");
    mkdirSync(missing);
    await vi.waitFor(() => expect(job.complete).toHaveBeenCalledTimes(1));
    expect(readdirSync(missing)).toHaveLength(1);
    expect(log.error).toHaveBeenCalledTimes(1);
    await sink.end();
  });
});
