import { describe, expect, it } from "vitest";
import { checkDummy } from "../../../plugins/core/check_dummy.ts";
import { createIdentification } from "../../../src/run/routing/identity.ts";
import { answerNatively, execute, findPlugin } from "./real-plugins.ts";

const plugin = findPlugin("check_dummy");

/** The check must answer each of these itself. */
const UNDERSTOOD: readonly (readonly string[])[] = [
  ["0"],
  ["1"],
  ["2"],
  ["3"],
  ["0", "text"],
  ["1", "text with blanks"],
  ["2", "all|a=1;2;3 b=4"],
  ["3", ""],
  ["0", "one", "two", "three"],
  ["0", "--help"],
  ["0", "-V"],
  ["0", "%s %d %n"],
  ["0", "back\\slash \\n"],
  ["0", "two\nlines"],
  ["0", "tab\there\r"],
  ["0", "\xc3\x84rger \xe2\x82\xac"],
  ["2", "OK"],
  ["4"],
  ["4", "text"],
  ["25", "text"],
  ["255"],
  ["-1"],
  ["-12", "text"],
  ["00", "text"],
  ["002", "text"],
  ["999999999", "text"],
];

const EXECUTED: readonly (readonly string[])[] = [
  [],
  ["-h"],
  ["--help"],
  ["-V"],
  ["--version"],
  ["--versio"],
  ["-v"],
  ["--", "0"],
  [""],
  [" "],
  [" 1", "text"],
  ["1 "],
  ["1 2"],
  ["1-2"],
  ["-"],
  ["-0"],
  ["--1"],
  ["+1"],
  ["OK"],
  ["ok", "text"],
  ["1x"],
  ["1.0"],
  ["0x1"],
  ["99999999999"],
  ["4294967296"],
  ["-t", "5", "0"],
];

describe("check_dummy answers as the plugin does", () => {
  it.skipIf(plugin === undefined).each(UNDERSTOOD.map((argv) => [argv]))("%j", async (argv) => {
    const real = await execute({ words: [plugin ?? "", ...argv], environment: [] });
    expect(await answerNatively(checkDummy, argv)).toEqual(real);
  });
});

describe("check_dummy leaves to the plugin", () => {
  it.each(EXECUTED.map((argv) => [argv]))("%j", (argv) => {
    expect(checkDummy.understand(argv)).toBeUndefined();
  });
});

it.skipIf(plugin === undefined)("recognises the plugin's file", () => {
  expect(createIdentification()(plugin ?? "", checkDummy)).toMatchObject({ kind: "replaced" });
});
