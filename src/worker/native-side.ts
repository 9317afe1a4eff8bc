import type { Check } from "../../sdk/check.ts";
import { withinSeconds } from "../../sdk/deadline.ts";
import type { SettingValues } from "../../sdk/setting.ts";
import { SharedValues } from "../../sdk/shared.ts";
import type { Config } from "../config/config.ts";
import type { Log } from "../log.ts";
import { nativeChecks } from "../run/native-checks.ts";
import { Shadow } from "../run/shadow.ts";
import { SiteShelf } from "../run/shelf.ts";
import { FolderWatch } from "../run/site/folder-watch.ts";
import { findSwitch, type NativeChecks } from "../run/switches.ts";
import { ShadowFile } from "./shadow-file.ts";

export interface NativeSideOptions {
  /** The worker's own checks. */
  readonly checks: readonly Check[];
  readonly log: Log;
}

/** What native checks need as long as the worker lives, whatever its configuration. Life: made → started → (configured)* → stopped. */
export class NativeSide {
  readonly shelf: SiteShelf;
  /** What checks keep for one another. */
  readonly shared: SharedValues;
  readonly shadow: Shadow;
  readonly #shadowFile: ShadowFile;
  readonly #log: Log;
  readonly #prepared = new WeakSet<Check>();
  #settings: SettingValues | undefined;
  #watch: FolderWatch | undefined;

  constructor({ checks, log }: NativeSideOptions) {
    this.shelf = new SiteShelf({ builtin: checks, log });
    this.shared = new SharedValues({ log: (message) => log.debug(message), settings: () => this.#settings });
    this.shadow = new Shadow({ share: 0, log });
    this.#shadowFile = new ShadowFile({ read: () => this.shadow.report, log });
    this.#log = log;
  }

  /** Resolves when the site's checks are there, and all that may answer are prepared. */
  async configure(config: Config): Promise<void> {
    const { pluginPath, shadowShare, shadowFile, settings } = config;
    this.#settings = settings;
    const switches = nativeChecks(config);
    const isShadow = switches.mode === "shadow";
    this.shadow.configure({ share: isShadow ? shadowShare : 0 });
    this.#shadowFile.configure(isShadow ? shadowFile : undefined);
    this.#watch?.[Symbol.dispose]();
    this.#watch =
      pluginPath.length === 0
        ? undefined
        : new FolderWatch({
            folders: pluginPath,
            onChange: () => void this.shelf.refresh().then(() => this.#prepare(switches)),
          });
    await this.shelf.open(pluginPath);
    await this.#prepare(switches);
  }

  async stop(): Promise<void> {
    this.#watch?.[Symbol.dispose]();
    this.shelf[Symbol.dispose]();
    await this.shadow.stop();
    await this.#shadowFile.stop();
    await this.shared[Symbol.asyncDispose]();
  }

  /** Each check once; one that is exchanged is another. */
  async #prepare(switches: NativeChecks): Promise<void> {
    const due = this.shelf.checks.filter(
      (check) => !this.#prepared.has(check) && findSwitch(check, switches) === undefined,
    );
    for (const check of due) this.#prepared.add(check);
    await Promise.all(due.map((check) => prepare(check, this.#log)));
  }
}

/** Seconds. */
const PREPARE_WITHIN = 10;
const NEVER = new AbortController().signal;

/** Never rejects: the check answers all the same. */
async function prepare(check: Check, log: Log): Promise<void> {
  const onTimeout = () => new Error(`not through after ${PREPARE_WITHIN} seconds`);
  try {
    await withinSeconds({ seconds: PREPARE_WITHIN, signal: NEVER, onTimeout }, async () => check.prepare?.());
  } catch (error) {
    log.warn({ err: error }, `${check.name} is not prepared, its first run may be slow`);
  }
}
