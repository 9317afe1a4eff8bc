import { describe, expect, it } from "vitest";
import { TurnBudget } from "../../src/run/turn-budget.ts";

/** Checks that work for so many milliseconds each, on a clock of the test. */
async function work(checks: number, eachMs: number, familyOf: (check: number) => string = () => "check_x") {
  let nowMs = 0;
  let turn = 0;
  const turns = new TurnBudget(() => nowMs);
  const begun: { readonly check: number; readonly turn: number }[] = [];
  const enter = async (check: number) => {
    const family = familyOf(check);
    const other = turns.enter(family);
    if (other !== undefined) await other;
    nowMs += family === "check_cheap" ? 0.1 : eachMs;
    begun.push({ check, turn });
  };
  // It runs before the checks that wait for a turn, so that they see the new time.
  const count = () => {
    turn += 1;
    if (begun.length < checks) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(Array.from({ length: checks }, (_, check) => enter(check)));
  return begun;
}

describe("a turn of the event loop", () => {
  it("is not left while it has time", async () => {
    expect(new Set((await work(100, 0.05)).map(({ turn }) => turn))).toEqual(new Set([0]));
  });

  it("ends for checks when they have used ten milliseconds", async () => {
    const begun = await work(25, 1);
    const counts = new Map<number, number>();
    for (const { turn } of begun) counts.set(turn, (counts.get(turn) ?? 0) + 1);
    expect([...counts.values()]).toEqual([10, 10, 5]);
  });

  it("lets checks start in their order", async () => {
    expect((await work(50, 3)).map(({ check }) => check)).toEqual(
      Array.from({ length: 50 }, (_, check) => check),
    );
  });

  it("lets a check start that takes longer than a turn", async () => {
    expect((await work(3, 50)).map(({ turn }) => turn)).toEqual([0, 1, 2]);
  });

  it("lets a cheap family begin before the dear checks that came first", async () => {
    const begun = await work(105, 5, (check) => (check >= 100 ? "check_cheap" : "check_dear"));
    const places = begun.flatMap(({ check }, place) => (check >= 100 ? [place] : []));
    // One or two dear checks have begun at once, before the others came.
    expect(places.at(-1)).toBeLessThan(10);
    const dear = begun.map(({ check }) => check).filter((check) => check < 100);
    expect(dear).toEqual(Array.from({ length: 100 }, (_, check) => check));
  });

  it("is shared by two dear families", async () => {
    const begun = await work(100, 5, (check) => (check < 50 ? "check_first" : "check_second"));
    const second = begun.slice(0, 50).filter(({ check }) => check >= 50).length;
    expect(second).toBeGreaterThan(20);
    expect(second).toBeLessThan(30);
  });
});
