import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Heartbeat } from "../../src/gearman/heartbeat.ts";

const FAKED = ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"] as const;

describe("the heartbeat", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: [...FAKED] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("begins with a probe, and calls a server silent that does not answer it", () => {
    const { probe, onSilence, onGiveUp } = listen();
    expect(probe).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(899);
    expect(onSilence).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2);
    expect(onSilence).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(38_000);
    expect(onSilence.mock.calls.length, "says so again and again").toBeGreaterThan(30);
    expect(onGiveUp).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_200);
    expect(onGiveUp).toHaveBeenCalledTimes(1);
    expect(probe).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("probes after half a minute, while no reply is due", () => {
    const { heartbeat, probe } = listen();
    heartbeat.heard();
    vi.advanceTimersByTime(29_000);
    expect(probe).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(2_000);
    expect(probe).toHaveBeenCalledTimes(2);
  });

  it("notices within two seconds the silence of a server that owes a reply", () => {
    const { heartbeat, probe, onSilence, state } = listen();
    heartbeat.heard();
    vi.advanceTimersByTime(10_000);
    expect(probe).toHaveBeenCalledTimes(1);
    state.awaitsReply = true;
    vi.advanceTimersByTime(1_750);
    expect(probe).toHaveBeenCalledTimes(2);
    expect(onSilence).toHaveBeenCalledTimes(1);
    expect(heartbeat.isSilent).toBe(true);
  });

  it("counts the silence from what was heard last", () => {
    const { heartbeat, probe, state } = listen();
    state.awaitsReply = true;
    for (let i = 0; i < 20; i++) {
      heartbeat.heard();
      vi.advanceTimersByTime(700);
    }
    expect(probe).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(150);
    expect(probe).toHaveBeenCalledTimes(2);
  });

  it("says that a server answers again, and goes on", () => {
    const { heartbeat, probe, onAnswer, onSilence, onGiveUp } = listen();
    vi.advanceTimersByTime(5_000);
    heartbeat.heard();
    heartbeat.heard();
    expect(onAnswer).toHaveBeenCalledTimes(1);
    expect(heartbeat.isSilent).toBe(false);
    onSilence.mockClear();
    vi.advanceTimersByTime(29_500);
    expect([probe.mock.calls.length, onSilence.mock.calls.length]).toEqual([1, 0]);
    vi.advanceTimersByTime(11_000);
    expect(onSilence).toHaveBeenCalled();
    expect(onGiveUp).toHaveBeenCalledTimes(1);
  });

  it("does not call a server silent when this process was late itself", () => {
    const { heartbeat, onSilence } = listen();
    // The timer and the answer are due at the same time: the socket is read before the judgement.
    setTimeout(() => heartbeat.heard(), 900);
    vi.advanceTimersByTime(2_000);
    expect(onSilence).not.toHaveBeenCalled();
  });

  it("ends with stop", () => {
    const { heartbeat, probe } = listen();
    heartbeat.stop();
    expect(vi.getTimerCount()).toBe(0);
    expect(probe).toHaveBeenCalledTimes(1);
  });
});

function listen() {
  const state = { awaitsReply: false };
  const [probe, onSilence, onAnswer, onGiveUp] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  const timing = { probeAfterMs: 800, idleProbeAfterMs: 30_000, answerWithinMs: 900, giveUpAfterMs: 40_000 };
  const awaitsReply = () => state.awaitsReply;
  const heartbeat = new Heartbeat({ timing, awaitsReply, probe, onSilence, onAnswer, onGiveUp });
  return { heartbeat, state, probe, onSilence, onAnswer, onGiveUp };
}
