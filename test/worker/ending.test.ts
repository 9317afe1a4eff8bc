import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Outcome } from "../../src/outcome/outcome.ts";
import { Ending } from "../../src/worker/ending.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const NOTHING = { stdout: "", stderr: "" };
const exited = (returnCode: number): Outcome => ({ kind: "exited", returnCode, ...NOTHING });
const signalled = (signal: number): Outcome => ({ kind: "signalled", signal, ...NOTHING });

const ENDED = [exited(129), exited(130), exited(137), exited(143), signalled(9), signalled(15)];
const OTHERS = [exited(0), exited(2), exited(139), exited(15), signalled(11)];

describe("a worker that is to end", () => {
  it.each(ENDED)("is cut off in %j", async (outcome) => {
    const ending = new Ending();
    ending.begin();
    expect(await ending.hasCutOff({ outcome })).toBe(true);
    expect(await ending.hasCutOff({ outcome: exited(3), isNestedCutOff: true })).toBe(true);
  });

  it("is cut off in a run that it could not carry out itself", async () => {
    const ending = new Ending();
    ending.begin();
    expect(await ending.hasCutOff({ outcome: { kind: "crashed", error: new Error("mkfifo") } })).toBe(true);
  });

  it.each(OTHERS)("is not cut off in %j", async (outcome) => {
    const ending = new Ending();
    ending.begin();
    expect(await ending.hasCutOff({ outcome })).toBe(false);
  });

  it("may hear of it later than its plugins", async () => {
    const ending = new Ending();
    const cutOff = ending.hasCutOff({ outcome: exited(143) });
    await vi.advanceTimersByTimeAsync(100);
    ending.begin();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await cutOff).toBe(true);
  });
});

it("a worker that goes on has results of plugins that died of a signal", async () => {
  const cutOff = new Ending().hasCutOff({ outcome: exited(143) });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await cutOff).toBe(false);
});
