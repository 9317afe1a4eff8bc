import { describe, expect, it } from "vitest";
import { BUILTIN_SETTINGS } from "../../../plugins/settings.ts";
import { type Setting, seconds, text, wholeNumber, yesOrNo } from "../../../sdk/setting.ts";
import { diffConfig } from "../../../src/config/diff.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { renderProblem } from "../../../src/config/problem.ts";
import { renderMarkdown } from "../../../src/config/render/markdown.ts";
import { workerTable } from "../../../src/config/worker/table.ts";
import { memoryMachine } from "../../support/config/memory-machine.ts";

const IS_KEPT = yesOrNo("native_keep", { default: false, help: "Keep it." });
const COUNT = wholeNumber("native_count", { default: 5, min: 1, max: 9, help: "How many." });
const WAIT = seconds("native_wait", { default: 3, max: 60, help: "How long." });
const USER = text("native_user", { default: undefined, help: "Who." });
const TABLE = workerTable([IS_KEPT, COUNT, WAIT, USER]);

function load(...options: readonly string[]) {
  const loaded = loadConfig(TABLE, ["server=localhost", "encryption=no", ...options], memoryMachine());
  if (loaded.wants !== "run") throw new Error("no run");
  return loaded;
}

describe("a family's setting is an option of worker.conf", () => {
  it.each<[string, Setting, unknown, string?]>([
    ["native_keep", IS_KEPT, true],
    ["native-keep=no", IS_KEPT, false],
    ["native_count=7", COUNT, 7],
    ["native_count=0", COUNT, 1, "native_count: 0 is less than 1, using 1"],
    ["native_count=10", COUNT, 9, "native_count: 10 is more than 9, using 9"],
    ["native_wait=61", WAIT, 60, "native_wait: 61 is more than 60, using 60"],
    ["native_user=monitor", USER, "monitor"],
    ["native_user=", USER, undefined],
  ])("%s", (line, setting, value, warning) => {
    const { config, warnings } = load(line);
    expect(config.settings.get(setting)).toBe(value);
    const expected = warning === undefined ? [] : [`command line: warning: ${warning}`];
    expect(warnings.map(renderProblem)).toEqual(expected);
  });

  it("with a default", () => {
    expect([...load().config.settings]).toEqual([
      [IS_KEPT, false],
      [COUNT, 5],
      [WAIT, 3],
      [USER, undefined],
    ]);
  });

  it("whose change counts at once", () => {
    expect(diffConfig(load().config, load("native_count=7", "native_user=x").config)).toEqual({
      live: ["native_count", "native_user"],
      reconnect: [],
      restart: [],
    });
  });

  it("which the documentation explains", () => {
    expect(renderMarkdown(TABLE.groups, "")).toContain(
      "| `native_wait` | whole number | `3` seconds | live | How long. | omd-worker |",
    );
  });
});

it("the settings of all families have different names", () => {
  const names = BUILTIN_SETTINGS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
