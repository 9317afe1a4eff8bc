import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it, vi } from "vitest";
import { ReloadOnChange } from "../../../src/worker/process/reload-on-change.ts";
import { createFolder } from "../../support/folder.ts";
import { checkLeaks } from "../../support/leaks.ts";

checkLeaks();

const PATIENCE = { timeout: 20_000, interval: 5 };
/** Longer than any test: only the kernel tells of changes. */
const NEVER_MS = 3_600_000;

function look(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "missing";
  }
}

function watch(path: string, watching = { pollMs: NEVER_MS, settleMs: 5 }) {
  const sources = { files: [path], folders: [], read: look(path), look: () => look(path) };
  const reload = vi.fn(() => {
    sources.read = look(path);
    changes.follow(true);
  });
  const changes = new ReloadOnChange({ sources, reload, watching });
  return { changes, reload, sources };
}

/** What kubelet does: a new folder of files, then the link `..data` is exchanged at once. */
function mount(folder: string, version: string, content: string): void {
  const data = join(folder, `..${version}`);
  mkdirSync(data);
  writeFileSync(join(data, "worker.conf"), content);
  symlinkSync(`..${version}`, join(folder, "..data_tmp"));
  renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
}

it("reloads after a change of a file's content, and not after one of another file in its folder", async () => {
  using folder = createFolder();
  const file = join(folder.path, "worker.conf");
  writeFileSync(file, "debug=0");
  const { changes, reload } = watch(file);
  using _changes = changes;
  changes.follow(true);
  writeFileSync(join(folder.path, "worker.log"), "a line");
  writeFileSync(file, "debug=0");
  writeFileSync(file, "debug=1");
  await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(1), PATIENCE);
  writeFileSync(file, "debug=2");
  await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(2), PATIENCE);
});

it("reloads when Kubernetes exchanges the folder of a ConfigMap", async () => {
  using folder = createFolder();
  mount(folder.path, "2026_01", "debug=0");
  const file = join(folder.path, "worker.conf");
  symlinkSync("..data/worker.conf", file);
  const { changes, reload, sources } = watch(file);
  using _changes = changes;
  changes.follow(true);
  mount(folder.path, "2026_02", "debug=1");
  await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(1), PATIENCE);
  expect(sources.read).toBe("debug=1");
});

it("sees by a regular look what the kernel does not report", async () => {
  using folder = createFolder();
  const file = join(folder.path, "later", "worker.conf");
  const { changes, reload } = watch(file, { pollMs: 5, settleMs: 5 });
  using _changes = changes;
  changes.follow(true);
  mkdirSync(dirname(file));
  writeFileSync(file, "debug=1");
  await vi.waitFor(() => expect(reload).toHaveBeenCalled(), PATIENCE);
});

it("reloads when a file has changed between the reading and the watch", async () => {
  using folder = createFolder();
  const file = join(folder.path, "worker.conf");
  writeFileSync(file, "debug=0");
  const { changes, reload } = watch(file);
  using _changes = changes;
  writeFileSync(file, "debug=1");
  changes.follow(true);
  await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(1), PATIENCE);
});

/** Time is the test's own; what is seen at each look is given. */
function watchLooks(looks: readonly string[], pollMs: number) {
  const left = [...looks];
  const look = vi.fn(() => left.shift() ?? looks.at(-1) ?? "");
  const reload = vi.fn();
  const sources = { files: [], folders: [], read: "old", look };
  return {
    look,
    reload,
    changes: new ReloadOnChange({ sources, reload, watching: { pollMs, settleMs: 100 } }),
  };
}

it("waits until two looks see the same", () => {
  vi.useFakeTimers();
  try {
    const { changes, reload } = watchLooks(["half", "whole"], NEVER_MS);
    using _changes = changes;
    changes.follow(true);
    vi.advanceTimersByTime(100);
    expect(reload).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(reload).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});

it("takes a change that was taken back for none", () => {
  vi.useFakeTimers();
  try {
    const { changes, reload } = watchLooks(["new", "old"], 50);
    using _changes = changes;
    changes.follow(true);
    vi.advanceTimersByTime(1000);
    expect(reload).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});

it.each<[what: string, end: (changes: ReloadOnChange) => void]>([
  ["it is switched off", (changes) => changes.follow(false)],
  ["it is disposed of", (changes) => changes[Symbol.dispose]()],
])("looks no more after %s", (_, end) => {
  vi.useFakeTimers();
  try {
    const { changes, look } = watchLooks(["new"], 5);
    changes.follow(true);
    end(changes);
    look.mockClear();
    vi.advanceTimersByTime(1000);
    expect(look).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});
