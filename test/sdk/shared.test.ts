import { expect, it, vi } from "vitest";
import type { Shared, SharedContext } from "../../sdk/index.ts";
import { type SettingValues, wholeNumber } from "../../sdk/setting.ts";
import { SharedValues } from "../../sdk/shared.ts";
import { Waits } from "../../sdk/waits.ts";

/** A shared value that records when it is created and disposed of. */
function recorded(name: string, events: string[]): Shared<AsyncDisposable> {
  return {
    name,
    create: ({ log }) => {
      events.push(`create ${name}`);
      log(`${name} is there`);
      return {
        [Symbol.asyncDispose]: async () => {
          events.push(`dispose ${name}`);
        },
      };
    },
  };
}

it("creates each value when first asked for, once, and disposes of the last first", async () => {
  const events: string[] = [];
  const log = vi.fn();
  const values = new SharedValues({ log });
  const pool = recorded("pool", events);
  const socket = recorded("socket", events);
  expect(values.get(pool)).toBe(values.get(pool));
  values.get(socket);
  expect(events).toEqual(["create pool", "create socket"]);
  expect(log.mock.calls).toEqual([["pool is there"], ["socket is there"]]);
  await values[Symbol.asyncDispose]();
  await values[Symbol.asyncDispose]();
  expect(events.slice(2)).toEqual(["dispose socket", "dispose pool"]);
});

it("creates what a value is built on before it, gives the same one to all, and disposes of it after it", async () => {
  const events: string[] = [];
  const socket = recorded("socket", events);
  const values = new SharedValues({ log: () => {} });
  const pool: Shared<AsyncDisposable> = {
    name: "pool",
    create: (surroundings) => {
      expect(surroundings.shared(socket)).toBe(values.get(socket));
      return recorded("pool", events).create(surroundings);
    },
  };
  values.get(pool);
  await values[Symbol.asyncDispose]();
  expect(events).toEqual(["create socket", "create pool", "dispose pool", "dispose socket"]);
});

it("keeps values of one name apart: each kind is its own", async () => {
  await using values = new SharedValues({ log: () => {} });
  expect(values.get(recorded("pool", []))).not.toBe(values.get(recorded("pool", [])));
});

it("tries again after a creation that failed", async () => {
  await using values = new SharedValues({ log: () => {} });
  const create = vi.fn(() => new DisposableStack());
  create.mockImplementationOnce(() => {
    throw new Error("no descriptor left");
  });
  const shared = { name: "pool", create };
  expect(() => values.get(shared)).toThrow("no descriptor left");
  expect(values.get(shared)).toBeInstanceOf(DisposableStack);
});

it("gives nothing once it is closed", async () => {
  const values = new SharedValues({ log: () => {} });
  const pool = recorded("pool", []);
  values.get(pool);
  await values[Symbol.asyncDispose]();
  expect(() => values.get(pool)).toThrow("the worker has stopped: no pool");
});

it("gives the value of a setting as it is now, and its default where no worker.conf has been read", async () => {
  const MOST = wholeNumber("native_sql_sessions", { default: 5, help: "How many sessions are kept." });
  const read = {
    name: "sessions",
    create: ({ setting }: SharedContext) => ({ most: () => setting(MOST), [Symbol.dispose]() {} }),
  };
  let current: SettingValues | undefined;
  await using values = new SharedValues({ log: () => {}, settings: () => current });
  const { most } = values.get(read);
  expect(most()).toBe(5);
  current = new Map([[MOST, 7]]);
  expect(most()).toBe(7);
  await using others = new SharedValues({ log: () => {} });
  expect(others.get(read).most()).toBe(5);
});

it("tells how things stand where checks wait, and of long waits", async () => {
  const told: unknown[] = [];
  const waits = new Waits();
  const logins: Shared<Disposable> = {
    name: "logins",
    create: () => ({ waits, [Symbol.dispose]: () => {} }) as Disposable,
  };
  const values = new SharedValues({ log: () => {}, onLongWait: (name, status) => told.push([name, status]) });
  values.get(logins);
  values.get(recorded("pool", []));
  const none = { waiting: 0, oldestWait: 0, waited: 0, totalWait: 0, longestWait: 0 };
  expect(values.waits).toEqual({ logins: none });
  vi.useFakeTimers();
  const { signal } = new AbortController();
  const [short, long] = [waits.begin(signal), waits.begin(signal)];
  vi.advanceTimersByTime(900);
  short[Symbol.dispose]();
  vi.advanceTimersByTime(600);
  expect(values.waits["logins"]).toMatchObject({ waiting: 1, oldestWait: 1.5, waited: 1, longestWait: 0.9 });
  long[Symbol.dispose]();
  long[Symbol.dispose]();
  vi.useRealTimers();
  expect(told).toEqual([
    ["logins", { waiting: 0, oldestWait: 0, waited: 2, totalWait: 2.4, longestWait: 1.5 }],
  ]);
});
