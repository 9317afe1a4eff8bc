import type { Check } from "../../plugins/sdk/check.ts";
import { SharedValues } from "../../plugins/sdk/shared.ts";
import type { Config } from "../config/config.ts";
import type { Log } from "../log.ts";
import { Shadow } from "../run/shadow.ts";
import { SiteShelf } from "../run/shelf.ts";
import { FolderWatch } from "../run/site/folder-watch.ts";
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
  #watch: FolderWatch | undefined;

  constructor({ checks, log }: NativeSideOptions) {
    this.shelf = new SiteShelf({ builtin: checks, log });
    this.shared = new SharedValues({ log: (message) => log.debug(message) });
    this.shadow = new Shadow({ share: 0, log });
    this.#shadowFile = new ShadowFile({ read: () => this.shadow.report, log });
  }

  /** Resolves when the site's checks are there. */
  configure({ pluginPath, nativeChecks, shadowShare, shadowFile }: Config): Promise<void> {
    const isShadow = nativeChecks === "shadow";
    this.shadow.configure({ share: isShadow ? shadowShare : 0 });
    this.#shadowFile.configure(isShadow ? shadowFile : undefined);
    this.#watch?.[Symbol.dispose]();
    this.#watch =
      pluginPath.length === 0
        ? undefined
        : new FolderWatch({ folders: pluginPath, onChange: () => void this.shelf.refresh() });
    return this.shelf.open(pluginPath);
  }

  async stop(): Promise<void> {
    this.#watch?.[Symbol.dispose]();
    this.shelf[Symbol.dispose]();
    await this.shadow.stop();
    await this.#shadowFile.stop();
    await this.shared[Symbol.asyncDispose]();
  }
}
