import { describe, expect, it } from "vitest";
import type { ObjectState } from "../../src/demo/core.ts";
import { type Picture, renderScreen, type Size } from "../../src/demo/screen.ts";

const SIZE: Size = { columns: 120, rows: 40, hasColours: false };
const EMPTY: Picture = {
  seconds: 12.4,
  results: 345,
  resultsPerSecond: 27.8,
  submitted: 400,
  events: 6,
  runs: { native: 200, shell: 45 },
  cpu: 0.256,
  states: [],
  via: new Map(),
};

function state(
  service: string | undefined,
  returnCode: number | undefined,
  more: Partial<ObjectState> = {},
): ObjectState {
  const object = { host: "here", service, commandLine: `/p/${service}`, intervalMs: 1_000, timeout: 10 };
  return { object, returnCode, output: "", took: 0.0125, results: 1, ...more };
}

function states(count: number, returnCode: number | undefined): readonly ObjectState[] {
  return Array.from({ length: count }, (_, index) => state(`s${index}`, returnCode));
}

function render(shown: readonly ObjectState[], size: Partial<Size> = {}, more: Partial<Picture> = {}) {
  return renderScreen({ ...EMPTY, states: shown, ...more }, { ...SIZE, ...size }).split("\n");
}

/** The rows below the heads. */
function rows(lines: readonly string[]): readonly string[] {
  return lines.slice(lines.findIndex((line) => line.startsWith("HOST")) + 1, -1);
}

describe("the demo's screen", () => {
  it("shows the whole in figures", () => {
    expect(render([]).slice(2, 4)).toEqual([
      "12 s   345 results of 400 checks   28 results/s   0.26 cores",
      "run: 200 native, 0 warm, 0 plugin, 45 shell   event handlers: 6",
    ]);
  });

  it("shows of each object its state, how it was run, how long it took and the first line of its output", () => {
    const shown = [
      state("root disk", 2, { output: "DISK CRITICAL - 99%\\nmore", took: 2.04 }),
      state("load", 1, { output: "LOAD WARNING" }),
      state(undefined, 0, { output: "up" }),
      state("port 1", undefined, { took: 0, results: 0 }),
    ];
    const via = new Map([
      ["/p/root disk", "shell"],
      ["/p/undefined", "native"],
    ]);
    expect(rows(render(shown, {}, { via }))).toEqual([
      "here     root disk        CRITICAL  shell   2.0 s     DISK CRITICAL - 99%",
      "here     load             WARNING           12.5 ms   LOAD WARNING",
      "here     (host)           OK        native  12.5 ms   up",
      "here     port 1           PENDING",
    ]);
  });

  it("shows the most urgent first, what is not checked yet last, and equals in their order", () => {
    const shown = [
      state("pending", undefined),
      state("ok", 0),
      state("warning", 1),
      state("critical", 2),
      state("unknown", 3),
      state("too high", 7),
      state("ok, too", 0),
    ];
    const names = rows(render(shown)).map((line) => line.slice(9, 25).trimEnd());
    expect(names).toEqual(["critical", "too high", "warning", "unknown", "ok", "ok, too", "pending"]);
  });

  it("has a colour for each state where the terminal has some", () => {
    const shown = [state("a", 0), state("b", 1), state("c", 2), state("d", 3), state("e", undefined)];
    const coloured = rows(render(shown, { hasColours: true })).map((line) =>
      /\x1b\[(\d+)m(\w+)\x1b\[0m/.exec(line),
    );
    expect(coloured.map((match) => match?.slice(1))).toEqual([
      ["31", "CRITICAL"],
      ["33", "WARNING"],
      ["35", "UNKNOWN"],
      ["32", "OK"],
      undefined,
    ]);
    expect(render(shown).join("\n")).not.toContain("\x1b");
  });
});

describe("a small terminal", () => {
  it.each([24, 40, 10])("of %i rows keeps all it is shown, the cursor's line included", (size) => {
    expect(render(states(220, 0), { rows: size }).length).toBeLessThan(size);
  });

  it.each([80, 60])("of %i columns has no line that wraps", (columns) => {
    const shown = [state("a service of a very long name", 2, { output: "x".repeat(200) })];
    for (const line of render(shown, { columns })) expect(line.length).toBeLessThan(columns);
  });

  it("shows one object at least", () => {
    expect(rows(render(states(5, 2), { rows: 1 }))).toHaveLength(1);
  });

  it("says how much it does not show", () => {
    const lines = render(states(220, 0), { rows: 24 });
    expect(lines.at(-1)).toBe(`… and ${220 - rows(lines).length} more`);
    expect(render(states(3, 0)).at(-1)).toBe("");
  });

  it.each([
    ["failed", 2],
    ["were not checked yet", undefined],
  ])("calls none of them fine that %s", (_, returnCode) => {
    const last = render(states(220, returnCode), { rows: 24 }).at(-1);
    expect(last).toMatch(/^… and \d+ more/);
    expect(last).not.toContain("fine");
  });
});
