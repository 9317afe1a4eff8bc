import { expect, it } from "vitest";
import { FullTime } from "../../../src/worker/slots/full-time.ts";

it("counts how long something is full, all together", () => {
  const time = new FullTime();
  expect(time.total(500)).toBe(0);
  time.note(true, 1_000);
  time.note(true, 2_000);
  expect(time.total(3_000)).toBe(2);
  time.note(false, 4_000);
  time.note(false, 9_000);
  expect(time.total(10_000)).toBe(3);
  time.note(true, 20_000);
  expect(time.total(21_000)).toBe(4);
});

it("takes no notice of the pause between two jobs, but of a longer one", () => {
  const time = new FullTime();
  expect(time.present(0)).toBe(0);
  time.note(true, 1_000);
  time.note(false, 60_000);
  expect(time.present(62_000)).toBe(61);
  time.note(true, 62_000);
  expect(time.present(70_000)).toBe(69);
  time.note(false, 80_000);
  expect(time.present(86_000)).toBe(0);
  time.note(true, 90_000);
  expect(time.present(91_000)).toBe(1);
});
