import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";

const PATIENCE = { timeout: 30_000, interval: 10 };

/** An empty folder for one test. */
export function createFolder(parent = tmpdir()): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(parent, "omd-worker-test-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * A plugin that writes its name into a book and then waits until the gate is opened: a job runs exactly as
 * long as a test wants, and the book tells how often it was run. It waits in the kernel, as fifty that look
 * again and again would take a processor.
 */
export interface Gate {
  plugin(name: string): string;
  /** The names in the book. */
  entries(): readonly string[];
  /** Resolves when so many have entered. */
  entered(count: number): Promise<void>;
  open(): void;
}

export function writeGate(folder: string): Gate {
  const script = join(folder, "gate");
  const book = `${script}.book`;
  const pipe = `${script}.pipe`;
  if (!existsSync(pipe)) execFileSync("mkfifo", ["-m", "644", pipe]);
  // To open a named pipe for reading waits until it is open for writing.
  const lines = ["#!/bin/sh", `echo "$1" >>${book}`, `: <${pipe}`, 'echo "passed $1"'];
  writeFileSync(script, `${lines.join("\n")}\n`, { mode: 0o755 });
  const entries = () => (existsSync(book) ? readFileSync(book, "utf8").split("\n").slice(0, -1) : []);
  return {
    plugin: (name) => `${script} ${name}`,
    entries,
    async entered(count) {
      await vi.waitFor(() => {
        const found = entries().length;
        if (found < count) throw new Error(`${found} of ${count} jobs are running`);
      }, PATIENCE);
    },
    /** It stays open until this process ends. */
    open: () => void openSync(pipe, "r+"),
  };
}

/** A plugin that writes its name into the book and ends at once. */
export function writeBook(folder: string): Pick<Gate, "plugin" | "entries"> {
  const gate = writeGate(folder);
  gate.open();
  return gate;
}
