import { describe, expect, it } from "vitest";
import { readLines } from "../../src/payload/lines.ts";

const TEXTS = [
  ["one field", "type=host\n", { type: "host" }],
  ["no line feed at the end", "type=host\nhost_name=web1", { type: "host", host_name: "web1" }],
  ["a value with =", "command_line=A=1 /x --y=z\n", { command_line: "A=1 /x --y=z" }],
  ["an empty value, which hides nothing", "empty=\ntype=host\n", { empty: "", type: "host" }],
  ["a blank line, which ends the text", "type=host\n\ntype=service\n", { type: "host" }],
  ["a line without =, which is skipped", "type=host\nnoise\nhost_name=a\n", { type: "host", host_name: "a" }],
  ["a name twice: the last counts", "type=host\ntype=service\n", { type: "service" }],
  ["blanks, which stay", "command_line= /x a\\ \t\r\n", { command_line: " /x a\\ \t\r" }],
  ["bytes above ASCII", "host_name=\xc3\x85\xa0\n", { host_name: "\xc3\x85\xa0" }],
  ["nothing", "", {}],
  ["no field at all", "noise", {}],
] as const;

describe("readLines", () => {
  it.each(TEXTS)("reads %s", (_, text, fields) => {
    expect(Object.fromEntries(readLines(text))).toEqual(fields);
  });

  it("reads every byte once, so that a megabyte of noise takes no time", () => {
    const noise = "a\n".repeat(500_000);
    expect(readLines(`${noise}type=host\n`).get("type")).toBe("host");
  });
});
