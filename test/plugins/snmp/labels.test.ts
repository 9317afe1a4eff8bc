import { expect, it } from "vitest";
import { quoteLabel, readLabels } from "../../../plugins/snmp/labels.ts";

it.each<readonly [string, readonly string[] | undefined]>([
  ["one", ["one"]],
  ["one,two", ["one", "two"]],
  [" one ,\ttwo", ["one ", "two"]],
  ["", [""]],
  ["one,", ["one,"]],
  [",two", [""]],
  ["one,,three", ["one", ""]],
  ["'one','two'", ["one','two'"]],
  ["one,'two','three'", ["one", "two','three'"]],
  ["it's", ["it's"]],
  ["'open", undefined],
  ["one,'", undefined],
])("%j has the labels %j", (text, labels) => {
  expect(readLabels(text)).toEqual(labels);
});

it.each([
  ["load", "load"],
  ["my load", "'my load'"],
  ["a=b", "'a=b'"],
  ["it's", `"it's"`],
  ['say "x"', `'say "x"'`],
  ["", ""],
])("%j is written in perfdata as %s", (label, quoted) => {
  expect(quoteLabel(label)).toBe(quoted);
});
