import { describe, expect, it } from "vitest";
import { maxState, type State } from "../../sdk/index.ts";
import { maxStateAlt, readState } from "../../sdk/state.ts";

describe("the worst of states", () => {
  it.each<[states: State[], maximum: State, alternative: State]>([
    [[], 3, 0],
    [[0], 0, 0],
    [[3], 3, 3],
    [[0, 3], 0, 3],
    [[3, 0], 0, 3],
    [[1, 3], 1, 1],
    [[2, 1, 0, 3], 2, 2],
    [[0, 1, 0], 1, 1],
  ])("of %j is %d, by the other order %d", (states, maximum, alternative) => {
    expect(maxState(...states)).toBe(maximum);
    expect(maxStateAlt(...states)).toBe(alternative);
  });
});

it.each([
  ["OK", 0],
  ["ok", 0],
  ["Warning", 1],
  ["2", 2],
  ["UNKNOWN", 3],
  ["4", undefined],
  ["02", undefined],
  ["", undefined],
  ["DEPENDENT", undefined],
])("reads %j as %s", (text, state) => {
  expect(readState(text)).toBe(state);
});
