import { describe, expect, it } from "vitest";
import { retryAfterMs } from "../../src/gearman/back-off.ts";

const BACK_OFF = { firstMs: 100, atMostMs: 1_000 };

describe("the wait before the next attempt", () => {
  it.each([
    [1, 100],
    [2, 200],
    [3, 400],
    [4, 800],
    [5, 1_000],
    [2_000, 1_000],
  ])("after %i failures is at most %i ms", (failures, ms) => {
    expect(retryAfterMs(failures, BACK_OFF, () => 1)).toBe(ms);
    expect(retryAfterMs(failures, BACK_OFF, () => 0)).toBe(ms / 2);
  });
});
