import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FolderWatch } from "../../../src/run/site/folder-watch.ts";

const PATIENCE = { timeout: 10_000, interval: 5 };
/** Longer than any test. */
const NEVER_MS = 3_600_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watch-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a change in a folder is reported", () => {
  it("by the kernel, once for all steps in which a file is written", async () => {
    const onChange = vi.fn();
    using _watch = new FolderWatch({ folders: [folder], onChange, pollMs: NEVER_MS, settleMs: 50 });
    for (let step = 0; step < 10; step += 1) writeFileSync(join(folder, "check_a.ts"), `${step}`);
    await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), PATIENCE);
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  it("by a regular look if the kernel reports nothing: the folder is created later", async () => {
    const onChange = vi.fn();
    const later = join(folder, "later");
    using _watch = new FolderWatch({ folders: [later], onChange, pollMs: 5 });
    mkdirSync(later);
    await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), PATIENCE);
  });
});

it("reports nothing after it is disposed of", () => {
  vi.useFakeTimers();
  try {
    const onChange = vi.fn();
    const watch = new FolderWatch({ folders: [], onChange, pollMs: 5 });
    watch[Symbol.dispose]();
    vi.advanceTimersByTime(100);
    expect(onChange).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});
