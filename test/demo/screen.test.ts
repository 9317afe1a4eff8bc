import { describe, expect, it } from "vitest";
import type { ObjectState } from "../../src/demo/core.ts";
import type { Picture } from "../../src/demo/picture.ts";
import { renderScreen, type Size } from "../../src/demo/screen.ts";
import { FIRST_VIEW, type View } from "../../src/demo/view.ts";

const SIZE: Size = { columns: 110, rows: 40, hasColours: false };
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
  missing: [],
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

interface Shown {
  readonly size?: Partial<Size>;
  readonly picture?: Partial<Picture>;
  readonly view?: View;
}

function render(shown: readonly ObjectState[], { size, picture, view }: Shown = {}): readonly string[] {
  return renderScreen({ ...EMPTY, states: shown, ...picture }, { ...SIZE, ...size }, view).split("\n");
}

/** The rows below the heads. */
function rows(lines: readonly string[]): readonly string[] {
  return lines.slice(lines.findIndex((line) => line.includes("HOST ")) + 1, -1);
}

function names(lines: readonly string[]): readonly string[] {
  return rows(lines).map((line) => line.slice(9, 24).trimEnd());
}

describe("the demo's screen", () => {
  it("shows the whole in figures", () => {
    const object = { ...state("redis", 2).object, eventHandler: "restart redis" };
    const picture = {
      lastEvent: { object, time: new Date("2026-11-01T10:20:30") },
      missing: ["pings: no perl", "check_load: no file"],
      pageUrl: "http://127.0.0.1:1/",
    };
    expect(render([state("a", 0), state("b", 2), state("c", undefined)], { picture }).slice(1, 7)).toEqual([
      "Status page: http://127.0.0.1:1/",
      "12 s   345 results of 400 checks   28 results/s   0.26 cores",
      "3 hosts and services: 1 OK, 0 WARNING, 1 CRITICAL, 1 PENDING",
      "run: 200 native, 0 warm, 0 plugin, 45 shell   event handlers: 6",
      "10:20:30 here redis is CRITICAL, event handler: restart redis",
      "left out here: pings: no perl; check_load: no file",
    ]);
  });

  it("shows of each object its state, how it was run, how long it took and the first line of its output", () => {
    const shown = [
      state("root disk", 2, { output: "DISK CRITICAL - 99% |used=99%\\nmore", took: 2.04 }),
      state("load", 1, { output: "LOAD\x1b]0;title\x07 WARNING" }),
      state(undefined, 0, { output: "up", took: 0.00123 }),
      state("a service of a long name", undefined, { took: 0, results: 0 }),
    ];
    const via = new Map([
      ["/p/root disk", "shell"],
      ["/p/undefined", "native"],
    ]);
    expect(rows(render(shown, { picture: { via } }))).toEqual([
      "here     root disk       CRITICAL shell  2.0 s  DISK CRITICAL - 99%",
      "here     load            WARNING         13 ms  LOAD ]0;title  WARNING",
      "here     (host)          OK       native 1.2 ms up",
      "here     a service of a… PENDING",
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
    expect(names(render(shown))).toEqual([
      ...["critical", "warning", "unknown", "too high", "ok", "ok, too", "pending"],
    ]);
  });

  it("has a colour for each state where the terminal has some, whatever the names", () => {
    const shown = [state("OK", 0), state("b", 1), state("c", 2), state("d", 3), state("e", undefined)];
    const coloured = rows(render(shown, { size: { hasColours: true } })).map((line) =>
      /^.{24} \x1b\[(\d+)m(\w+)\x1b\[0m/.exec(line),
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

  it.each([
    ["all", ["c", "w", "u", "o", "n"]],
    ["problems", ["c", "w", "u"]],
    ["WARNING", ["w"]],
    ["OK", ["o"]],
  ] as const)("shows %s where its reader has chosen that", (filter, wanted) => {
    const shown = [state("o", 0), state("w", 1), state("c", 2), state("u", 3), state("n", undefined)];
    const lines = render(shown, { view: { from: 0, filter } });
    expect(names(lines)).toEqual(wanted);
    expect(lines.at(-1)).toMatch(new RegExp(`^${filter} 1-${wanted.length} of ${wanted.length} `));
  });

  it("says that there is nothing of a state", () => {
    expect(render(states(3, 0), { view: { from: 0, filter: "CRITICAL" } }).at(-1)).toMatch(/^CRITICAL none /);
  });
});

describe("a small terminal", () => {
  it.each([60, 24, 10, 9])("of %i rows keeps all it is shown, the cursor's line included", (size) => {
    expect(render(states(220, 0), { size: { rows: size } }).length).toBeLessThan(size);
    expect(render(states(220, 0), { size: { rows: size }, view: FIRST_VIEW }).length).toBeLessThan(size);
  });

  it.each([200, 80, 60, 20])("of %i columns has no line that wraps", (columns) => {
    const shown = [state("a service of a very long name", 2, { output: "x".repeat(400) })];
    const picture = { missing: ["x".repeat(400)], pageUrl: "http://127.0.0.1:1/" };
    for (const hasColours of [true, false])
      for (const line of render(shown, { size: { columns, hasColours }, picture, view: FIRST_VIEW }))
        expect(line.replace(/\x1b\[\d+m/g, "").length).toBeLessThan(columns);
  });

  it("that is narrow has room for the output", () => {
    const shown = [state("root disk", 2, { output: "DISK CRITICAL - 99%" })];
    expect(rows(render(shown, { size: { columns: 60 } }))).toEqual([
      "here     root disk      CRITICAL DISK CRITICAL - 99%",
    ]);
  });

  it("shows one object at least", () => {
    expect(rows(render(states(5, 2), { size: { rows: 1 } }))).toHaveLength(1);
  });

  it("says how much it does not show", () => {
    const lines = render(states(220, 0), { size: { rows: 24 } });
    expect(lines.at(-1)).toBe(`… and ${220 - rows(lines).length} more`);
    expect(render(states(3, 0)).at(-1)).toBe("");
  });
});
