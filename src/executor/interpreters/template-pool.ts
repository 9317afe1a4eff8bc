import type { ByteString } from "../../byte-string.ts";
import type { Runs } from "../runs.ts";
import { Template } from "./template.ts";
import type { WarmPlugin } from "./warm-plugin.ts";

/** A plugin nobody has asked for so long is forgotten: longer than any usual check interval. */
const IDLE_MS = 15 * 60_000;
const SWEEP_MS = 60_000;
const MAX_TEMPLATES = 100;

export interface TemplatePoolOptions {
  readonly runs: Runs;
  /** A template is gone; `isSudden`: nobody had dismissed it. */
  readonly onExit: (template: Template, isSudden: boolean) => void;
}

/** A template for each plugin that was asked for of late, in the version that was asked for last. */
export class TemplatePool {
  readonly #runs: Runs;
  readonly #onExit: TemplatePoolOptions["onExit"];
  readonly #templates = new Map<ByteString, Template>();
  /** Dismissed ones too, until they are gone. */
  readonly #living = new Set<Template>();
  #sweepTimer: NodeJS.Timeout | undefined;
  #gone: (() => void) | undefined;

  constructor({ runs, onExit }: TemplatePoolOptions) {
    this.#runs = runs;
    this.#onExit = onExit;
  }

  /** The template of this version of the plugin, started if it is not there. */
  get(plugin: WarmPlugin): Template {
    const there = this.#templates.get(plugin.file);
    if (there?.plugin.version === plugin.version) return there;
    if (there !== undefined) this.dismiss(there);
    if (this.#templates.size >= MAX_TEMPLATES) this.#dismissOldest();
    return this.#start(plugin);
  }

  /** Gives it nothing more to do; it ends when its plugins have. */
  dismiss(template: Template): void {
    if (this.#isKept(template)) this.#templates.delete(template.plugin.file);
    template.end();
  }

  /** Ends all of them at once, but not the plugins they run. */
  kill(): void {
    this.#templates.clear();
    for (const template of this.#living) template.kill();
  }

  /** Resolves when every template is gone. To be called when none runs a plugin: a plugin may have stopped it with STOP. */
  async stop(): Promise<void> {
    clearTimeout(this.#sweepTimer);
    this.kill();
    if (this.#living.size > 0)
      await new Promise<void>((resolve) => {
        this.#gone = resolve;
      });
  }

  #start(plugin: WarmPlugin): Template {
    const id = this.#runs.newId();
    const template = new Template({
      ...{ id, plugin, statusFd: this.#runs.statusFd },
      onExit: (gone) => this.#exited(gone),
    });
    this.#templates.set(plugin.file, template);
    this.#living.add(template);
    this.#runs.listen(id, (word) => template.hear(word));
    this.#sweepTimer ??= setTimeout(this.#sweep, SWEEP_MS).unref();
    return template;
  }

  #isKept(template: Template): boolean {
    return this.#templates.get(template.plugin.file) === template;
  }

  #dismissOldest(): void {
    const [oldest] = [...this.#templates.values()].sort((a, b) => a.lastUsedMs - b.lastUsedMs);
    if (oldest !== undefined) this.dismiss(oldest);
  }

  readonly #sweep = (): void => {
    const longAgo = performance.now() - IDLE_MS;
    for (const template of this.#templates.values())
      if (template.lastUsedMs < longAgo) this.dismiss(template);
    this.#sweepTimer = this.#templates.size > 0 ? setTimeout(this.#sweep, SWEEP_MS).unref() : undefined;
  };

  #exited(template: Template): void {
    const isSudden = this.#isKept(template);
    if (isSudden) this.#templates.delete(template.plugin.file);
    this.#living.delete(template);
    this.#runs.listen(template.id);
    this.#onExit(template, isSudden);
    if (this.#living.size === 0) this.#gone?.();
  }

  get size(): number {
    return this.#templates.size;
  }
}
