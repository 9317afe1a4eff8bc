import { describe, expect, it } from "vitest";
import { socketTimeout, stopwatch, TargetClock } from "../../../plugins/transport/timing.ts";
import { CheckFailure, CRITICAL } from "../../../sdk/index.ts";

/** A clock, and what its event loop does: it waits, or it is busy in its next turn. */
function createClock() {
  let moment = { ms: 1_000, idleMs: 200, turns: 5 };
  const clock = new TargetClock(() => moment);
  const pass = (ms: number, idleMs: number, turns: number) => {
    moment = { ms: moment.ms + ms, idleMs: moment.idleMs + idleMs, turns: moment.turns + turns };
  };
  return {
    clock,
    idle: (ms: number) => pass(ms, ms, 1),
    busy: (ms: number) => pass(ms, 0, 1),
    work: (ms: number) => pass(ms, 0, 0),
  };
}

it("a stopwatch counts seconds in whole microseconds", () => {
  const { clock, work } = createClock();
  const elapsed = stopwatch(clock);
  expect(elapsed()).toBe(0);
  work(1_500);
  expect(elapsed()).toBe(1.5);
  work(0.0019);
  expect(elapsed()).toBe(1.500001);
});

describe("a target's clock", () => {
  it("counts the time that the event loop waits for the target", () => {
    const { clock, idle } = createClock();
    idle(80);
    clock.tick();
    expect(clock.seconds).toBe(0.08);
  });

  it("does not count a turn in which the event loop is busy", () => {
    const { clock, idle, busy } = createClock();
    for (let waits = 0; waits < 3; waits += 1) {
      busy(300);
      clock.tick();
    }
    idle(50);
    clock.tick();
    expect(clock.seconds).toBeCloseTo(0.053, 6);
  });

  it("leaves out what the check did besides", () => {
    const { clock, idle, busy } = createClock();
    idle(20);
    clock.tick();
    idle(1_000);
    busy(10);
    clock.skip();
    idle(5);
    clock.tick();
    expect(clock.seconds).toBeCloseTo(0.025, 6);
  });

  it("counts a lookup that had to wait for its turn as long as it took", () => {
    const { clock, idle } = createClock();
    idle(700);
    clock.waited(50);
    idle(20);
    clock.tick();
    expect(clock.seconds).toBeCloseTo(0.07, 6);
  });

  it("counts no more of a lookup than the check has waited, nor that the event loop was late", () => {
    const { clock, idle, busy } = createClock();
    idle(30);
    clock.waited(6_000);
    expect(clock.seconds).toBe(0.03);
    busy(301);
    clock.waited(301);
    expect(clock.seconds).toBeCloseTo(0.031, 6);
  });

  it("takes no more than one turn off a wait of many", () => {
    const { clock, busy } = createClock();
    for (let turns = 0; turns < 100; turns += 1) busy(10);
    clock.tick();
    expect(clock.seconds).toBeCloseTo(0.991, 6);
  });

  it("counts the check's own work, which takes no turn or a short one", () => {
    const { clock, work, busy } = createClock();
    work(7);
    clock.tick();
    busy(1);
    clock.tick();
    expect(clock.seconds).toBeCloseTo(0.008, 6);
  });
});

it("a time-out is the plugin's line after what was printed before", () => {
  expect(socketTimeout(10)()).toEqual(
    new CheckFailure("CRITICAL - Socket timeout after 10 seconds", CRITICAL),
  );
  const printed = ["OK - Certificate\n"];
  const onTimeout = socketTimeout(3, printed);
  printed.push("more\n");
  expect(onTimeout().message).toBe("OK - Certificate\nmore\nCRITICAL - Socket timeout after 3 seconds");
});
