import { describe, expect, it } from "vitest";
import { changesBetween, rowsOf, type ServerPicture } from "../../../src/tools/top/picture.ts";
import { renderTop } from "../../../src/tools/top/screen.ts";
import { FIRST_VIEW, pressKey, type View } from "../../../src/tools/top/view.ts";

const SERVER = { name: "main", host: "main", port: 4730 };
const SIZE = { columns: 80, rows: 12, hasColours: false };

function read(...rows: (readonly [queue: string, total: number, running: number, workers: number])[]) {
  const queues = rows.map(([queue, total, running, workers]) => ({ queue, total, running, workers }));
  return { kind: "read", version: "1.1.20", queues } as const;
}

const BEFORE = read(["a", 0, 0, 0], ["b", 9, 1, 1]);
const NOW = read(["a", 0, 0, 0], ["b", 4, 1, 1], ["c", 3, 3, 5], ["d", 2, 0, 0]);
const PICTURE: ServerPicture = { server: SERVER, report: NOW, changes: changesBetween(BEFORE, NOW, 2) };

function pressing(...keys: readonly string[]): View | undefined {
  return keys.reduce<View | undefined>((view, key) => view && pressKey(view, key, 10), FIRST_VIEW);
}

function names(...keys: readonly string[]): string {
  return rowsOf(PICTURE, pressing(...keys) ?? FIRST_VIEW)
    .map(({ name }) => name)
    .join("");
}

describe("keys", () => {
  it.each<[readonly string[], string]>([
    [[], "abcd"],
    [["r"], "dcba"],
    [["s"], "cbad"],
    [["s", "s"], "bdac"],
    [["\x1b[C", "\x1b[C", "\x1b[C"], "cbad"],
    [["\x1b[D"], "cdab"],
    [["i"], "bcd"],
    [["i", "i"], "abcd"],
    [["/", "B", "\r"], "b"],
    [["/", "b", "c", "\x7f"], "b"],
    [["/", "b", "\x1b"], "abcd"],
    [["/", "q"], ""],
    [["unknown"], "abcd"],
  ])("%j", (keys, expected) => {
    expect(names(...keys)).toBe(expected);
  });

  it.each(["q", "Q", "\x1b", "\x03", "\x04"])("%j ends it", (key) => {
    expect(pressing(key)).toBeUndefined();
  });

  it("Ctrl-C ends it while a filter is typed, q does not", () => {
    expect(pressing("/", "\x03")).toBeUndefined();
    expect(pressing("/", "q")?.filter).toBe("q");
  });

  it("scroll, and not above the first row", () => {
    expect(pressing("j", "\x1b[B", "\x1b[6~", "k")?.from).toBe(11);
    expect(pressing("\x1b[5~")?.from).toBe(0);
    expect(pressing("j", "\x1b[H")?.from).toBe(0);
  });
});

describe("the screen", () => {
  it("shows totals, changes and the keys", () => {
    expect(renderTop([PICTURE], FIRST_VIEW, SIZE).split("\n")).toEqual([
      "gearman_top  main:4730  v1.1.20",
      "4 queues: 6 workers, 5 waiting, 4 running, change 0/s",
      "",
      ` ${"▼QUEUE".padEnd(38)}   WORKERS   WAITING   RUNNING  CHANGE/S`,
      ...[
        ["a", 0, 0, 0, "0"],
        ["b", 1, 3, 1, "-2.5"],
        ["c", 5, 0, 3, "+1.5"],
        ["d", 0, 2, 0, "+1.0"],
      ].map(
        ([name, ...cells]) =>
          ` ${String(name).padEnd(38)}${cells.map((cell) => String(cell).padStart(10)).join("")}`,
      ),
      ...["", "", ""],
      "q quit  ←→ sort  r reverse  / filter  i idle  ↑↓ PgUp PgDn",
    ]);
  });

  it("has as many rows as the terminal, and says which it shows", () => {
    const many = read(...Array.from({ length: 30 }, (_, at) => [`q${at}`, 0, 0, 1] as const));
    const picture = { ...PICTURE, report: many };
    for (const rows of [3, 6, 12, 100])
      expect(renderTop([picture], FIRST_VIEW, { ...SIZE, rows }).split("\n")).toHaveLength(rows);
    expect(renderTop([picture], { ...FIRST_VIEW, from: 999 }, SIZE)).toContain("24-30 of 30  q quit");
  });

  it("shows a control character of a queue's name as ?", () => {
    const picture = { ...PICTURE, report: read(["a\x1b[2Jb\x9b", 0, 0, 1]) };
    expect(renderTop([picture], FIRST_VIEW, SIZE)).toContain(" a?[2Jb");
    expect(renderTop([picture], FIRST_VIEW, SIZE)).not.toMatch(/[\x1b\x9b]/);
  });

  it.each<[string, View["filter"], number]>([
    ["red: nobody does the jobs", "d", 31],
    ["yellow: jobs wait", "b", 33],
    ["green: jobs run", "c", 32],
    ["dim: idle", "a", 2],
  ])("is %s", (_, filter, code) => {
    const text = renderTop([PICTURE], { ...FIRST_VIEW, filter }, { ...SIZE, hasColours: true });
    expect(text).toContain(`\x1b[${code}m ${filter} `);
  });

  it.each<[ServerPicture["report"], string]>([
    [undefined, "main:4730  waiting for the first answer"],
    [{ kind: "failed", reason: "no route" }, "main:4730  no route"],
    [read(), "no queues found"],
  ])("says why there are no queues, %#", (report, text) => {
    expect(renderTop([{ ...PICTURE, report }], FIRST_VIEW, SIZE)).toContain(text);
  });
});
