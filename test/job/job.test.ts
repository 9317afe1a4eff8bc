import { expect, it } from "vitest";
import { isJobType, purposeOf } from "../../src/job/job.ts";

it.each([
  ["host", "check"],
  ["service", "check"],
  ["eventhandler", "command"],
  ["notification", "command"],
  ["something", "unknown"],
  ["toString", "unknown"],
])("the purpose of a job of type %s: %s", (type, purpose) => {
  expect(purposeOf({ type })).toBe(purpose);
  expect(isJobType(type)).toBe(purpose !== "unknown");
});
