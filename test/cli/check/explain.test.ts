import { expect, it } from "vitest";
import { defineCheck, words } from "../../../sdk/index.ts";
import { renderRoute } from "../../../src/cli/check/explain.ts";
import type { NativeRoute, PluginRoute, Route } from "../../../src/run/routing/route.ts";

const check = defineCheck({
  name: "check_a",
  summary: "cannot answer on this machine",
  options: { words: words("[WORD…]", "anything") },
  whyNotHere: () => "no right to do it",
  run: () => ({ returnCode: 0, output: "OK\n" }),
});

const fallback: PluginRoute = { via: "plugin", why: "", argv: ["/bin/sh", "1"], env: [] };
const native: NativeRoute = {
  via: "native",
  why: "the file named is check_a",
  check,
  name: "check_a",
  argv: ["1"],
  run: async () => ({ returnCode: 0, output: "OK\n" }),
  keepsState: false,
  nested: undefined,
  fallback,
};
const shelf = { originOf: () => undefined, find: () => check };

it.each<[string, Route, string]>([
  ["the plugin is started", native, "plugin: no right to do it\n  started:\n    /bin/sh\n    1\n"],
  [
    "nothing is, where there is no plugin",
    { ...native, hasNoPlugin: true },
    "refuse: no right to do it\n  nothing is started\n  answered: UNKNOWN - check_a: no right to do it, and there is no /bin/sh\n",
  ],
  [
    "it is not compared with the plugin",
    { ...fallback, why: "native_checks is shadow", shadow: native },
    "plugin: native_checks is shadow\n  started:\n    /bin/sh\n    1\n  compared with no answer: no right to do it\n",
  ],
])("where a check cannot answer on this machine, %s", (_, route, text) => {
  expect(renderRoute(route, shelf)).toBe(text);
});

it("a plugin that is not there is named", () => {
  const route: Route = { ...fallback, why: "no native check has this name", argv: ["/nowhere/check_b"] };
  expect(renderRoute(route, { ...shelf, find: () => undefined })).toBe(
    "plugin: no native check has this name\n  there is no such file\n  started:\n    /nowhere/check_b\n",
  );
});
