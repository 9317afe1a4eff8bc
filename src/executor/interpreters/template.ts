import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type ByteString, toByteString } from "../../byte-string.ts";
import type { Assignment } from "../command.ts";
import { withoutCapabilities } from "../confinement/capabilities.ts";
import { LIMIT_OPEN_FILES } from "../open-files.ts";
import type { OutputPipes } from "./output-pipes.ts";
import type { WarmPlugin } from "./warm-plugin.ts";

/** How much of a compiler's messages is kept, as in the C worker. */
const MAX_COMPLAINT_LENGTH = 4_096;
/**
 * Node encodes the words of a command as UTF-8, so the bytes of a path are given as formats of printf. The
 * dot keeps a line feed at the end of a word.
 */
const START = `${LIMIT_OPEN_FILES}; for word do shift; word=$(printf "$word."); set -- "$@" "\${word%.}"; done; exec "$@"`;
/** How long stderr is read after the exit. Another process may keep it open without end. */
const LAST_WORDS_MS = 100;
const PROGRAMS = toByteString(fileURLToPath(new URL("./templates/", import.meta.url)));

/** One run of a warm plugin. */
export interface TemplateRequest {
  readonly pipes: OutputPipes;
  /** The words after the plugin. */
  readonly args: readonly ByteString[];
  /** Variables that are set for this run only. */
  readonly env: readonly Assignment[];
}

/** `unfit`: the plugin must be started for each check without a template. */
export type TemplateState =
  | { readonly kind: "starting" }
  | { readonly kind: "ready" }
  | { readonly kind: "unfit"; readonly why: string };

export interface TemplateOptions {
  readonly id: number;
  readonly plugin: WarmPlugin;
  /** The writing end of the status pipe. */
  readonly statusFd: number;
  /** Called once, when the process is gone or could not be started. */
  readonly onExit: (template: Template) => void;
}

/**
 * A process that has compiled one plugin and forks a child for every check (`templates/`).
 *
 * Life: starting → ready (or unfit) → exited. Requests may be written while it starts; it handles them when
 * it is ready. On the status pipe it tells `<id> ready` or `<id> - <why not>`. For each request it tells,
 * with the id of the request's pipes, `<pipes> +<pid>` and later `<pipes> <return code>`. If the plugin
 * or one of its modules has changed, it tells only `<pipes> -`, and does not run the plugin. If it cannot
 * fork, it tells only `<pipes> !`.
 */
export class Template {
  readonly id: number;
  readonly plugin: WarmPlugin;
  readonly #process: ChildProcess;
  #state: TemplateState = { kind: "starting" };
  /** Resolves when the process is gone, and all that it has told was read. */
  readonly exited: Promise<void>;
  #complaint = "";
  /** `performance.now()` */
  lastUsedMs = performance.now();
  readonly #startedMs = performance.now();
  /** How long it took to be ready. */
  startMs = 0;
  /** How much memory of its own it held when it was ready. */
  memoryMib = 0;

  constructor({ id, plugin, statusFd, onExit }: TemplateOptions) {
    this.id = id;
    this.plugin = plugin;
    const words = ["/bin/sh", "-c", START, "sh", ...startWords(plugin, id).map(renderFormat)];
    const [path = "", ...args] = [...withoutCapabilities(), ...words];
    this.#process = spawn(path, args, {
      detached: true,
      stdio: ["pipe", statusFd, "pipe"],
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#process.once("close", resolve);
    this.#process.once("exit", () =>
      setTimeout(() => this.#process.stderr?.destroy(), LAST_WORDS_MS).unref(),
    );
    this.#process.once("error", resolve); // is emitted instead if it could not be started
    this.exited = promise.then(() => nextTurn()).then(() => onExit(this));
    this.#process.stdin?.on("error", () => {}); // the process is gone, "close" follows
    this.#process.stderr?.setEncoding("latin1").on("data", (text: string) => this.#complain(text));
  }

  /** False: there was no process, because the machine was short of something. */
  get hasStarted(): boolean {
    return this.#process.pid !== undefined;
  }

  get state(): TemplateState {
    return this.#state;
  }

  /** What it has written to stderr: why the plugin could not be compiled. */
  get complaint(): ByteString {
    return this.#complaint;
  }

  /** To be called with what it tells about itself on the status pipe. */
  hear(word: string): void {
    if (word === "ready") this.#becomeReady();
    else this.#state = { kind: "unfit", why: word.replace(/^- /, "") };
  }

  request(request: TemplateRequest): void {
    this.lastUsedMs = performance.now();
    this.#process.stdin?.write(renderRequest(request), "latin1");
  }

  /** Lets the process exit when the plugins that it runs have ended. */
  end(): void {
    this.#process.stdin?.end();
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }

  #becomeReady(): void {
    this.#state = { kind: "ready" };
    this.startMs = performance.now() - this.#startedMs;
    this.memoryMib = readOwnMib(this.#process.pid);
  }

  #complain(text: ByteString): void {
    this.#complaint = (this.#complaint + text).slice(0, MAX_COMPLAINT_LENGTH);
  }
}

/** No interpreter finds a module with a question mark, and says so. */
const NOT_IN_NAMES = /[^\w:.]/g;

function startWords(
  { language, interpreter, switches, file, load }: WarmPlugin,
  id: number,
): readonly ByteString[] {
  const order = [id, ...load.map((module) => module.replace(NOT_IN_NAMES, "?"))].join(",");
  switch (language) {
    case "perl":
      return [interpreter, ...switches, `-I${PROGRAMS}perl/`, `-MOmdWarm=${order}`, file];
    case "python":
      return [interpreter, ...switches, `${PROGRAMS}python/warm.py`, order, file];
  }
}

function renderFormat(word: ByteString): string {
  return word.replace(/[^\w./=+,:]/g, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

const KIB_IN_MIB = 1024;

/**
 * The memory of a process without the files that it maps, because processes share these. What it shares with
 * its children is counted: it forks as soon as it is ready, so its private memory changes all the time. 0:
 * the kernel does not tell.
 */
function readOwnMib(pid: number | undefined): number {
  try {
    const found = /^Anonymous:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1"));
    return Number(found?.[1] ?? 0) / KIB_IN_MIB;
  } catch {
    return 0;
  }
}

function renderRequest({ pipes: { id, paths }, args, env }: TemplateRequest): ByteString {
  const variables = env.map(([name, value]) => `${name}=${value}`);
  const fields = [paths.stdout, paths.stderr, String(env.length), ...variables, ...args];
  return `${id}\t${fields.map(escapeField).join("\t")}\n`;
}

const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function escapeField(field: ByteString): ByteString {
  return /[\\\t\n\r]/.test(field) ? field.replace(/[\\\t\n\r]/g, (letter) => ESCAPED[letter] ?? "") : field;
}
