import { expect, it } from "vitest";
import { BUILTIN_CHECKS } from "../../plugins/index.ts";

it("lists the checks in alphabetical order, each once", () => {
  const names = BUILTIN_CHECKS.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)].sort());
});
