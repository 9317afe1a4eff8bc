import { expect, it } from "vitest";
import { checkName } from "../../src/worker/check-name.ts";

it("the name of a check is the same whoever asks, and whatever was asked before", () => {
  const lines = ["/p/check_tcp -H a", "/p/check_http -H a", "", "/p/check_tcp -H a"];
  const names = lines.flatMap((line) => [checkName(line), checkName(line)]);
  expect(names).toEqual([
    ...["check_tcp", "check_tcp", "check_http", "check_http"],
    ...["other", "other", "check_tcp", "check_tcp"],
  ]);
});

it("the name of a check is right for any number of them", () => {
  for (let round = 0; round < 2; round += 1)
    for (let at = 0; at < 3_000; at += 1) expect(checkName(`/p/check_${at} -H a`)).toBe(`check_${at}`);
});
