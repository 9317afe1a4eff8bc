import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Backlog } from "../../../integrations/influxdb/delivery/backlog.ts";
import { InfluxSink } from "../../../integrations/influxdb/delivery/influx-sink.ts";
import { createPoster } from "../../../integrations/influxdb/delivery/post-lines.ts";
import { RejectedLines } from "../../../integrations/influxdb/delivery/rejected-lines.ts";
import { Ticket } from "../../../integrations/influxdb/delivery/ticket.ts";
import { completeTarget } from "../../../integrations/influxdb/options/complete-target.ts";
import { targets } from "../../../integrations/influxdb/options/target-kind.ts";
import { thisMachine } from "../../../src/config/machine.ts";
import { checkLeaks } from "../../support/leaks.ts";
import { FAKE_TOKEN, FakeInfluxdb, type FakeReply } from "../../support/servers/fake-influxdb.ts";
import { stubLog } from "../../support/stub-log.ts";

const LIMITS = { lines: 10, bytes: 100_000, ageMs: 5 };
const PATIENCE = { timeout: 20_000, interval: 5 };
const MANY = 40;

/** An error that repeats the token, as a proxy may. */
const said = (status: number, message: string, headers?: Readonly<Record<string, string>>): FakeReply => ({
  status,
  body: JSON.stringify({ code: "x", message }),
  ...(headers && { headers }),
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "newer-"));
});
checkLeaks();
afterEach(() => rmSync(folder, { recursive: true }));

const lineOf = (at: number) => `metrics,host=h${at} value=${at}.0 ${1_441_791_000_000 + at}`;

async function start(api: "v2" | "v3") {
  const fake = await FakeInfluxdb.start(api);
  const log = stubLog();
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, FAKE_TOKEN, { mode: 0o600 });
  const where = api === "v2" ? "org=ops bucket=nagflux" : "database=nagflux";
  const text = `main ${fake.url} api=${api} ${where} token_file=${tokenFile}`;
  const { value } = targets.read({ key: "target", text }, undefined);
  const [written] = value ?? [];
  if (written === undefined) throw new Error("no target");
  const report = vi.fn();
  const target = completeTarget(written, { machine: thisMachine(), report });
  expect(report).not.toHaveBeenCalled();
  const poster = createPoster(target, 5_000);
  const sink = new InfluxSink({
    name: "main",
    doublesBackslashes: target.doublesBackslashes,
    limits: LIMITS,
    log,
    post: poster.post,
    backlog: await Backlog.open(join(folder, "spool"), 100_000, log),
    rejected: new RejectedLines(join(folder, "rejected.lines"), log),
    retry: { firstMs: 1, atMostMs: 5 },
  });
  const complete = vi.fn();
  const add = (lines: readonly string[]) => {
    for (const line of lines) {
      const ticket = new Ticket({ complete }, 1, () => {});
      sink.add(`${line}\n`, 1, ticket);
      ticket.release();
    }
  };
  return {
    fake,
    sink,
    log,
    add,
    complete,
    shown: () => JSON.stringify([log.warn, log.error, log.info, log.debug].map(({ mock }) => mock.calls)),
    async [Symbol.asyncDispose]() {
      await sink.end(AbortSignal.timeout(1_000));
      poster[Symbol.dispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

describe.each(["v2", "v3"] as const)("a database with the interface of InfluxDB %s", (api) => {
  const all = Array.from({ length: MANY }, (_, at) => lineOf(at));

  it("is written to as its documentation says, with its token", async () => {
    await using world = await start(api);
    world.add(all);
    await vi.waitFor(() => expect(world.complete).toHaveBeenCalledTimes(MANY), PATIENCE);
    expect(world.fake.stored).toEqual(new Set(all));
    expect(world.log.warn).not.toHaveBeenCalled();
  });

  it.each([
    [
      "401: the token is wrong",
      said(401, `unauthorized access: ${FAKE_TOKEN}`),
      "refuses to be written to: 401 unauthorized",
    ],
    ["403: it may not write there", said(403, "forbidden"), "refuses to be written to: 403 forbidden"],
    [
      "404: the bucket is missing",
      said(404, "bucket not found"),
      "refuses to be written to: 404 bucket not found",
    ],
    [
      "429: too much",
      said(429, "limit", { "retry-after": "0.01" }),
      "cannot write to the database: 429 limit",
    ],
    [
      "503: it is busy",
      said(503, "busy", { "retry-after": "0.01" }),
      "cannot write to the database: 503 busy",
    ],
    ["500", said(500, "panic"), "cannot write to the database: 500 panic"],
  ])("that answers %s gets all later, and the log says why", async (_, reply, text) => {
    await using world = await start(api);
    world.fake.replies.push(...Array.from({ length: 8 }, () => reply));
    world.add(all);
    await vi.waitFor(() => expect(world.fake.stored).toEqual(new Set(all)), PATIENCE);
    expect(world.complete).toHaveBeenCalledTimes(MANY);
    expect(world.log.warn.mock.calls.map(([, message]) => message)).toEqual([expect.stringContaining(text)]);
    expect(world.shown()).toContain("the database takes lines again");
    expect(world.shown()).not.toContain(FAKE_TOKEN);
  });

  it("that takes less at once gets its lines in parts, down to one", async () => {
    await using world = await start(api);
    world.fake.atMost = 1;
    world.add(all.slice(0, 10));
    await vi.waitFor(() => expect(world.complete).toHaveBeenCalledTimes(10), PATIENCE);
    expect(world.fake.stored).toEqual(new Set(all.slice(0, 10)));
    expect(world.sink.counts.rejected).toBe(0);
  });

  it.each([1, 3])("that refuses %i lines of a batch has all others, once", async (count) => {
    await using world = await start(api);
    const bad = Array.from({ length: count }, (_, at) => `metrics,host=bad${at} value=nan 5`);
    world.add([...all.slice(0, 3), ...bad, ...all.slice(3, 7)]);
    await vi.waitFor(() => expect(world.complete).toHaveBeenCalledTimes(7 + count), PATIENCE);
    expect(world.fake.stored).toEqual(new Set(all.slice(0, 7)));
    expect(world.sink.counts).toMatchObject({ rejected: count, failures: 0, lines: 7 });
    expect(world.log.warn.mock.calls).toEqual([
      [
        expect.objectContaining({ lines: count, first: bad[0] }),
        "the database refuses lines: invalid number",
      ],
    ]);
  });
});
