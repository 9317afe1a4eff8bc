import type { ByteString } from "../../byte-string.ts";
import type { Runs } from "../runs.ts";
import { Template } from "./template.ts";
import type { WarmPlugin } from "./warm-plugin.ts";

/** A template without a check for so long ends. It is longer than any usual check interval. */
const IDLE_MS = 15 * 60_000;
const SWEEP_MS = 60_000;
const MAX_TEMPLATES = 100;

export interface TemplatePoolOptions {
  readonly runs: Runs;
  /** Called when a template is gone. `isSudden`: it was not dismissed before. */
  readonly onExit: (template: Template, isSudden: boolean) => void;
}

/** Templates of the plugins that were run lately, one for each plugin, in the version that was run last. */
export class TemplatePool {
  readonly #runs: Runs;
  readonly #onExit: TemplatePoolOptions["onExit"];
  readonly #templates = new Map<ByteString, Template>();
  /** All templates whose processes exist, with those that were dismissed. */
  readonly #living = new Set<Template>();
  #sweepTimer: NodeJS.Timeout | undefined;
  #gone: (() => void) | undefined;

  constructor({ runs, onExit }: TemplatePoolOptions) {
    this.#runs = runs;
    this.#onExit = onExit;
  }

  /** Gives the template of this version of the plugin. If there is none, it is started. */
  get(plugin: WarmPlugin): Template {
    const there = this.#templates.get(plugin.file);
    if (there?.plugin.version === plugin.version) return there;
    if (there !== undefined) this.dismiss(there);
    if (this.#templates.size >= MAX_TEMPLATES) this.#dismissOldest();
    return this.#start(plugin);
  }

  /** Takes a template out of the pool. It ends when the plugins that it runs have ended. */
  dismiss(template: Template): void {
    if (this.#isKept(template)) this.#templates.delete(template.plugin.file);
    template.end();
  }

  /** Kills all templates, but not the plugins that they run. */
  kill(): void {
    this.#templates.clear();
    for (const template of this.#living) template.kill();
  }

  /** Kills all templates, and resolves when they are gone. To be called when no plugin runs any more. */
  async stop(): Promise<void> {
    clearTimeout(this.#sweepTimer);
    this.kill(); // not only dismissed: a plugin may have sent a template STOP
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
