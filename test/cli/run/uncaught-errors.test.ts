import { describe, expect, it, vi } from "vitest";
import { handleUncaughtErrors } from "../../../src/cli/run/uncaught-errors.ts";
import { stubLog } from "../../support/stub-log.ts";

const OWN = new URL("../../../src/worker/worker.ts", import.meta.url).href;

/** What the log says of an error, and whether the worker ends. */
function strayed(error: unknown) {
  const log = stubLog();
  const end = vi.fn();
  const before = process.listeners("uncaughtException");
  {
    using _handler = handleUncaughtErrors(log, end);
    const [handle] = process.listeners("uncaughtException").filter((each) => !before.includes(each));
    handle?.(error as Error, "uncaughtException");
  }
  expect(process.listeners("uncaughtException")).toEqual(before);
  return { says: vi.mocked(log.error).mock.calls.map((call) => call.at(-1)), ends: end.mock.calls.length };
}

function errorAt(...places: readonly string[]): Error {
  const error = new Error("no route");
  error.stack = ["Error: no route", ...places.map((place) => `    at f (${place})`)].join("\n");
  return error;
}

describe("an error nobody waits for", () => {
  it.each<[string, unknown, string, number]>([
    [
      "that cut off nothing of the worker is told",
      errorAt("node:net:1:2"),
      "nobody waits for this error: no route",
      0,
    ],
    ["that is no Error is told", "no route", "nobody waits for this error: no route", 0],
    ["of the worker itself ends it", errorAt(`${OWN}:1:2`), "the worker has a fault and ends: no route", 1],
  ])("%s", (_, error, text, ends) => {
    expect(strayed(error)).toEqual({ says: [expect.stringContaining(text)], ends });
  });
});
