import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { holdDeadline, setDeadline, whenAborted } from "../../sdk/deadline.ts";
import { withinSeconds } from "../../sdk/index.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const onTimeout = () => new Error("too late");
const forever = () => new Promise<never>(() => {});
const { signal } = new AbortController();
const limit = { seconds: 5, signal, onTimeout };

it("gives the answer that is there in time", async () => {
  expect(await withinSeconds(limit, async () => "here")).toBe("here");
});

it("passes on what the work throws", async () => {
  const work = () => Promise.reject(new Error("broken"));
  await expect(withinSeconds(limit, work)).rejects.toThrow("broken");
  const failing = () => {
    throw new Error("broken at once");
  };
  await expect(withinSeconds(limit, failing)).rejects.toThrow("broken at once");
});

it("needs no signal: then only the seconds are a limit", async () => {
  expect(await withinSeconds({ seconds: 5, onTimeout }, async () => "here")).toBe("here");
  const result = expect(withinSeconds({ seconds: 5, onTimeout }, forever)).rejects.toThrow("too late");
  await vi.advanceTimersByTimeAsync(5000);
  await result;
});

it("rejects when time is up and aborts the work, even if the work ignores that", async () => {
  const aborted: unknown[] = [];
  const work = (deadline: AbortSignal) => {
    deadline.addEventListener("abort", () => aborted.push(deadline.reason));
    return forever();
  };
  const result = expect(withinSeconds(limit, work)).rejects.toThrow("too late");
  await vi.advanceTimersByTimeAsync(4999);
  expect(aborted).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await result;
  expect(aborted).toEqual([new Error("too late")]);
});

it("rejects when the check itself is aborted", async () => {
  const check = new AbortController();
  const result = expect(withinSeconds({ ...limit, signal: check.signal }, forever)).rejects.toThrow(
    "stopped",
  );
  check.abort(new Error("stopped"));
  await result;
  const work = vi.fn(forever);
  await expect(withinSeconds({ ...limit, signal: check.signal }, work)).rejects.toThrow("stopped");
  expect(work).not.toHaveBeenCalled();
});

it.each([0, -1, 2_147_484])("sets no limit of %d seconds", async (seconds) => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const result = withinSeconds({ ...limit, seconds }, () => promise);
  expect(vi.getTimerCount()).toBe(0);
  resolve("here");
  expect(await result).toBe("here");
});

it("acts once when a signal is aborted, and not any more when disposed of", () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const act = vi.fn();
  {
    using _acting = whenAborted(one.signal, act);
    one.abort();
    expect(act).toHaveBeenCalledOnce();
  }
  whenAborted(other.signal, act)[Symbol.dispose]();
  other.abort();
  expect(act).toHaveBeenCalledOnce();
});

describe("a deadline that is held", () => {
  it("goes on when it is released, with the time that was left", async () => {
    const events: string[] = [];
    const late = () => {
      events.push("late");
      return new Error("too late");
    };
    const run = withinSeconds({ seconds: 5, signal, onTimeout: late }, async (deadline) => {
      await advance(3_000);
      const held = [holdDeadline(deadline), holdDeadline(deadline)];
      await advance(60_000);
      held[0]?.[Symbol.dispose]();
      await advance(60_000);
      held[1]?.[Symbol.dispose]();
      held[1]?.[Symbol.dispose]();
      await advance(1_900);
      events.push("still time");
      await advance(200);
      return forever();
    });
    await expect(run).rejects.toThrow("too late");
    expect(events).toEqual(["still time", "late"]);
  });

  it("holds those around it, too, over a signal that follows another one", async () => {
    const onTimeout = () => new Error("too late");
    const run = withinSeconds({ seconds: 5, onTimeout }, (outer) =>
      withinSeconds({ seconds: 4, signal: outer, onTimeout }, async (inner) => {
        const closer = new AbortController();
        setDeadline(closer.signal, { outer: inner });
        using _held = holdDeadline(closer.signal);
        await advance(60_000);
        return "in time";
      }),
    );
    expect(await run).toBe("in time");
  });

  it("may be held after its end, and without any deadline", async () => {
    let last = signal;
    const keep = async (deadline: AbortSignal) => {
      last = deadline;
    };
    await withinSeconds(limit, keep);
    for (const each of [last, signal]) holdDeadline(each)[Symbol.dispose]();
  });
});

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);
