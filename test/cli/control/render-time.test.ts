import { expect, it } from "vitest";
import { renderDuration } from "../../../src/cli/control/render-time.ts";

it.each([
  [0, "0 s"],
  [0.254, "0.25 s"],
  [9.999, "10 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [243, "4 min 3 s"],
  [3_600, "1 h"],
  [7_384, "2 h 3 min"],
  [86_400, "1 d"],
  [190_800, "2 d 5 h"],
])("%d seconds are %s", (seconds, text) => {
  expect(renderDuration(seconds)).toBe(text);
});
