import { describe, expect, it } from "vitest";
import { createUnwrittenLog } from "../../src/log.ts";
import { Changes } from "../../src/page/snapshot/changes.ts";
import { LogTail } from "../../src/page/snapshot/log-tail.ts";
import { askQueues } from "../../src/page/snapshot/queues.ts";
import { startGearmand } from "../support/gearman/gearmand.ts";
import { hasServer } from "../support/servers/installed.ts";

describe("the tail of the log", () => {
  it("has the last two hundred lines, as the log writes them", () => {
    const tail = new LogTail();
    const log = createUnwrittenLog(tail.add);
    expect(tail.lines()).toEqual([]);
    for (let at = 0; at < 500; at += 1) log.info({ at }, "a line\nof two");
    const lines = tail.lines();
    expect(lines).toHaveLength(200);
    expect(lines[0]).toMatch(/^\[\d{4}-.*\]\[INFO \] a line\\nof two \(at=300\)$/);
    expect(tail.lines(499)).toHaveLength(1);
    expect(tail.lines(tail.count)).toEqual([]);
  });

  it("shortens what is long", () => {
    const tail = new LogTail();
    const log = createUnwrittenLog(tail.add);
    log.info("x".repeat(600));
    log.info("x".repeat(1_000_000));
    for (const line of tail.lines()) expect(line).toHaveLength(501);
  });
});

describe("the queues", () => {
  it("of a job server that is away are none, and it is named", async () => {
    const { queues, silent } = await askQueues([{ host: "127.0.0.1", port: 1 }]);
    expect(queues).toEqual([]);
    expect(silent).toMatchObject([{ server: "127.0.0.1:1", reason: expect.stringContaining("127.0.0.1:1") }]);
  });

  it.skipIf(!hasServer("gearmand"))("of a real gearmand are told", async () => {
    const gearmand = await startGearmand();
    try {
      const told = await askQueues([{ host: "127.0.0.1", port: gearmand.port }]);
      expect(told).toEqual({ queues: [], more: 0, silent: [] });
    } finally {
      await gearmand.stop();
    }
  });
});

it("of a snapshot only what has changed is sent again, and what is new", () => {
  const changes = new Changes(["log"]);
  const next = (snapshot: object): unknown => JSON.parse(changes.next(snapshot));
  const first = { state: "open", slots: { busy: 1 }, reload: undefined, log: ["a"] };
  expect(next(first)).toEqual({ ...first, reload: null });
  expect(next({ ...first, slots: { busy: 1 } })).toEqual({ log: ["a"] });
  expect(next({ ...first, state: "drained", log: [] })).toEqual({ state: "drained", log: [] });
});
