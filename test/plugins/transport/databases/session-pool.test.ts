import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SessionPool } from "../../../../plugins/transport/databases/session-pool.ts";
import { TargetClock } from "../../../../plugins/transport/timing.ts";
import { Deadline } from "../../../../sdk/deadline.ts";

const TARGET = { host: "db", port: "5432", user: "u", password: "p" };
const MINUTE = 60_000;

/** A pool whose connections are numbers in the order they were made. */
function createPool() {
  const made: { readonly number: number; isOpen: boolean; answers: boolean }[] = [];
  const connect = async () => {
    const mine = { number: made.length, isOpen: true, answers: true };
    made.push(mine);
    const close = () => {
      mine.isOpen = false;
    };
    return {
      number: mine.number,
      get isOpen() {
        return mine.isOpen;
      },
      isInTransaction: false,
      answers: async () => mine.answers,
      close,
      [Symbol.dispose]: close,
    };
  };
  const enter = async () => ({ [Symbol.dispose]() {} });
  const pool = new SessionPool({
    name: "a database",
    log: () => {},
    logins: { enter },
    connect,
    isKeeping: () => true,
  });
  const lease = (target = TARGET) => {
    const deadline = new Deadline({});
    return pool.take(target, { clock: new TargetClock(), deadline, proofMs: 1000 });
  };
  const use = async (target = TARGET) => {
    using taken = await lease(target);
    taken.keep = true;
    return taken.session.number;
  };
  return { pool, made, lease, use };
}

describe("a connection that is kept", () => {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ["performance", "setInterval", "clearInterval", "setTimeout", "clearTimeout"],
    });
  });
  afterEach(() => vi.useRealTimers());

  it("is closed after five and a half minutes without use", async () => {
    const { pool, made, use } = createPool();
    await use();
    vi.advanceTimersByTime(5 * MINUTE);
    expect(pool.size).toBe(1);
    vi.advanceTimersByTime(MINUTE);
    expect([pool.size, made[0]?.isOpen]).toEqual([0, false]);
    expect(await use()).toBe(1);
    pool[Symbol.dispose]();
  });

  it("is closed after ten minutes at the latest, and after eight at the earliest, however often it is used", async () => {
    const { pool, made, use } = createPool();
    const ages: number[] = [];
    const born = new Map<number, number>();
    for (let minute = 0; minute < 60; minute += 1) {
      const number = await use();
      born.set(number, born.get(number) ?? minute);
      vi.advanceTimersByTime(MINUTE);
      for (const { number: ended, isOpen } of made)
        if (!isOpen && ages[ended] === undefined) ages[ended] = minute + 1 - (born.get(ended) ?? 0);
    }
    expect(made.length).toBeGreaterThan(5);
    for (const age of ages.filter((each) => each !== undefined)) {
      expect(age).toBeGreaterThanOrEqual(8);
      expect(age).toBeLessThanOrEqual(10);
    }
    pool[Symbol.dispose]();
  });

  it("is one of sixteen at most for a login, and of four after half a minute", async () => {
    const { pool, lease } = createPool();
    const all = await Promise.all(Array.from({ length: 20 }, () => lease()));
    for (const taken of all) {
      taken.keep = true;
      taken[Symbol.dispose]();
    }
    expect(pool.size).toBe(16);
    vi.advanceTimersByTime(MINUTE / 2);
    expect(pool.size).toBe(4);
    pool[Symbol.dispose]();
  });

  it("is not used where the server does not answer on it any more", async () => {
    const { pool, made, use } = createPool();
    await use();
    const [first] = made;
    if (first) first.answers = false;
    expect(await use()).toBe(1);
    expect(first?.isOpen).toBe(false);
    pool[Symbol.dispose]();
  });

  it("is for the same login only, also where two command lines name it", async () => {
    const { pool, use } = createPool();
    expect(await use()).toBe(0);
    expect(await use({ ...TARGET })).toBe(0);
    expect(await use({ ...TARGET, password: "other" })).toBe(1);
    pool[Symbol.dispose]();
  });
});
