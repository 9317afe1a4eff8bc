import { expect, it } from "vitest";
import { defineCheck } from "../../plugins/sdk/index.ts";
import { createShelf } from "../../src/run/shelf.ts";

const define = (name: string) =>
  defineCheck({ name, summary: "", read: () => ({}), run: () => ({ returnCode: 0, output: "" }) });

it("finds a check by the name of the plugin's file, exactly", () => {
  const check = define("check_a");
  const shelf = createShelf([define("check_b"), check]);
  expect(shelf.find("check_a")).toBe(check);
  expect(["check", "check_A", "check_a ", "/check_a", "constructor", ""].map(shelf.find)).toEqual(
    Array(6).fill(undefined),
  );
});

it("refuses two checks of one name", () => {
  expect(() => createShelf([define("check_a"), define("check_b"), define("check_a")])).toThrow(
    "two checks are called check_a",
  );
});
