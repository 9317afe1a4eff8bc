import { expect, it } from "vitest";
import { LeastFigures, leastOf } from "../../../bench/soak/least-figures.ts";

const FIGURES = { heapMiB: 40, externalMiB: 30, v8MiB: 80, timers: 20, handles: 9 };

it("of heap, buffers and timers the least stays, of rooms and handles the last", () => {
  const less = { heapMiB: 30, externalMiB: 20, v8MiB: 70, timers: 10, handles: 8 };
  expect(leastOf(undefined, FIGURES)).toEqual(FIGURES);
  expect(leastOf(FIGURES, less)).toEqual(less);
  expect(leastOf(less, FIGURES)).toEqual({ ...less, v8MiB: 80, handles: 9 });
});

it("figures that were not looked at cannot be taken", () => {
  expect(() => new LeastFigures("127.0.0.1:1").take()).toThrow("has not been asked");
});
