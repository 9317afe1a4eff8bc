import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Backlog } from "../../../../integrations/influxdb/delivery/backlog.ts";
import { InfluxSink } from "../../../../integrations/influxdb/delivery/influx-sink.ts";
import { PnpSink } from "../../../../integrations/influxdb/delivery/pnp-sink.ts";
import type { Reply } from "../../../../integrations/influxdb/delivery/reply.ts";
import { Ticket } from "../../../../integrations/influxdb/delivery/ticket.ts";
import { SpoolFolder, SpoolFolderError } from "../../../../integrations/spool/spool-folder.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { canMount, mountSmall } from "../../../support/small-mount.ts";
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

function entriesOf(path: string): readonly string[] {
  return readdirSync(path)
    .filter((name) => name.endsWith(".entry"))
    .toSorted();
}

/** Answers as InfluxDB does. */
function unpacking(body: Buffer, encoding?: "gzip"): Reply {
  try {
    if (encoding === "gzip") gunzipSync(body);
    return { kind: "written" };
  } catch {
    return { kind: "unclear", message: "400 unexpected EOF" };
  }
}

async function newSink(reply: (body: Buffer, encoding?: "gzip") => Reply, maxBytes?: number) {
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
      const answer = reply(body, encoding);
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

  it.skipIf(!canMount())("gets what a read-only spool has once, and all that comes afterwards", async () => {
    using mount = mountSmall(folder, "mode=0700");
    let reply: Reply = AWAY;
    const { sink, add, texts, backlog } = await newSink(() => reply, 10_000);
    for (const text of ["a\n", "b\n", "c\n"]) add(text);
    await vi.waitFor(() => expect(backlog?.entries).toBe(3));
    mount.remount("ro");
    reply = { kind: "written" };
    await vi.waitFor(() => expect(backlog?.entries).toBe(0));
    const job = add("d\n");
    await vi.waitFor(() => expect(job.complete).toHaveBeenCalledTimes(1));
    expect(texts.toSorted()).toEqual(["a\n", "b\n", "c\n", "d\n"]);
    mount.remount("rw");
    reply = AWAY;
    add("e\n");
    await vi.waitFor(() => expect(backlog?.entries).toBe(1));
    reply = { kind: "written" };
    await vi.waitFor(() => expect(entriesOf(folder)).toEqual([]));
    await sink.end(AbortSignal.timeout(1000));
  });

  it("gets a batch of the spool that could not be read for a time, and is not taken for empty", async () => {
    const first = await newSink(() => AWAY, 10_000);
    first.add("a\n");
    await vi.waitFor(() => expect(first.backlog?.entries).toBe(1));
    await first.sink.end(AbortSignal.timeout(1000));
    const read = SpoolFolder.prototype.read;
    let faults = 3;
    const spied = vi.spyOn(SpoolFolder.prototype, "read").mockImplementation(function (
      this: SpoolFolder,
      entry,
    ) {
      faults -= 1;
      const cause = Object.assign(new Error("too many open files"), { code: "EMFILE" });
      return faults < 0 ? read.call(this, entry) : Promise.reject(new SpoolFolderError("EMFILE", { cause }));
    });
    const { sink, texts, backlog } = await newSink(() => ({ kind: "written" }), 10_000);
    sink.start();
    await vi.waitFor(() => expect(texts).toEqual(["a\n"]));
    spied.mockRestore();
    expect(faults).toBe(-1);
    await vi.waitFor(() => expect(backlog?.entries).toBe(0));
    await sink.end(AbortSignal.timeout(1000));
  });

  it("that cannot unpack a batch of the spool gets all others, and that one is set aside", async () => {
    const first = await newSink(() => AWAY, 10_000);
    for (const text of ["a\n", "b\n", "c\n"]) first.add(text);
    await vi.waitFor(() => expect(first.backlog?.entries).toBe(3));
    await first.sink.end(AbortSignal.timeout(1000));
    // Batches of one millisecond are in any order.
    const [whole = "", ...cut] = entriesOf(folder).toReversed();
    const kept = readFileSync(join(folder, whole));
    const text = gunzipSync(kept.subarray(kept.indexOf("\n") + 1)).toString();
    expect(cut).toHaveLength(2);
    for (const name of cut) truncateSync(join(folder, name), 20);
    const { sink, texts, backlog } = await newSink(unpacking, 10_000);
    sink.start();
    await vi.waitFor(() => expect(backlog?.entries).toBe(0));
    expect(texts.filter((each) => each !== "\n")).toEqual([text]);
    expect(readdirSync(join(folder, "set-aside"))).toHaveLength(2);
    await sink.end(AbortSignal.timeout(1000));
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
