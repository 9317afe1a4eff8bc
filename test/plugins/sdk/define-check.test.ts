import { expect, it } from "vitest";
import { type CheckContext, CheckFailure, defineCheck } from "../../../plugins/sdk/index.ts";

const CONTEXT: CheckContext = {
  signal: new AbortController().signal,
  log: () => {},
  execute: () => Promise.reject(new Error("unasked")),
};

const check = defineCheck({
  name: "check_x",
  summary: "says its word",
  read: ([word]) => (word === undefined ? undefined : { word }),
  command: ({ word }) => ({ words: ["/bin/echo", word], environment: [] }),
  run: ({ word }) => ({ returnCode: 0, output: word }),
});

it("gives what was read to run and command", async () => {
  const understood = check.understand(["a"]);
  expect(understood?.command?.words).toEqual(["/bin/echo", "a"]);
  expect(await understood?.run(CONTEXT)).toEqual({ returnCode: 0, output: "a" });
});

it("understands nothing where nothing was read", () => {
  expect(check.understand([])).toBeUndefined();
});

it("turns what run throws into a rejection", async () => {
  const failing = defineCheck({
    name: "check_y",
    summary: "",
    read: () => ({}),
    run: () => {
      throw new CheckFailure("no", 2);
    },
  });
  await expect(failing.understand([])?.run(CONTEXT)).rejects.toMatchObject({ message: "no", state: 2 });
});

it("gives a check nobody can change", () => {
  expect(Object.isFrozen(check)).toBe(true);
});

it.each(["", "check x", "../check_x", "a/b"])("refuses the name %j: it names a file", (name) => {
  const define = () =>
    defineCheck({ name, summary: "", read: () => ({}), run: () => ({ returnCode: 0, output: "" }) });
  expect(define).toThrow("a check is named as a file");
});
