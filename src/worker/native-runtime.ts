import type { Check } from "../../sdk/check.ts";
import { RESOLVER } from "../../sdk/resolve.ts";
import { type SettingValues, settingValue } from "../../sdk/setting.ts";
import { SharedValues } from "../../sdk/shared.ts";
import { NATIVE_VALUES_FOLDER } from "../../sdk/values/settings.ts";
import type { WaitStatus } from "../../sdk/waits.ts";
import type { Config } from "../config/config.ts";
import type { Log } from "../log.ts";
import { Preparations } from "../run/preparations.ts";
import { findSwitch, type NativeSwitches, readSwitches } from "../run/routing/switches.ts";
import { Shadow } from "../run/shadow.ts";
import { SiteShelf } from "../run/shelf.ts";
import { FolderWatch } from "../run/site/folder-watch.ts";
import { isRemote } from "../run/site/threads/remote-check.ts";
import { TargetPlaces } from "../run/target-places.ts";
import { ShadowFile } from "./reports/shadow-file.ts";

export interface NativeRuntimeOptions {
  /** The worker's own checks. */
  readonly checks: readonly Check[];
  /** The URL of the module with the sessions of authors. */
  readonly sessions?: string | undefined;
  readonly log: Log;
  /** Called when a check has waited for long inside the worker. */
  readonly onLongWait?: (what: string, status: WaitStatus) => void;
}

/** What a check waits for while `native_target_max` others ask its target. */
const TARGETS = "places at targets";

/**
 * What native checks need as long as the worker lives, whatever its configuration. Life: made → (configured)*
 * → stopped.
 */
export class NativeRuntime {
  readonly shelf: SiteShelf;
  /** What checks share, such as pools of connections. */
  readonly shared: SharedValues;
  readonly shadow: Shadow;
  readonly #shadowFile: ShadowFile;
  readonly preparations: Preparations;
  /** How many native checks may ask one target. */
  readonly targets = new TargetPlaces((address) => this.shared.get(RESOLVER).nameOf(address));
  #settings: SettingValues | undefined;
  #watch: FolderWatch | undefined;

  constructor({ checks, sessions, log, onLongWait }: NativeRuntimeOptions) {
    this.shelf = new SiteShelf({
      builtin: checks,
      sessions,
      log,
      onDebug: (text) => log.debug(text),
      onPrinted: (text) => log.debug(`a check of the site printed: ${text.trimEnd()}`),
      resolver: () => this.shared.get(RESOLVER),
      valuesFolder: () => settingValue(this.#settings, NATIVE_VALUES_FOLDER),
    });
    this.shared = new SharedValues({
      log: (message) => log.debug(message),
      warn: (message) => log.warn(message),
      settings: () => this.#settings,
      ...(onLongWait && { onLongWait }),
    });
    this.shadow = new Shadow({ share: 0, log, findMarks: (name) => this.shelf.find(name) });
    this.#shadowFile = new ShadowFile({ read: () => this.shadow.report, log });
    this.preparations = new Preparations(log);
    this.targets.waits.whenLong(() => onLongWait?.(TARGETS, this.targets.waits.status));
  }

  /** Where checks may wait inside the worker, by what they wait for. */
  get waits(): Readonly<Record<string, WaitStatus>> {
    const { status } = this.targets.waits;
    return { ...this.shared.waits, ...(status.waited + status.waiting > 0 && { [TARGETS]: status }) };
  }

  /** Resolves when the site's checks are loaded, and those that may answer are prepared. */
  async configure(config: Config): Promise<void> {
    const { pluginPath, shadowShare, shadowFile, settings } = config;
    this.#settings = settings;
    this.targets.configure(config.nativeTargetMax);
    const switches = readSwitches(config);
    const isShadow = switches.mode === "shadow";
    this.shadow.configure({ share: isShadow ? shadowShare : 0 });
    this.#shadowFile.configure(isShadow ? shadowFile : undefined);
    this.#watch?.[Symbol.dispose]();
    this.#watch =
      pluginPath.length === 0
        ? undefined
        : new FolderWatch({
            folders: pluginPath,
            onChange: () => void this.shelf.refresh().then(() => this.#prepareSite(switches)),
          });
    await this.shelf.open(pluginPath);
    await this.#prepareSite(switches);
  }

  async stop(): Promise<void> {
    this.targets.stop();
    this.#watch?.[Symbol.dispose]();
    await this.shadow.stop();
    await this.shelf[Symbol.asyncDispose]();
    await this.#shadowFile.stop();
    await this.shared[Symbol.asyncDispose]();
  }

  /**
   * The worker's own checks are prepared when they are asked. A site's check that was loaded again is another
   * check.
   */
  async #prepareSite(switches: NativeSwitches): Promise<void> {
    const due = this.shelf.checks.filter(
      (check) => isRemote(check) && findSwitch(check, switches) === undefined,
    );
    await Promise.all(due.map(this.preparations.of));
  }
}
