import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FollowedFile } from "../../../../integrations/zulip/sources/followed-file.ts";
import { StateFile } from "../../../../integrations/zulip/sources/state-file.ts";
import { createFolder } from "../../../support/folder.ts";

let folder: ReturnType<typeof createFolder>;
let path: string;
beforeEach(() => {
  folder = createFolder();
  mkdirSync(join(folder.path, "log"));
  path = join(folder.path, "log/handlers.jsonl");
});
afterEach(() => folder[Symbol.dispose]());

const open = () => FollowedFile.open(path, new StateFile(join(folder.path, "state.json")));

/** Reads and deals with all that is there. */
async function drain(followed: FollowedFile): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let lines = await followed.read(); lines.length > 0; lines = await followed.read()) {
    for (const { text, end } of lines) {
      texts.push(text);
      await followed.commit(end);
    }
  }
  return texts;
}

describe("a followed file", () => {
  it("gives the lines that are added, once each, also over restarts", async () => {
    writeFileSync(path, "before\n");
    const followed = await open();
    expect(await drain(followed)).toEqual([]);
    appendFileSync(path, "a\nb\nhal");
    expect(await drain(followed)).toEqual(["a", "b"]);
    appendFileSync(path, "f\nc\n");
    expect(await drain(await open())).toEqual(["half", "c"]);
    expect(await drain(await open())).toEqual([]);
  });

  it("is not taken for a new one while it cannot be read how far it was dealt with", async () => {
    await open();
    writeFileSync(path, "a\nb\n");
    const [state, away] = [join(folder.path, "state.json"), join(folder.path, "away")];
    renameSync(state, away);
    symlinkSync(state, state); // it cannot be read, but replaced
    await expect(open()).rejects.toThrow("ELOOP");
    renameSync(away, state);
    expect(await drain(await open())).toEqual(["a", "b"]);
  });

  it("gives a line again that nobody has dealt with", async () => {
    const followed = await open();
    writeFileSync(path, "a\nb\n");
    const [first] = await followed.read();
    if (first !== undefined) await followed.commit(first.end);
    expect(await drain(await open())).toEqual(["b"]);
  });

  it("may appear later, and gives all of it then", async () => {
    const followed = await open();
    expect(await drain(followed)).toEqual([]);
    writeFileSync(path, "a\n");
    expect(await drain(followed)).toEqual(["a"]);
  });

  it.each(["handlers.jsonl.1", "handlers.jsonl-20261126"])(
    "is read to its end when it was renamed to %s",
    async (name) => {
      writeFileSync(path, "");
      const followed = await open();
      appendFileSync(path, "a\nb\n");
      renameSync(path, join(folder.path, "log", name));
      appendFileSync(join(folder.path, "log", name), "late\n");
      expect(await drain(followed)).toEqual(["a", "b", "late"]);
      writeFileSync(path, "c\n");
      expect(await drain(followed)).toEqual(["c"]);
    },
  );

  it("is read on after it was renamed while nobody looked", async () => {
    writeFileSync(path, "");
    await open();
    appendFileSync(path, "a\n");
    renameSync(path, `${path}.1`);
    writeFileSync(path, "b\n");
    expect(await drain(await open())).toEqual(["a", "b"]);
  });

  it("is read from its start when it was truncated, also if it is longer by now", async () => {
    writeFileSync(path, "");
    const followed = await open();
    appendFileSync(path, "first\nsecond\n");
    await drain(followed);
    truncateSync(path);
    appendFileSync(path, "x\n");
    expect(await drain(followed)).toEqual(["x"]);
    truncateSync(path);
    appendFileSync(path, "a line of another length\n");
    expect(await drain(followed)).toEqual(["a line of another length"]);
  });

  it("goes on with the new one when the old one was removed", async () => {
    writeFileSync(path, "a\n");
    const followed = await open();
    rmSync(path);
    expect(await drain(followed)).toEqual([]);
    writeFileSync(`${path}.keep`, ""); // so the number of the old one may be taken
    writeFileSync(path, "b\n");
    expect(await drain(followed)).toEqual(["b"]);
  });

  it("leaves nothing of a line that is longer than any of ours", async () => {
    writeFileSync(path, "");
    const followed = await open();
    appendFileSync(path, `${"x".repeat(700_000)}\nb\n`);
    expect(await drain(followed)).toEqual(["", "b"]);
    appendFileSync(path, "y".repeat(300_000));
    expect(await drain(followed)).toEqual([]);
    appendFileSync(path, "\nc\n");
    expect(await drain(followed)).toEqual(["", "c"]);
  });

  it("has its many lines in pieces", async () => {
    writeFileSync(path, "");
    const followed = await open();
    const texts = Array.from({ length: 20_000 }, (_, at) => `line ${at} ${"z".repeat(at % 90)}`);
    appendFileSync(path, texts.map((text) => `${text}\n`).join(""));
    const read: string[] = [];
    for (let lines = await followed.read(); lines.length > 0; lines = await followed.read()) {
      read.push(...lines.map(({ text }) => text));
      const last = lines.at(-1);
      if (last !== undefined) await followed.commit(last.end);
    }
    expect(read).toEqual(texts);
  });
});
