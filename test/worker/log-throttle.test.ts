import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LogThrottle } from "../../src/worker/log-throttle.ts";
import { stubLog } from "../support/stub-log.ts";

const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function createThrottle() {
  const log = stubLog();
  return { throttle: new LogThrottle(log), log };
}

describe("a message that comes rarely", () => {
  it("is told at once", () => {
    const { throttle, log } = createThrottle();
    throttle.error("key", { queue: "host" }, "wrong key");
    expect(log.error.mock.calls).toEqual([[{ queue: "host" }, "wrong key"]]);
    expect(log.debug).not.toHaveBeenCalled();
  });

  it("may be a warning", () => {
    const { throttle, log } = createThrottle();
    throttle.warn("declined", {}, "the plugin is run");
    throttle.warn("declined", {}, "the plugin is run");
    expect(log.warn.mock.calls).toEqual([[{}, "the plugin is run"]]);
    expect(log.error).not.toHaveBeenCalled();
  });

  it("is told again after a minute, without a count", () => {
    const { throttle, log } = createThrottle();
    throttle.error("key", {}, "wrong key");
    vi.advanceTimersByTime(MINUTE);
    throttle.error("key", {}, "wrong key");
    expect(log.error.mock.calls).toEqual([
      [{}, "wrong key"],
      [{}, "wrong key"],
    ]);
  });
});

describe("a message that comes often", () => {
  it("is told once a minute, with how many there were in between; the others for who debugs", () => {
    const { throttle, log } = createThrottle();
    for (let job = 0; job < 2_000; job++) throttle.error("key", { job }, `wrong key ${job}`);
    expect(log.error).toHaveBeenCalledOnce();
    expect(log.debug).toHaveBeenCalledTimes(1_999);
    expect(log.debug).toHaveBeenLastCalledWith({ job: 1_999 }, "wrong key 1999");

    vi.advanceTimersByTime(MINUTE - 1);
    throttle.error("key", {}, "just too early");
    expect(log.error).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(1);
    throttle.error("key", {}, "wrong key");
    expect(log.error).toHaveBeenLastCalledWith({}, "wrong key; 2000 more like it since");
  });

  it("is counted anew from each time it was told", () => {
    const { throttle, log } = createThrottle();
    const tell = (times: number) => {
      for (let i = 0; i < times; i++) throttle.error("key", {}, "wrong key");
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
    const { throttle, log } = createThrottle();
    throttle.error("key", {}, "wrong key");
    for (let i = 0; i < 999; i++) throttle.error(`kind ${i}`, {}, "other");
    throttle.error("key", {}, "wrong key");
    expect(log.error).toHaveBeenCalledTimes(1_000);
    throttle.error("kind 999", {}, "other");
    throttle.error("key", {}, "wrong key");
    expect(log.error).toHaveBeenCalledTimes(1_002);
  });

  it("hides no other kind", () => {
    const { throttle, log } = createThrottle();
    throttle.error("key", {}, "wrong key");
    throttle.error("type", {}, "no type");
    throttle.error("key", {}, "wrong key");
    expect(log.error.mock.calls.map(([, message]) => message)).toEqual(["wrong key", "no type"]);
  });
});

describe("a state that is looked at again and again", () => {
  it("is told once a minute, without a count, and leaves no trace in between", () => {
    const { throttle, log } = createThrottle();
    for (let second = 0; second < 120; second++) {
      throttle.state("load", "load limit hit");
      vi.advanceTimersByTime(1_000);
    }
    expect(log.info.mock.calls).toEqual([["load limit hit"], ["load limit hit"]]);
    expect(log.debug).not.toHaveBeenCalled();
  });
});
