import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  Deadline,
  deadlineOf,
  holdDeadline,
  setDeadline,
  whenAborted,
  withinDeadline,
} from "../../sdk/deadline.ts";
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

describe("a deadline", () => {
  it("tells each listener once, with the reason, and its signal, if it was asked for one", () => {
    const deadline = new Deadline({});
    const [first, second] = [vi.fn(), vi.fn()];
    for (const act of [first, second]) deadline.onAbort(act);
    deadline.offAbort(second);
    const { signal: made } = deadline;
    expect([deadline.abortion, made.aborted]).toEqual([undefined, false]);
    for (const reason of ["why", "again"]) deadline.abort(reason);
    expect(first.mock.calls).toEqual([["why"]]);
    expect(second).not.toHaveBeenCalled();
    expect([made.reason, deadline.signal]).toEqual(["why", made]);
  });

  it("that has come tells it to the listeners and the signal that come later", () => {
    const deadline = new Deadline({});
    deadline.abort("why");
    const act = vi.fn();
    using _listening = deadline.whenAborted(act);
    expect(act.mock.calls).toEqual([["why"]]);
    expect([deadline.abortion, deadline.signal.reason]).toEqual([{ reason: "why" }, "why"]);
  });

  it("of a signal comes with it, and listens to it only while it is listened to", () => {
    const { signal: given, ...controller } = listenedTo();
    const deadline = Deadline.of(given);
    const [act, other] = [vi.fn(), vi.fn()];
    deadline.onAbort(act);
    deadline.onAbort(other);
    expect([controller.listeners(), deadline.signal]).toEqual([1, given]);
    for (const each of [act, other]) deadline.offAbort(each);
    expect(controller.listeners()).toBe(0);
    deadline.onAbort(act);
    controller.abort("why");
    expect([act.mock.calls, other.mock.calls, deadline.abortion]).toEqual([[["why"]], [], { reason: "why" }]);
  });

  it("of a signal that a deadline has made is that deadline", async () => {
    await withinSeconds(limit, async (made) => {
      const deadline = Deadline.of(made);
      expect(deadline.signal).toBe(made);
      expect(Deadline.of(made)).toBe(deadline);
    });
    const deadline = new Deadline({});
    expect(deadlineOf({ deadline, signal: deadline.signal })).toBe(deadline);
    expect(deadlineOf({ signal }).signal).toBe(signal);
  });

  it("ends the work within it, and no listener stays behind", async () => {
    const outer = new Deadline({});
    const acts: unknown[] = [];
    const work = (deadline: Deadline) => {
      deadline.onAbort((reason) => acts.push(reason));
      return forever();
    };
    const result = expect(withinDeadline({ seconds: 5, outer, onTimeout }, work)).rejects.toBe("stopped");
    outer.abort("stopped");
    await result;
    expect(acts).toEqual(["stopped"]);
    await expect(withinDeadline({ seconds: 5, outer, onTimeout }, work)).rejects.toBe("stopped");
    expect(acts).toHaveLength(1);
    const { signal: given, listeners } = listenedTo();
    const within = { seconds: 5, outer: Deadline.of(given), onTimeout };
    expect(await withinDeadline(within, async () => listeners())).toBe(1);
    expect(listeners()).toBe(0);
  });
});

/** A signal that counts those who listen to it. */
function listenedTo() {
  const controller = new AbortController();
  const { signal: counted } = controller;
  let count = 0;
  const { addEventListener, removeEventListener } = counted;
  counted.addEventListener = (...given: Parameters<typeof addEventListener>) => {
    count += 1;
    addEventListener.apply(counted, given);
  };
  counted.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
    count -= 1;
    removeEventListener.apply(counted, given);
  };
  return { signal: counted, listeners: () => count, abort: (reason: unknown) => controller.abort(reason) };
}

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
