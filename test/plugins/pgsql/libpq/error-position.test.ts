import { expect, it } from "vitest";
import { showPosition } from "../../../../plugins/pgsql/libpq/error-position.ts";

const X = "x".repeat(70);

it.each([
  ["selec 1", 1, "LINE 1: selec 1\n        ^\n"],
  ["select 1,\n\tnope", 12, "LINE 2:  nope\n         ^\n"],
  ["a\r\n\r\nb", 6, "LINE 3: b\n        ^\n"],
  ["abc", 4, "LINE 1: abc\n           ^\n"],
  ["abc", 5, ""],
  [`nope ${X}`, 1, `LINE 1: nope ${"x".repeat(55)}...\n        ^\n`],
  [`${X} nope`, 72, `LINE 1: ...${"x".repeat(55)} nope\n${" ".repeat(67)}^\n`],
  [`${X} nope ${X}`, 72, `LINE 1: ...${"x".repeat(49)} nope xxxxx...\n${" ".repeat(61)}^\n`],
] as const)("of %j at %d", (query, position, shown) => {
  expect(showPosition(query, position)).toBe(shown);
});
