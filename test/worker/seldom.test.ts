import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Seldom } from "../../src/worker/seldom.ts";
import { stubLog } from "../support/stub-log.ts";

const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function createSeldom() {
  const log = stubLog();
  return { seldom: new Seldom(log), log };
}

describe("what happens seldom", () => {
  it("is told at once", () => {
    const { seldom, log } = createSeldom();
    seldom.error("key", { queue: "host" }, "wrong key");
    expect(log.error.mock.calls).toEqual([[{ queue: "host" }, "wrong key"]]);
    expect(log.debug).not.toHaveBeenCalled();
  });

  it("may be a warning", () => {
    const { seldom, log } = createSeldom();
    seldom.warn("declined", {}, "the plugin is run");
    seldom.warn("declined", {}, "the plugin is run");
    expect(log.warn.mock.calls).toEqual([[{}, "the plugin is run"]]);
    expect(log.error).not.toHaveBeenCalled();
  });

  it("is told again after a minute, without a count", () => {
    const { seldom, log } = createSeldom();
    seldom.error("key", {}, "wrong key");
    vi.advanceTimersByTime(MINUTE);
    seldom.error("key", {}, "wrong key");
    expect(log.error.mock.calls).toEqual([
      [{}, "wrong key"],
      [{}, "wrong key"],
    ]);
  });
});

describe("what happens often", () => {
  it("is told once a minute, with how many there were in between; the others for who debugs", () => {
    const { seldom, log } = createSeldom();
    for (let job = 0; job < 2_000; job++) seldom.error("key", { job }, `wrong key ${job}`);
    expect(log.error).toHaveBeenCalledOnce();
    expect(log.debug).toHaveBeenCalledTimes(1_999);
    expect(log.debug).toHaveBeenLastCalledWith({ job: 1_999 }, "wrong key 1999");

    vi.advanceTimersByTime(MINUTE - 1);
    seldom.error("key", {}, "just too early");
    expect(log.error).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(1);
    seldom.error("key", {}, "wrong key");
    expect(log.error).toHaveBeenLastCalledWith({}, "wrong key; 2000 more like it since");
  });

  it("is counted anew from each time it was told", () => {
    const { seldom, log } = createSeldom();
    const tell = (times: number) => {
      for (let i = 0; i < times; i++) seldom.error("key", {}, "wrong key");
      vi.advanceTimersByTime(MINUTE);
    };
    tell(3);
    tell(2);
    tell(1);
    expect(log.error.mock.calls.map(([, message]) => message)).toEqual([
      "wrong key",
      "wrong key; 2 more like it since",
      "wrong key; 1 more like it since",
    ]);
  });

  it("is forgotten when a thousand others came since", () => {
    const { seldom, log } = createSeldom();
    seldom.error("key", {}, "wrong key");
    for (let i = 0; i < 999; i++) seldom.error(`kind ${i}`, {}, "other");
    seldom.error("key", {}, "wrong key");
    expect(log.error).toHaveBeenCalledTimes(1_000);
    seldom.error("kind 999", {}, "other");
    seldom.error("key", {}, "wrong key");
    expect(log.error).toHaveBeenCalledTimes(1_002);
  });

  it("hides no other kind", () => {
    const { seldom, log } = createSeldom();
    seldom.error("key", {}, "wrong key");
    seldom.error("type", {}, "no type");
    seldom.error("key", {}, "wrong key");
    expect(log.error.mock.calls.map(([, message]) => message)).toEqual(["wrong key", "no type"]);
  });
});
