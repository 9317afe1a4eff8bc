import { expect, expectTypeOf, it } from "vitest";
import { type Setting, seconds, settingValue, text, wholeNumber, yesOrNo } from "../../sdk/setting.ts";

const help = "What it is for.";

it("a family declares its settings, each with the type of its value", () => {
  const isKept = yesOrNo("native_keep", { default: false, help });
  const count = wholeNumber("native_count", { default: 5, min: 1, max: 9, unit: "per second", help });
  const wait = seconds("native_wait", { default: 3, max: 60, help });
  const user = text("native_user", { default: undefined, help });
  expectTypeOf(isKept).toEqualTypeOf<Setting<boolean>>();
  expectTypeOf(count).toEqualTypeOf<Setting<number>>();
  expectTypeOf(user).toEqualTypeOf<Setting<string | undefined>>();
  expect([isKept, count, wait, user].map(({ values }) => values)).toEqual([
    { kind: "yes or no" },
    { kind: "whole number", min: 1, max: 9 },
    { kind: "seconds", max: 60 },
    { kind: "text" },
  ]);
  expect([isKept, count, wait, user].map(({ unit }) => unit)).toEqual([
    undefined,
    "per second",
    "seconds",
    undefined,
  ]);
});

it("a value is found by the constant, not by the name", () => {
  const ours = yesOrNo("native_keep", { default: false, help });
  const theirs = yesOrNo("native_keep", { default: false, help });
  const values = new Map([[ours, true]]);
  expect(settingValue(values, ours)).toBe(true);
  expect(settingValue(values, theirs)).toBe(false);
  expect(settingValue(undefined, ours)).toBe(false);
});
