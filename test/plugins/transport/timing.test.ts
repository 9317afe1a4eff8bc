import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { socketTimeout, stopwatch } from "../../../plugins/transport/timing.ts";
import { CheckFailure, CRITICAL } from "../../../sdk/index.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

it("a stopwatch counts seconds in whole microseconds", () => {
  const elapsed = stopwatch();
  expect(elapsed()).toBe(0);
  vi.advanceTimersByTime(1_500);
  expect(elapsed()).toBe(1.5);
  vi.spyOn(performance, "now").mockReturnValue(performance.now() + 0.0019);
  expect(elapsed()).toBe(1.500001);
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
