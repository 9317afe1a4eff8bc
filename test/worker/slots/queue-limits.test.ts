import { describe, expect, it, vi } from "vitest";
import { QueueLimits } from "../../../src/worker/slots/queue-limits.ts";

/** Enters, and books the name when it is in. */
async function enter(limits: QueueLimits, queue: string, name: string, book: string[]): Promise<void> {
  await limits.enter(queue);
  book.push(name);
}

const settle = () => new Promise(setImmediate);

describe("the limits of queues", () => {
  it("let in so many jobs of a queue, and the next ones in their order", async () => {
    const limits = new QueueLimits([{ queue: "slow", most: 2 }]);
    const book: string[] = [];
    for (const name of ["a", "b", "c", "d"]) void enter(limits, "slow", name, book);
    await settle();
    expect(book).toEqual(["a", "b"]);
    expect(limits.status).toMatchObject([{ queue: "slow", most: 2, running: 2, waiting: 2 }]);
    limits.leave("slow");
    await settle();
    expect(book).toEqual(["a", "b", "c"]);
  });

  it("tell how long a queue is at its limit, and of no other queue", () => {
    vi.useFakeTimers({ now: 0, toFake: ["performance"] });
    try {
      const limits = new QueueLimits([
        { queue: "slow", most: 1 },
        { queue: "quick", most: 9 },
      ]);
      for (const queue of ["slow", "quick", "host"]) void limits.enter(queue);
      vi.advanceTimersByTime(60_000);
      expect(limits.status).toMatchObject([
        { queue: "slow", fullFor: 60, fullTotal: 60 },
        { queue: "quick", fullFor: 0, fullTotal: 0 },
      ]);
      limits.configure([{ queue: "slow", most: 2 }]);
      vi.advanceTimersByTime(60_000);
      expect(limits.status).toMatchObject([{ queue: "slow", fullFor: 0, fullTotal: 60 }]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("hold up no other queue", () => {
    const limits = new QueueLimits([{ queue: "slow", most: 1 }]);
    void limits.enter("slow");
    void limits.enter("slow");
    expect(Array.from({ length: 100 }, () => limits.enter("host"))).toEqual(Array(100).fill(undefined));
    expect([limits.room("slow"), limits.room("host")]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  it("count jobs that wait as taken", () => {
    const limits = new QueueLimits([{ queue: "slow", most: 1 }]);
    void limits.enter("slow");
    void limits.enter("slow");
    limits.leave("slow");
    expect(limits.room("slow")).toBe(0);
    limits.leave("slow");
    expect(limits.room("slow")).toBe(1);
  });

  it("count jobs that began before there was a limit, and let in those that wait when it is lifted", async () => {
    const limits = new QueueLimits([]);
    const book: string[] = [];
    void enter(limits, "slow", "a", book);
    void enter(limits, "slow", "b", book);
    limits.configure([{ queue: "slow", most: 1 }]);
    void enter(limits, "slow", "c", book);
    limits.leave("slow");
    await settle();
    expect(book).toEqual(["a", "b"]);
    limits.configure([]);
    await settle();
    expect(book).toEqual(["a", "b", "c"]);
    expect([limits.queues, limits.status]).toEqual([[], []]);
  });
});
