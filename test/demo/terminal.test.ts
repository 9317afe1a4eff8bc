import { PassThrough } from "node:stream";
import { expect, it, vi } from "vitest";
import { showOnTerminal } from "../../src/demo/terminal.ts";

const ROWS = 20;
const STATES = Array.from({ length: 50 }, (_, at) => ({
  object: { host: "here", service: `s${at}`, commandLine: `/p/${at}`, intervalMs: 1_000, timeout: 10 },
  returnCode: at === 30 ? 2 : 0,
  output: "",
  took: 0,
  results: 1,
}));
const PICTURE = {
  seconds: 1,
  results: 1,
  resultsPerSecond: 1,
  submitted: 1,
  events: 0,
  runs: {},
  cpu: 0,
  states: STATES,
  via: new Map<string, string>(),
  missing: [],
};

function start(isTTY = true) {
  const setRawMode = vi.fn();
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode }) as unknown as NodeJS.ReadStream;
  const written: string[] = [];
  const onEnd = vi.fn();
  const size = () => ({ columns: 100, rows: ROWS });
  const show = showOnTerminal(
    { write: (text) => void written.push(text), size, input, hasColours: false },
    () => PICTURE,
    onEnd,
  );
  const press = (...keys: readonly string[]) => {
    for (const key of keys) input.emit("data", key);
    return /s\d+/.exec(written.at(-1) ?? "")?.[0];
  };
  return { show, written, onEnd, setRawMode, press };
}

it("has a screen of its own, and leaves the terminal as it was", () => {
  const { show, written, setRawMode } = start();
  show.redraw();
  show.end();
  expect(written[0]).toBe("\x1b[?1049h\x1b[?25l");
  expect(written.at(-1)).toBe("\x1b[?25h\x1b[?1049l");
  expect(setRawMode.mock.calls).toEqual([[true], [false]]);
});

/** The CRITICAL one comes first, and a page is 10 rows of 11. */
it("scrolls to every row, and not beyond the first and the last", () => {
  const { press } = start();
  expect(press("\x1b[B")).toBe("s0");
  expect(press("\x1b[6~")).toBe("s10");
  expect(press("\x1b[5~", "\x1b[A", "\x1b[A")).toBe("s30");
  expect(press("\x1b[F")).toBe("s39");
  expect(press("\x1b[A")).toBe("s38");
  expect(press("\x1b[H")).toBe("s30");
});

it("says which rows it shows, and how to see the others", () => {
  const { show, written, press } = start();
  show.redraw();
  expect(written.at(-1)).toContain("all 1-11 of 50");
  expect(written.at(-1)).toContain("q ends  ↑↓ PgUp PgDn  p problems  c w u o state  a all");
  press("j");
  expect(written.at(-1)).toContain("all 2-12 of 50");
});

it("shows what is in one state, and all again", () => {
  const { written, press } = start();
  expect(press("j", "o")).toBe("s0");
  expect(written.at(-1)).toContain("OK 1-11 of 49");
  expect(press("p")).toBe("s30");
  expect(written.at(-1)).toContain("problems 1-1 of 1");
  expect(press("w")).toBe(undefined);
  expect(written.at(-1)).toContain("WARNING none");
  expect(press("a")).toBe("s30");
});

it.each(["q", "\x03", "\x04"])("%j asks for the end", (key) => {
  const { press, onEnd } = start();
  press("x");
  expect(onEnd).not.toHaveBeenCalled();
  press(key);
  expect(onEnd).toHaveBeenCalled();
});

it("without a keyboard it is only drawn", () => {
  const { show, written, setRawMode } = start(false);
  show.redraw();
  show.end();
  expect(setRawMode).not.toHaveBeenCalled();
  expect(written).toHaveLength(3);
});
