import { expect, it } from "vitest";
import { partMsOf } from "../../../bench/measuring/measure-part.ts";

it("says what one check of a part adds to the others", () => {
  expect(partMsOf({ checks: 2250, cpuMs: 450 }, { checks: 2550, cpuMs: 1050 })).toBe(2);
});
