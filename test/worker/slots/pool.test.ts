import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { tellCrowded } from "../../../src/worker/slots/crowded.ts";
import { Pool, type PoolOptions } from "../../../src/worker/slots/pool.ts";
import { stubLog } from "../../support/stub-log.ts";

const OPTIONS: PoolOptions = { minWorker: 5, maxWorker: 20, spawnRate: 3, idleTimeout: 10 };
const SECOND = 1_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function createPool(options: Partial<PoolOptions> = {}, mayGrow = () => true) {
  const onRoom = vi.fn();
  const log = stubLog();
  const told = tellCrowded(log, () => options.maxWorker ?? OPTIONS.maxWorker);
  return { pool: new Pool({ ...OPTIONS, ...options }, { mayGrow, onRoom, onCrowded: told }), onRoom, log };
}

function enter(pool: Pool, jobs: number): void {
  for (let job = 0; job < jobs; job++) pool.enter();
}

function leave(pool: Pool, jobs: number): void {
  for (let job = 0; job < jobs; job++) pool.leave();
}

/** The size at the end of each of the next seconds. */
function sizes(pool: Pool, seconds: number): readonly number[] {
  return Array.from({ length: seconds }, () => {
    vi.advanceTimersByTime(SECOND);
    return pool.size;
  });
}

describe("the slots", () => {
  it("are min-worker at first, all of them free", () => {
    const { pool } = createPool();
    expect(pool).toMatchObject({ size: 5, busy: 0, room: 5 });
  });

  it("are taken at once while one is free, and told of when one becomes free", () => {
    const { pool, onRoom } = createPool();
    expect(pool.enter()).toBeUndefined();
    expect(pool).toMatchObject({ size: 5, busy: 1, room: 4 });
    expect(onRoom).not.toHaveBeenCalled();
    pool.leave();
    expect(pool).toMatchObject({ busy: 0, room: 5 });
    expect(onRoom).toHaveBeenCalledOnce();
  });

  it("go to those that wait in the order they came, before any room is told of", async () => {
    const { pool, onRoom } = createPool({ minWorker: 1, maxWorker: 1 });
    const entered: string[] = [];
    pool.enter();
    const first = pool.enter()?.then(() => entered.push("first"));
    const second = pool.enter()?.then(() => entered.push("second"));
    expect(pool).toMatchObject({ busy: 1, room: 0 });

    pool.leave();
    await first;
    expect(entered).toEqual(["first"]);
    expect(pool.busy).toBe(1);
    pool.leave();
    await second;
    expect(entered).toEqual(["first", "second"]);
    expect(onRoom).not.toHaveBeenCalled();
    pool.leave();
    expect(onRoom).toHaveBeenCalledOnce();
  });
});

describe("the number of slots", () => {
  it("grows by spawn-rate a second up to max-worker while all are busy", () => {
    const { pool } = createPool();
    enter(pool, 30);
    expect(sizes(pool, 6)).toEqual([8, 11, 14, 17, 20, 20]);
    expect(pool).toMatchObject({ busy: 20, room: 0 });
  });

  it.each([
    ["one job on few slots", { minWorker: 3 }, 1, true],
    ["two idle slots", { minWorker: 10 }, 8, true],
    ["three idle slots and at most 90 % busy", { minWorker: 10 }, 7, false],
    ["90 % busy and ten idle slots", { minWorker: 100, maxWorker: 200 }, 90, false],
    ["more than 90 % busy", { minWorker: 100, maxWorker: 200 }, 91, true],
  ] as const)("%s", (_, options, jobs, grows) => {
    const { pool } = createPool(options);
    enter(pool, jobs);
    expect(sizes(pool, 1)).toEqual([options.minWorker + (grows ? 3 : 0)]);
  });

  it("does not grow without a running job, however few slots there are", () => {
    const { pool } = createPool({ minWorker: 1 });
    pool.enter();
    pool.leave();
    expect(sizes(pool, 2)).toEqual([1, 1]);
  });

  it("tells of the room that has grown beyond those that wait", () => {
    const { pool, onRoom } = createPool();
    enter(pool, 6);
    vi.advanceTimersByTime(SECOND);
    expect(pool).toMatchObject({ size: 8, busy: 6, room: 2 });
    expect(onRoom).toHaveBeenCalledOnce();
  });

  it("does not grow while the host has too much to do, and does once it has not", () => {
    const mayGrow = vi.fn(() => false);
    const { pool } = createPool({}, mayGrow);
    enter(pool, 20);
    expect(sizes(pool, 3)).toEqual([5, 5, 5]);
    mayGrow.mockReturnValue(true);
    expect(sizes(pool, 1)).toEqual([8]);
  });

  it("does not ask what the host has to do while there is no need to grow", () => {
    const mayGrow = vi.fn(() => true);
    const { pool } = createPool({ minWorker: 10, maxWorker: 10 }, mayGrow);
    pool.enter();
    vi.advanceTimersByTime(SECOND);
    enter(pool, 9);
    vi.advanceTimersByTime(SECOND);
    expect(mayGrow).not.toHaveBeenCalled();
  });

  it("shrinks to what is busy idle-timeout after nearly all were, but not below min-worker", () => {
    const { pool } = createPool();
    enter(pool, 20);
    vi.advanceTimersByTime(5 * SECOND);
    leave(pool, 12);
    expect(sizes(pool, 9)).toEqual(Array(9).fill(20));
    expect(sizes(pool, 1)).toEqual([8]);

    leave(pool, 8);
    expect(sizes(pool, 10).slice(-2)).toEqual([8, 5]);
    expect(pool).toMatchObject({ busy: 0, room: 5 });
  });

  it("stays while idle-timeout is 0", () => {
    const { pool } = createPool({ idleTimeout: 0 });
    enter(pool, 20);
    vi.advanceTimersByTime(5 * SECOND);
    leave(pool, 20);
    expect(sizes(pool, 1_000).at(-1)).toBe(20);
    pool.stop();
  });

  it("stays while short jobs fill all slots between two looks", () => {
    const { pool } = createPool({ minWorker: 4, maxWorker: 12, idleTimeout: 2 });
    enter(pool, 12);
    vi.advanceTimersByTime(3 * SECOND);
    leave(pool, 12);
    const seen = Array.from({ length: 10 }, () => {
      vi.advanceTimersByTime(SECOND / 2);
      enter(pool, 12);
      leave(pool, 12);
      vi.advanceTimersByTime(SECOND / 2);
      return pool.size;
    });
    expect(seen).toEqual(Array(10).fill(12));
  });
});

describe("new limits", () => {
  it.each([
    ["a higher min-worker", { minWorker: 8 }, 8],
    ["a lower max-worker", { maxWorker: 3, minWorker: 2 }, 3],
    ["a higher max-worker", { maxWorker: 50 }, 5],
  ] as const)("%s counts at once", (_, options, size) => {
    const { pool } = createPool();
    pool.configure({ ...OPTIONS, ...options });
    expect(pool.size).toBe(size);
  });

  it("let in those that wait", async () => {
    const { pool, onRoom } = createPool({ minWorker: 1, maxWorker: 1 });
    pool.enter();
    const entered = pool.enter();
    pool.configure({ ...OPTIONS, minWorker: 3 });
    await entered;
    expect(pool).toMatchObject({ size: 3, busy: 2, room: 1 });
    expect(onRoom).toHaveBeenCalledOnce();
  });

  it("below what is busy leave the running jobs alone, and let nobody in before enough have left", () => {
    const { pool, onRoom } = createPool();
    enter(pool, 5);
    pool.configure({ ...OPTIONS, minWorker: 1, maxWorker: 2 });
    expect(pool).toMatchObject({ size: 2, busy: 5, room: 0 });
    let isIn = false;
    void pool.enter()?.then(() => {
      isIn = true;
    });
    leave(pool, 3);
    expect(pool).toMatchObject({ busy: 2, room: 0 });
    expect(isIn).toBe(false);
    leave(pool, 1);
    expect(pool.busy).toBe(2);
    expect(onRoom).not.toHaveBeenCalled();
  });

  it("set the pace of growing and shrinking from now on", () => {
    const { pool } = createPool();
    enter(pool, 20);
    vi.advanceTimersByTime(SECOND);
    pool.configure({ ...OPTIONS, spawnRate: 7, idleTimeout: 2 });
    expect(sizes(pool, 1)).toEqual([15]);
    leave(pool, 20);
    expect(sizes(pool, 2)).toEqual([15, 5]);
  });
});

describe("the timer", () => {
  it("runs from the first job until all slots beyond min-worker are gone", () => {
    const { pool } = createPool();
    expect(vi.getTimerCount()).toBe(0);
    enter(pool, 6);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(SECOND);
    leave(pool, 6);
    vi.advanceTimersByTime(9 * SECOND);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(SECOND);
    expect(pool.size).toBe(5);
    expect(vi.getTimerCount()).toBe(0);

    pool.enter();
    expect(vi.getTimerCount()).toBe(1);
  });

  it("ends with the pool", () => {
    const { pool } = createPool();
    pool.enter();
    pool.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

it("goes down at once to what it can run, to one slot at least, and grows again while it is full", () => {
  const { pool } = createPool({ minWorker: 10 });
  enter(pool, 8);
  pool.shrink(3);
  expect(pool).toMatchObject({ size: 3, busy: 8, room: 0 });
  leave(pool, 5);
  expect(sizes(pool, 1)).toEqual([6]);
  enter(pool, 3);
  expect(sizes(pool, 1)).toEqual([9]);
  pool.shrink(0);
  expect(pool.size).toBe(1);
});

describe("slots that are all busy", () => {
  const BUSY = "nearly all of the 20 slots have been busy for a minute, jobs wait in gearmand (max-worker)";
  const FREE = "there are free slots again (max-worker=20)";

  it("for a minute are told once, and when there are free ones again", () => {
    const { pool, log } = createPool({ minWorker: 20 });
    enter(pool, 20);
    vi.advanceTimersByTime(59 * SECOND);
    expect(log.warn).not.toHaveBeenCalled();
    vi.advanceTimersByTime(600 * SECOND);
    expect(log.warn.mock.calls).toEqual([[BUSY]]);
    expect(log.info).not.toHaveBeenCalled();
    leave(pool, 3);
    vi.advanceTimersByTime(SECOND);
    expect(log.info.mock.calls).toEqual([[FREE]]);
  });

  it("for less than a minute, or while more may be added, are not", () => {
    const { pool, log } = createPool();
    enter(pool, 20);
    vi.advanceTimersByTime(60 * SECOND); // five seconds of it to add slots
    leave(pool, 5);
    vi.advanceTimersByTime(SECOND);
    enter(pool, 5);
    vi.advanceTimersByTime(59 * SECOND);
    expect([log.warn.mock.calls, log.info.mock.calls]).toEqual([[], []]);
  });
});
