import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ActionJournal } from "../../../../integrations/zulip/bot/action-journal.ts";
import { keyOfReaction, readReaction } from "../../../../integrations/zulip/bot/read-reaction.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(folder, "journal");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As after a crash: nothing is closed in an orderly way. */
function openAgain(): ActionJournal {
  return ActionJournal.open(path);
}

it("lets each wish begin once, also after a crash", () => {
  using first = ActionJournal.open(path);
  expect(first.begin("message 1")).toBe(true);
  expect(first.begin("message 1")).toBe(false);
  using second = openAgain();
  expect(second.begin("message 1")).toBe(false);
  expect(second.begin("message 2")).toBe(true);
});

it("knows after a crash what was begun, what was done and what was told", () => {
  using first = ActionJournal.open(path);
  for (const key of ["a", "b", "c"]) first.begin(key, Date.now());
  first.answered("b", "✓ ä");
  first.answered("c", "✓");
  first.told("c");
  using second = openAgain();
  expect(second.unfinished.map(({ key, answer }) => [key, answer])).toEqual([
    ["a", undefined],
    ["b", "✓ ä"],
  ]);
  expect(second.get("c")).toMatchObject({ isTold: true });
});

it("does not believe a line that was cut off, and goes on behind it", () => {
  using first = ActionJournal.open(path);
  first.begin("a");
  appendFileSync(path, '{"key":"b","se');
  using second = openAgain();
  expect(second.get("b")).toBeUndefined();
  expect(second.begin("b")).toBe(true);
  using third = openAgain();
  expect(third.get("b")).toBeDefined();
});

it.each(["", "no json", "[]", "null", '{"seen":1}', '{"key":1,"seen":1}', '{"key":"x"}'])(
  "passes over the line %j",
  (line) => {
    appendFileSync(path, `${line}\n`);
    using journal = openAgain();
    expect(journal.unfinished).toEqual([]);
  },
);

it("forgets what Zulip cannot tell any more", () => {
  const day = 86_400_000;
  using first = ActionJournal.open(path);
  first.begin("old", Date.now() - 15 * day);
  first.begin("new", Date.now() - 13 * day);
  using second = openAgain();
  expect([second.get("old"), second.get("new")?.key]).toEqual([undefined, "new"]);
  expect(readFileSync(path, "utf8")).not.toContain("old");
});

it("forgets that also while it is open for long, and is not written anew with each step", () => {
  const day = 86_400_000;
  using journal = ActionJournal.open(path, { slack: 10 });
  const { ino } = statSync(path);
  for (let at = 0; at < 50; at++) {
    journal.begin(`old ${at}`);
    journal.answered(`old ${at}`, "✓");
    journal.told(`old ${at}`, at);
  }
  expect(statSync(path).ino).toBe(ino);
  journal.begin("new", Date.now() + 15 * day);
  expect([...journal.keys()]).toEqual(["new"]);
  expect(journal.lastTold).toBe(49);
});

it("knows after a crash what else must be known, and the newest message that was an answer", () => {
  using first = ActionJournal.open(path);
  first.begin("a", Date.now(), "ack");
  first.answered("a", "✓", true);
  first.told("a", 17);
  first.begin("b", Date.now(), "1h");
  using second = openAgain();
  expect(second.lastTold).toBe(17);
  expect(second.get("a")).toMatchObject({ note: "ack", isDone: true, toldId: 17 });
  expect(second.unfinished).toMatchObject([{ key: "b", note: "1h", isDone: false }]);
  expect([second.hasUnfinished, second.lastOf("a"), second.lastOf("c")]).toEqual([true, "a", undefined]);
});

it("does not grow with each step for ever", () => {
  using journal = ActionJournal.open(path, { slack: 10 });
  journal.begin("a");
  for (let at = 0; at < 100; at++) journal.told("a");
  expect(statSync(path).size).toBeLessThan(600);
  expect(journal.get("a")).toMatchObject({ isTold: true });
});

it("has one key for a reaction that is told twice, and others for other reactions", () => {
  const reaction = {
    op: "add",
    messageId: 5,
    userId: 7,
    name: "ack",
    code: "12",
    type: "realm_emoji",
  } as const;
  const renamed = { ...reaction, name: "renamed" };
  expect(keyOfReaction(renamed)).toBe(keyOfReaction(reaction));
  for (const change of [{ messageId: 6 }, { userId: 8 }, { code: "13" }])
    expect(keyOfReaction({ ...reaction, ...change })).not.toBe(keyOfReaction(reaction));
});

it.each([
  ["add", "ack", { verb: "acknowledge", seconds: undefined }],
  ["remove", "ack", { verb: "unacknowledge", seconds: undefined }],
  ["add", "8h", { verb: "downtime", seconds: 28_800 }],
  ["remove", "8h", { verb: "cancel", seconds: undefined }],
  ["add", "crit", undefined],
  ["add", "thumbs_up", undefined],
] as const)("reads a reaction: %s %s", (op, name, expected) => {
  const reaction = { op, name, messageId: 5, userId: 7, code: "1" };
  expect(readReaction({ ...reaction, type: "realm_emoji" })).toEqual(expected);
  expect(readReaction({ ...reaction, type: "unicode_emoji" })).toBeUndefined();
});
