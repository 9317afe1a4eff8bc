import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { REPORT_LENGTH, type Series } from "../../../../plugins/icmp/sender/frames.ts";
import { IcmpSender } from "../../../../plugins/icmp/sender/sender.ts";
import { CheckDeclined } from "../../../../sdk/index.ts";
import { checkLeaks } from "../../../support/leaks.ts";
import { mayPing } from "../../../support/processes/icmp-socket.ts";

checkLeaks();

const SERIES: Series = {
  address: "127.0.0.1",
  family: 4,
  size: 56,
  count: 3,
  gap: 80_000,
  withinMs: 5000,
  rules: [],
};
const ENDLESS: Series = { ...SERIES, count: 1000, gap: 10_000_000, rules: ["paced"] };
const noSignal = new AbortController().signal;
const LIMITS = { signal: noSignal };

function createSender(command?: readonly [string, ...string[]], answersWithinMs?: number) {
  const log: string[] = [];
  const sender = new IcmpSender({
    log: (message) => log.push(message),
    ...(command && { command }),
    ...(answersWithinMs && { answersWithinMs }),
  });
  return { sender, log };
}

/** Bytes that the only process of this one has for itself. */
function memoryOfChild(): number {
  const [child] = readFileSync(`/proc/self/task/${process.pid}/children`, "latin1").split(" ");
  const rollup = readFileSync(`/proc/${child}/smaps_rollup`, "latin1");
  return Number(/^Anonymous:\s+(\d+)/m.exec(rollup)?.[1]) * 1024;
}

/** A stand-in for icmp.pl. */
function script(text: string): readonly [string, ...string[]] {
  return [process.execPath, "-e", text];
}

const declined = (reason: string | RegExp) =>
  expect.toSatisfy((error) => error instanceof CheckDeclined && new RegExp(reason).test(error.message));

describe.skipIf(!mayPing())("on this machine", () => {
  it("reports what became of a series", async () => {
    await using sender = createSender().sender;
    const report = await sender.send(SERIES, LIMITS);
    const counts = { attempts: 3, sent: 3, received: 3, repeated: 0, errors: 0, errno: 0, isRefused: false };
    expect(report).toMatchObject(counts);
    expect(report.error).toBeUndefined();
    expect(report.min).toBeLessThanOrEqual(report.sum / 3);
    expect(report.max).toBeGreaterThanOrEqual(report.sum / 3);
  });

  it("reports over IPv6", async () => {
    await using sender = createSender().sender;
    const series = { ...SERIES, address: "::1", family: 6 } as const;
    expect(await sender.send(series, LIMITS)).toMatchObject({ sent: 3, received: 3 });
  });

  it("reports why the kernel refuses a request", async () => {
    await using sender = createSender().sender;
    const series = { ...SERIES, address: "255.255.255.255" };
    expect(await sender.send(series, LIMITS)).toMatchObject({ attempts: 3, sent: 0, errno: 13 });
  });

  it("runs thousands of series at a time, and keeps their reports apart", async () => {
    await using sender = createSender().sender;
    const all = Array.from({ length: 3000 }, (_, at) => ({
      ...SERIES,
      address: `127.1.${at >> 8}.${at & 0xff}`,
      count: (at % 5) + 1,
    }));
    const reports = await Promise.all(all.map((series) => sender.send(series, LIMITS)));
    expect(reports.map(({ received, repeated }) => [received, repeated])).toEqual(
      all.map(({ count }) => [count, 0]),
    );
  });

  it("keeps nothing of requests that are over", async () => {
    await using sender = createSender().sender;
    const sendAll = async (requests: number) => {
      const series = { ...SERIES, count: 50, withinMs: 60_000 };
      const reports = Array.from({ length: requests / series.count }, () => sender.send(series, LIMITS));
      await Promise.all(reports);
    };
    await sendAll(2_000);
    const before = memoryOfChild();
    // As many as there are numbers.
    for (let sent = 0; sent < 66_000; sent += 2_000) await sendAll(2_000);
    expect(memoryOfChild() - before).toBeLessThan(2 << 20);
  });

  it("ends a series with what is known when its time is up, or when that is enough", async () => {
    await using sender = createSender().sender;
    const enough = new AbortController();
    const early = sender.send(ENDLESS, { ...LIMITS, enough: enough.signal });
    const late = sender.send({ ...ENDLESS, withinMs: 30 }, LIMITS);
    expect(await late).toMatchObject({ attempts: 1, received: 1 });
    enough.abort();
    expect(await early).toMatchObject({ attempts: 1, received: 1 });
  });

  it("gives up a series when its signal is aborted", async () => {
    await using sender = createSender().sender;
    const end = new AbortController();
    const series = sender.send(ENDLESS, { ...LIMITS, signal: end.signal });
    end.abort(new Error("time is up"));
    await expect(series).rejects.toThrow("time is up");
    await expect(sender.send(SERIES, { ...LIMITS, signal: end.signal })).rejects.toThrow("time is up");
    expect(await sender.send(SERIES, LIMITS)).toMatchObject({ received: 3 });
  });

  it("ends with the worker", async () => {
    const { sender, log } = createSender();
    const series = sender.send(ENDLESS, LIMITS);
    const ended = expect(series).rejects.toThrow("the worker has stopped");
    await sender.send(SERIES, LIMITS);
    await sender[Symbol.asyncDispose]();
    await ended;
    await expect(sender.send(SERIES, LIMITS)).rejects.toThrow("the worker has stopped");
    expect(log).toEqual([]);
  });
});

describe("the process", () => {
  it("is not started before the first series", async () => {
    const { sender, log } = createSender(["/nonexistent"]);
    await sender[Symbol.asyncDispose]();
    expect(log).toEqual([]);
  });

  it("is started again after it has ended, but after some times not for a while", async () => {
    const { sender, log } = createSender(script("process.stderr.write('a fault'); process.exitCode = 7"));
    await using _ = sender;
    for (let time = 1; time <= 4; time += 1) {
      await expect(sender.send(SERIES, LIMITS)).rejects.toEqual(declined("^the process that sends pings"));
    }
    const ended = "the process that sends pings ended: 7 a fault";
    expect(log).toEqual([ended, ended, `${ended}; ping plugins are executed`]);
  });

  it("may be missing", async () => {
    const { sender, log } = createSender(["/nonexistent/perl"]);
    await using _ = sender;
    await expect(sender.send(SERIES, LIMITS)).rejects.toEqual(declined("^the process that sends pings"));
    await expect(sender.send(SERIES, LIMITS)).rejects.toEqual(declined("^the process that sends pings"));
    expect(log).toEqual([expect.stringMatching(/ENOENT; ping plugins are executed$/)]);
  });

  it("is ended when it no longer answers", async () => {
    const { sender, log } = createSender(script("process.stdin.resume()"), 50);
    await using _ = sender;
    const series = sender.send({ ...SERIES, withinMs: 10 }, LIMITS);
    await expect(series).rejects.toEqual(declined("^the process that sends pings"));
    expect(log).toEqual(["the process that sends pings ended: SIGKILL"]);
  });

  it("is ended when it does not end with the worker", async () => {
    const { sender } = createSender(script("setInterval(() => {}, 1000); console.log('ready')"), 50);
    const end = new AbortController();
    const series = sender.send(SERIES, { ...LIMITS, signal: end.signal });
    const given = expect(series).rejects.toThrow("given up");
    await pause(0);
    end.abort(new Error("given up"));
    await given;
    await sender[Symbol.asyncDispose]();
  });

  it("may write anything", async () => {
    const noise = script(`
      const { randomBytes } = require("node:crypto");
      process.stdin.once("data", () => {
        const say = () => process.stdout.write(randomBytes(${REPORT_LENGTH} * 1000 + 1), say);
        say();
        process.stderr.write("x".repeat(1e6));
      });
      process.stdin.on("end", () => process.exit());
    `);
    const { sender, log } = createSender(noise);
    await using _ = sender;
    const end = new AbortController();
    const series = sender.send(SERIES, { ...LIMITS, signal: end.signal });
    setTimeout(() => end.abort(new Error("time is up")), 100);
    await expect(series).rejects.toThrow("time is up");
    expect(log).toEqual([]);
  });

  it("receives all series of one turn in one write", async () => {
    const counting = script(`
      process.stdin.once("data", (bytes) => {
        const report = Buffer.alloc(${REPORT_LENGTH});
        report.writeUInt32BE(1, 0);
        report.writeUInt16BE(bytes.length / 48, 8);
        process.stdout.write(report);
      });
    `);
    await using sender = createSender(counting).sender;
    const end = new AbortController();
    const others = [1, 2, 3].map(() => sender.send(SERIES, { ...LIMITS, signal: end.signal }));
    const settled = Promise.allSettled(others);
    expect(await others[0]).toMatchObject({ received: 3 });
    end.abort(new Error("given up"));
    expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  });
});
