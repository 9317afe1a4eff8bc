import { describe, expect, it } from "vitest";
import { createUnwrittenLog } from "../../src/log.ts";
import { Changes } from "../../src/page/snapshot/changes.ts";
import { LogTail } from "../../src/page/snapshot/log-tail.ts";
import { showQueues } from "../../src/page/snapshot/queues.ts";

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
  const queue = (name: string, waiting: number) => ({
    server: "gm:4730",
    queue: name,
    waiting,
    running: 0,
    workers: 1,
  });

  it("are shown the fullest first, with names as text, and silent job servers are named", () => {
    const told = [queue("service", 1), queue("hostgroup_M\xc3\xbcnchen", 7)];
    const shown = showQueues([
      { kind: "told", server: "gm:4730", queues: told },
      { kind: "silent", server: "other:4730", reason: "no answer" },
    ]);
    expect(shown).toEqual({
      queues: [queue("hostgroup_München", 7), queue("service", 1)],
      more: 0,
      silent: [{ server: "other:4730", reason: "no answer" }],
    });
  });

  it("are at most five hundred", () => {
    const queues = Array.from({ length: 600 }, (_, at) => queue(`q${at}`, at));
    const shown = showQueues([{ kind: "told", server: "gm:4730", queues }]);
    expect([shown.queues.length, shown.more, shown.queues[0]?.queue]).toEqual([500, 100, "q599"]);
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
