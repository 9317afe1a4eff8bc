import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type ByteString, toByteString } from "../../byte-string.ts";
import type { Assignment } from "../command.ts";
import { LIMIT_OPEN_FILES } from "../open-files.ts";
import type { Seat } from "./seat.ts";
import type { WarmPlugin } from "./warm-plugin.ts";

/** What a compiler says is kept up to here, as in the C worker. */
const LONGEST_COMPLAINT = 4_096;
/** Node encodes what it gives a process as UTF-8, so bytes of a path go as formats of printf; the dot keeps a line's end. */
const START = `${LIMIT_OPEN_FILES}; for word do shift; word=$(printf "$word."); set -- "$@" "\${word%.}"; done; exec "$@"`;
/** What it has started while it compiled the plugin may hold its stderr open for ever. */
const LAST_WORDS_MS = 100;
const PROGRAMS = toByteString(fileURLToPath(new URL("./templates/", import.meta.url)));

/** One check for a warm plugin: the words after the plugin, and variables set for it alone. */
export interface TemplateRequest {
  readonly seat: Seat;
  readonly args: readonly ByteString[];
  readonly env: readonly Assignment[];
}

export interface TemplateOptions {
  readonly id: number;
  readonly plugin: WarmPlugin;
  /** Write end of the status pipe. */
  readonly statusFd: number;
  /** The process is gone, or could not be started; called once. */
  readonly onExit: (template: Template) => void;
}

/**
 * A process that has compiled one plugin and forks a child of itself for every check of it (`templates/`).
 *
 * Life: starting → ready → ended. It takes requests at once and comes to them when it is ready; on the status pipe
 * it tells `<id> ready` (or `<id> - <why not>`), and for each request `<seat> +<pid>`, then `<seat> <return code>`; or
 * `<seat> -` when the plugin or a module of its has changed.
 */
export class Template {
  readonly id: number;
  readonly plugin: WarmPlugin;
  readonly #process: ChildProcess;
  #isReady = false;
  /** Resolves when the process is gone, and all it has told was heard. */
  readonly exited: Promise<void>;
  #complaint = "";
  #refusal: string | undefined;
  /** `performance.now()` */
  lastUsedMs = performance.now();
  readonly #startedMs = performance.now();
  /** How long it took to be ready. */
  startMs = 0;
  /** What it held for itself when it was ready. */
  memoryMib = 0;

  constructor({ id, plugin, statusFd, onExit }: TemplateOptions) {
    this.id = id;
    this.plugin = plugin;
    this.#process = spawn("/bin/sh", ["-c", START, "sh", ...startWords(plugin, id).map(renderFormat)], {
      detached: true,
      stdio: ["pipe", statusFd, "pipe"],
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#process.once("close", resolve);
    this.#process.once("exit", () =>
      setTimeout(() => this.#process.stderr?.destroy(), LAST_WORDS_MS).unref(),
    );
    this.#process.once("error", resolve); // comes instead, if it could not be started
    this.exited = promise.then(() => nextTurn()).then(() => onExit(this));
    this.#process.stdin?.on("error", () => {}); // it is gone: "close" tells
    this.#process.stderr?.setEncoding("latin1").on("data", (text: string) => this.#complain(text));
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** What it said on stderr: why the plugin could not be compiled. */
  get complaint(): ByteString {
    return this.#complaint;
  }

  /** What it tells of itself on the status pipe. */
  hear(word: string): void {
    if (word === "ready") this.#becomeReady();
    else this.#refusal = word.replace(/^- /, "");
  }

  /** Why the plugin must be started anew for each check. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  request(request: TemplateRequest): void {
    this.lastUsedMs = performance.now();
    this.#process.stdin?.write(renderRequest(request), "latin1");
  }

  /** Lets it end when the plugins it runs have ended. */
  end(): void {
    this.#process.stdin?.end();
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }

  #becomeReady(): void {
    this.#isReady = true;
    this.startMs = performance.now() - this.#startedMs;
    this.memoryMib = readOwnMib(this.#process.pid);
  }

  #complain(text: ByteString): void {
    this.#complaint = (this.#complaint + text).slice(0, LONGEST_COMPLAINT);
  }
}

function startWords(
  { language, interpreter, switches, file }: WarmPlugin,
  id: number,
): readonly ByteString[] {
  switch (language) {
    case "perl":
      return [interpreter, ...switches, `-I${PROGRAMS}`, `-MOmdWarm=${id}`, file];
    case "python":
      return [interpreter, ...switches, `${PROGRAMS}warm.py`, String(id), file];
  }
}

function renderFormat(word: ByteString): string {
  return word.replace(/[^\w./=+,:]/g, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

const KIB_IN_MIB = 1024;

/**
 * Memory of its own, without files it maps, which processes share. What it shares with its own children counts: it forks as soon as it
 * is ready, so what is private is not the same from one look to the next. 0 where the kernel does not tell.
 */
function readOwnMib(pid: number | undefined): number {
  try {
    const found = /^Anonymous:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1"));
    return Number(found?.[1] ?? 0) / KIB_IN_MIB;
  } catch {
    return 0;
  }
}

function renderRequest({ seat: { id, fifos }, args, env }: TemplateRequest): ByteString {
  const variables = env.map(([name, value]) => `${name}=${value}`);
  const fields = [fifos.stdout, fifos.stderr, String(env.length), ...variables, ...args];
  return `${id}\t${fields.map(escapeField).join("\t")}\n`;
}

const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function escapeField(field: ByteString): ByteString {
  return /[\\\t\n\r]/.test(field) ? field.replace(/[\\\t\n\r]/g, (letter) => ESCAPED[letter] ?? "") : field;
}
