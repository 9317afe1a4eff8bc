import { expect, it } from "vitest";
import { readThresholds } from "../../../plugins/snmp/thresholds.ts";

/** The expected texts are those in perfdata. */
it.each<readonly [string, readonly (string | undefined)[] | undefined]>([
  ["10", ["10", undefined, undefined]],
  ["1,2,3,4", ["1", "2", "3"]],
  [",2", [undefined, "2", undefined]],
  ["10:5,5:10", ["@5:10", "5:10", undefined]],
  ["@-20:-10", ["@-10:@-20", undefined, undefined]],
  ["5:,:7,~:", ["5:", ":7", "~:"]],
  ["abc,x5:7", [undefined, "5:7", undefined]],
  ["@10:5", undefined],
  ["1,@10:5", undefined],
  ["1,2,3,@10:5", ["1", "2", "3"]],
])("%s for three objects is %j", (text, texts) => {
  expect(readThresholds(text, undefined, 3)?.map(({ warning }) => warning?.text)).toEqual(texts);
  expect(readThresholds(undefined, text, 3)?.map(({ critical }) => critical?.text)).toEqual(texts);
});

it("without a text there is no threshold", () => {
  expect(readThresholds(undefined, undefined, 1)).toEqual([{ warning: undefined, critical: undefined }]);
});
