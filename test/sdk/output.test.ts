import { expect, it } from "vitest";
import { type Answer, answer } from "../../sdk/index.ts";

it.each<[Answer, string]>([
  [{ state: 0, text: "fine" }, "OK - fine\n"],
  [{ service: "TCP", state: 2, text: "bad", perfdata: ["a=1", "b=2"] }, "TCP CRITICAL - bad|a=1 b=2\n"],
  [{ service: "X", state: 3, text: "", lines: ["one", "two"] }, "X UNKNOWN - \none\ntwo\n"],
])("%j", (given, output) => {
  expect(answer(given)).toEqual({ returnCode: given.state, output });
});
