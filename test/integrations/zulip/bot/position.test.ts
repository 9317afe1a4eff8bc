import { mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Position } from "../../../../integrations/zulip/bot/position.ts";
import { createFolder } from "../../../support/folder.ts";

describe("how far the bot has read", () => {
  let folder: ReturnType<typeof createFolder>;
  let path: string;
  beforeEach(() => {
    folder = createFolder();
    path = join(folder.path, "position.json");
  });
  afterEach(() => folder[Symbol.dispose]());

  it("is known after the next start", () => {
    expect(Position.open(path).message).toBeUndefined();
    Position.open(path).advance(7, 1_000, true);
    expect(Position.open(path).message).toBe(7);
  });

  it("is not taken for nothing while its file cannot be read: what was asked for meanwhile would be left out", () => {
    mkdirSync(path);
    expect(() => Position.open(path)).toThrow("EISDIR");
    rmdirSync(path);
    writeFileSync(path, "{");
    expect(Position.open(path).message).toBeUndefined();
  });
});
