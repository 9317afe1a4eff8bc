import { expect, it } from "vitest";
import { errorText } from "../src/error-text.ts";

it.each<[string, unknown, string]>([
  ["of an error", new Error("connect ECONNREFUSED 127.0.0.1:1"), "connect ECONNREFUSED 127.0.0.1:1"],
  [
    "of a host with two addresses",
    new AggregateError([
      new Error("connect ECONNREFUSED ::1:1"),
      new Error("connect ECONNREFUSED 127.0.0.1:1"),
    ]),
    "connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1",
  ],
  ["said twice", new AggregateError([new Error("no"), new Error("no")]), "no"],
  ["of several with a text of their own", new AggregateError([new Error("a")], "all failed"), "all failed"],
  ["of one that has a code only", Object.assign(new Error(""), { code: "ECONNRESET" }), "ECONNRESET"],
  ["of what is no error", "broken", "broken"],
])("the text %s", (_, error, text) => {
  expect(errorText(error)).toBe(text);
});
