import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, vi } from "vitest";
import { createFolder } from "../folder.ts";

const PATIENCE = { timeout: 30_000, interval: 20 };
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const CODES = /\x1b\[[0-9;?]*[A-Za-z]/g;

interface TerminalOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
}

/** A program of Node.js in a pseudo-terminal, between two looks at how that is set. */
export class InTerminal implements AsyncDisposable {
  readonly folder = createFolder();
  readonly #child;
  #shown = "";

  constructor(argv: readonly string[], { env = {}, columns = 100, rows = 20 }: TerminalOptions = {}) {
    const { path } = this.folder;
    const words = ["echo $$ >pid; exec", process.execPath, ...argv].join(" ");
    const line = `stty cols ${columns} rows ${rows}; tty >tty; stty -a >before; sh -c '${words}'; echo $? >code; stty -a >after`;
    this.#child = execa("script", ["-qec", `cd ${path}; ${line}`, "/dev/null"], {
      reject: false,
      env: { TERM: "xterm-256color", NO_COLOR: undefined, ...env },
      stdin: "pipe",
      buffer: false,
    });
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.#shown += chunk.toString();
    });
  }

  /** Everything since the start, with its codes. */
  get written(): string {
    return this.#shown;
  }

  /** The screen that was drawn last. */
  get screen(): string {
    return (this.#shown.split("\x1b[H").at(-1) ?? "").replace(CODES, "").replaceAll("\r", "");
  }

  file(name: string): string {
    return readFileSync(join(this.folder.path, name), "utf8").trim();
  }

  press(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  async shows(text: string | RegExp): Promise<void> {
    await vi.waitFor(() => expect(this.screen).toMatch(text), PATIENCE);
  }

  /** What was written after the usual screen came back. */
  get afterwards(): string {
    const [, ...rest] = this.#shown.slice(this.#shown.lastIndexOf(ENTER)).split(LEAVE);
    expect(rest).toHaveLength(1);
    return (rest[0] ?? "").replaceAll("\r", "").trimEnd();
  }

  /** Resolves with the exit code when the terminal is the shell's again, and as it was. */
  async ended(says = /^$/): Promise<string> {
    await this.#child;
    expect(this.file("after")).toBe(this.file("before"));
    expect(this.afterwards).toMatch(says);
    return this.file("code");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child;
    this.folder[Symbol.dispose]();
  }
}
