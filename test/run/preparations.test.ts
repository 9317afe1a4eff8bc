import { describe, expect, it, vi } from "vitest";
import { type Check, defineCheck } from "../../sdk/index.ts";
import { Preparations } from "../../src/run/preparations.ts";
import { stubLog } from "../support/stub-log.ts";

const define = (prepare?: () => Promise<void>): Check =>
  defineCheck({
    name: "check_a",
    summary: "",
    options: {},
    run: () => ({ returnCode: 0, output: "" }),
    ...(prepare && { prepare }),
  });

describe("a check", () => {
  it("is prepared once, and all who ask meanwhile wait for it", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const prepare = vi.fn(() => promise);
    const { of } = new Preparations(stubLog());
    const check = define(prepare);
    const [one, other] = [of(check), of(check)];
    expect(one).toBe(other);
    resolve();
    await one;
    expect(of(check)).toBeUndefined();
    expect(prepare).toHaveBeenCalledOnce();
  });

  it("that needs nothing is asked at once", () => {
    expect(new Preparations(stubLog()).of(define())).toBeUndefined();
  });

  it.each<readonly [string, () => Promise<void>]>([
    ["rejects", () => Promise.reject(new Error("no such package"))],
    [
      "throws",
      () => {
        throw new Error("no such package");
      },
    ],
  ])("whose preparation %s is asked with a warning", async (_, prepare) => {
    const log = stubLog();
    const { of } = new Preparations(log);
    const check = define(prepare);
    await of(check);
    expect(of(check)).toBeUndefined();
    expect(log.warn.mock.calls).toEqual([
      [{ err: new Error("no such package") }, "check_a is not prepared, its first run may be slow"],
    ]);
  });

  it("whose preparation never ends is asked after ten seconds", async () => {
    vi.useFakeTimers();
    try {
      const log = stubLog();
      const { of } = new Preparations(log);
      const check = define(() => new Promise(() => {}));
      const waiting = of(check);
      await vi.advanceTimersByTimeAsync(10_000);
      await waiting;
      expect(of(check)).toBeUndefined();
      expect(log.warn).toHaveBeenCalledOnce();
    } finally {
      vi.useRealTimers();
    }
  });
});
