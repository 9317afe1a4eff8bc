import type { ByteString } from "../../byte-string.ts";
import type { Runs } from "../runs.ts";
import { Template } from "./template.ts";
import { TemplateWorth } from "./template-worth.ts";
import type { WarmPlugin } from "./warm-plugin.ts";

/** A template ends after this time without a check. It is longer than any usual check interval. */
const IDLE_MS = 15 * 60_000;
const SWEEP_MS = 60_000;
/**
 * A plugin takes the place of another one only if it is worth this many times as much. So plugins of equal
 * worth do not replace each other in turn.
 */
const MARGIN = 1.5;

export interface TemplateLimits {
  readonly most: number;
  /** How much memory of their own all templates together may hold. */
  readonly memoryMib: number;
}

export interface TemplatePoolOptions {
  readonly runs: Runs;
  readonly limits: TemplateLimits;
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
  readonly #worth = new TemplateWorth();
  #limits: TemplateLimits;
  #sweepTimer: NodeJS.Timeout | undefined;
  #gone: (() => void) | undefined;

  constructor({ runs, limits, onExit }: TemplatePoolOptions) {
    this.#runs = runs;
    this.#limits = limits;
    this.#onExit = onExit;
  }

  /** All plugins are compiled again when they are next asked for. */
  configure(limits: TemplateLimits): void {
    this.#limits = limits;
    for (const template of this.#templates.values()) this.dismiss(template);
  }

  /** Counts a use. False: the plugin has no template, and the plugins that have one are worth more. */
  hasRoomFor({ file }: WarmPlugin): boolean {
    const hasRoom = this.#templates.has(file) || this.#makeRoom(file);
    this.#worth.count(file); // after the comparison: plugins that run in turn are one use apart
    return hasRoom;
  }

  /** Dismisses templates that are worth less. If that would not give enough room, it dismisses none. */
  #makeRoom(file: ByteString): boolean {
    const worth = this.#worth.of(file) / MARGIN;
    const need = this.#worth.memoryOf(file) ?? this.memoryMib / Math.max(1, this.size);
    let places = this.#limits.most - this.size;
    let free = this.#limits.memoryMib - this.memoryMib;
    const leaving: Template[] = [];
    for (const template of this.#byWorth()) {
      if ((places > 0 && free >= need) || this.#worth.of(template.plugin.file) >= worth) break;
      leaving.push(template);
      places += 1;
      free += template.memoryMib;
    }
    if (places <= 0 || free < need) return false;
    for (const template of leaving) this.dismiss(template);
    return true;
  }

  get size(): number {
    return this.#templates.size;
  }

  /** How much memory of their own the templates hold. */
  get memoryMib(): number {
    return this.#templates.values().reduce((sum, template) => sum + template.memoryMib, 0);
  }

  /** Gives the template of this version of the plugin. If there is none, it is started. */
  get(plugin: WarmPlugin): Template {
    const there = this.#templates.get(plugin.file);
    if (there?.plugin.version === plugin.version) return there;
    if (there !== undefined) this.dismiss(there);
    if (this.#templates.size >= this.#limits.most) this.#dismissLeast();
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
      id,
      plugin,
      statusFd: this.#runs.statusFd,
      onExit: (gone) => this.#exited(gone),
    });
    this.#templates.set(plugin.file, template);
    this.#living.add(template);
    this.#runs.listen(id, (word) => this.#hear(template, word));
    this.#sweepTimer ??= setTimeout(this.#sweep, SWEEP_MS).unref();
    return template;
  }

  #isKept(template: Template): boolean {
    return this.#templates.get(template.plugin.file) === template;
  }

  /**
   * When a template is ready, it is known how much memory it holds. If all together hold too much, the one
   * that is worth least is dismissed, which may be the new one.
   */
  #hear(template: Template, word: string): void {
    template.hear(word);
    if (template.state.kind !== "ready") return;
    this.#worth.learn(template.plugin.file, template);
    if (this.memoryMib > this.#limits.memoryMib) this.#dismissLeast();
  }

  /** The template that is worth least comes first. */
  #byWorth(): readonly Template[] {
    const all = [...this.#templates.values()].map((each) => ({
      each,
      worth: this.#worth.of(each.plugin.file),
    }));
    return all.sort((a, b) => a.worth - b.worth).map(({ each }) => each);
  }

  #dismissLeast(): void {
    const [least] = this.#byWorth();
    if (least !== undefined) this.dismiss(least);
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
}
