import { describe, expect, it } from "vitest";
import { lineReader } from "../../../src/tools/send/read-line.ts";

describe("a line is read as by send_gearman", () => {
  it.each<[string, string, string, unknown]>([
    ["a service", "\t", "web1\tHTTP\t1\tslow|t=1", ["web1", "HTTP", 1, "slow|t=1"]],
    ["a host", "\t", "web1\t2\tgone", ["web1", undefined, 2, "gone"]],
    ["the output of a service keeps its delimiters", "\t", "h\ts\t0\ta\tb\t", ["h", "s", 0, "a\tb\t"]],
    ["several delimiters in a row are one", "\t", "\th\t\ts\t0\t x", ["h", "s", 0, " x"]],
    ["each character of the delimiter counts", ";,", "h;s,0;x", ["h", "s", 0, "x"]],
    ["a service without an output", "\t", "h\ts\t2\t", ["h", "s", 2, ""]],
    ["a code with blanks and more", "\t", "h\t 1x\tout", ["h", undefined, 1, "out"]],
    ["two fields", "\t", "h\t0", undefined],
    ["an empty line", "\t", "", undefined],
  ])("%s", (_, delimiter, line, expected) => {
    const result = lineReader(delimiter)(line);
    const { hostName, serviceDescription, returnCode, output } = result ?? {};
    expect(result && [hostName, serviceDescription, returnCode, output]).toEqual(expected);
    expect(result?.unclearCode).toBeUndefined();
  });

  it("says which code is no number", () => {
    expect(lineReader("\t")("h\ts\tOK\tx")).toMatchObject({ returnCode: 0, unclearCode: "OK" });
  });
});
