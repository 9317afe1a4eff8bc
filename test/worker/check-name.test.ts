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
