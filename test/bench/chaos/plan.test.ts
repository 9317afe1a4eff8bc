import { expect, it } from "vitest";
import { planDisturbances } from "../../../bench/chaos/plan.ts";

const OPTIONS = { seed: 7, seconds: 120, workers: 2 };

it("the same seed makes the same plan, and another seed another one", () => {
  expect(planDisturbances(OPTIONS)).toEqual(planDisturbances(OPTIONS));
  expect(planDisturbances({ ...OPTIONS, seed: 8 })).not.toEqual(planDisturbances(OPTIONS));
});

it("everybody has each harm in two minutes, and the last is over before the end", () => {
  const plan = planDisturbances(OPTIONS);
  const kinds = new Set(plan.map(({ target, harm }) => `${harm} ${target}`));
  for (const target of ["gearmand", "0", "1"])
    for (const harm of ["kill", "stop", "restart"]) expect(kinds).toContain(`${harm} ${target}`);
  expect(plan.every(({ atMs, ms }) => atMs >= 2_000 && atMs + ms <= 118_000)).toBe(true);
  expect(plan.map(({ atMs }) => atMs)).toEqual(plan.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
});

it("nobody is disturbed twice at a time, but two may be away together", () => {
  const plan = planDisturbances(OPTIONS);
  const overlaps = plan.flatMap((one, at) =>
    plan
      .slice(at + 1)
      .filter(({ atMs }) => atMs < one.atMs + one.ms)
      .map(({ target }) => [one.target, target]),
  );
  expect(overlaps.filter(([one, other]) => one === other)).toEqual([]);
  expect(overlaps.length).toBeGreaterThan(0);
});
