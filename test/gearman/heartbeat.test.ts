import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Heartbeat } from "../../src/gearman/heartbeat.ts";

describe("the heartbeat", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("asks after a silence, and gives up when no answer comes", () => {
    const { probe, onSilence } = listen();
    vi.advanceTimersByTime(29_000);
    expect(probe).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(probe).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(9_000);
    expect(onSilence).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(onSilence).toHaveBeenCalledTimes(1);
  });

  it("counts the silence from what was heard last", () => {
    const { heartbeat, probe } = listen();
    vi.advanceTimersByTime(20_000);
    heartbeat.heard();
    vi.advanceTimersByTime(29_000);
    expect(probe).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(probe).toHaveBeenCalledTimes(1);
  });

  it("goes on after an answer", () => {
    const { heartbeat, probe, onSilence } = listen();
    vi.advanceTimersByTime(31_000);
    heartbeat.heard();
    vi.advanceTimersByTime(35_000);
    expect(probe).toHaveBeenCalledTimes(2);
    expect(onSilence).not.toHaveBeenCalled();
  });

  it("ends with stop", () => {
    const { heartbeat, probe } = listen();
    heartbeat.stop();
    expect(vi.getTimerCount()).toBe(0);
    expect(probe).not.toHaveBeenCalled();
  });
});

function listen() {
  const probe = vi.fn();
  const onSilence = vi.fn();
  const heartbeat = new Heartbeat({ probeAfterMs: 30_000, answerWithinMs: 10_000, probe, onSilence });
  return { heartbeat, probe, onSilence };
}
