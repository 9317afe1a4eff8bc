import { describe, expect, it } from "vitest";
import { loadMinimal, problemsOf } from "../../support/config/load-memory.ts";

const rates = (...argv: readonly string[]) => loadMinimal(argv).config.eventhandlerRate;

describe("the rates of event handlers", () => {
  it("are for a program, for all others, and for each host and service", () => {
    expect(
      rates(
        "eventhandler_rate=restart-service:20/1h, restart-service:3/30m/each",
        "eventhandler_rate=*:9/1d",
      ),
    ).toEqual([
      { handler: "restart-service", most: 20, seconds: 3_600, isForEach: false },
      { handler: "restart-service", most: 3, seconds: 1_800, isForEach: true },
      { handler: "*", most: 9, seconds: 86_400, isForEach: false },
    ]);
    expect(rates()).toEqual([]);
  });

  it.each(["20/1h", "a:0/1h", "a:2/1w", "a:2", "a b:2/1h", "a:2/1h/host", "/p/a:2/1h", "a:9999999/1h"])(
    "%s is none",
    (text) => {
      const problems = problemsOf(() => rates(`eventhandler_rate=${text}`));
      expect(problems?.[0]).toContain(`eventhandler_rate: '${text}' is no rate of a handler`);
      expect(problems?.[0]).toContain("write NAME:COUNT/TIME");
    },
  );
});
