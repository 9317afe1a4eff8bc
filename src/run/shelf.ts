import { pathToFileURL } from "node:url";
import type { Check } from "../../sdk/check.ts";
import { withinSeconds } from "../../sdk/deadline.ts";
import type { Log } from "../log.ts";
import { type CheckFile, findCheckFiles } from "./site/check-files.ts";
import { renderFault } from "./site/fault.ts";
import { describeChanges, describeHidden, mergeChecks, type ShelvedChecks } from "./site/merge-checks.ts";
import { markUrl, provideSdk } from "./site/resolve-sdk.ts";

/** All native checks that this process has. */
export interface Shelf {
  /** Finds a check by the name of the plugin's file. */
  readonly find: (name: string) => Check | undefined;
  readonly checks: readonly Check[];
  /** Another number after each change of the checks. */
  readonly generation: number;
  /** The site's file from which a check was loaded. Undefined: it is one of the worker's own. */
  readonly originOf: (check: Check) => string | undefined;
}

export function createShelf(checks: readonly Check[]): Shelf {
  const byName = new Map(checks.map((check) => [check.name, check]));
  const twice = checks.find((check) => byName.get(check.name) !== check);
  if (twice !== undefined) throw new TypeError(`two checks are called ${twice.name}`);
  return { find: (name) => byName.get(name), checks, generation: 0, originOf: () => undefined };
}

export interface SiteShelfOptions {
  /** The worker's own checks. */
  readonly builtin: readonly Check[];
  readonly log: Pick<Log, "info" | "warn" | "error">;
  /** Imports the module that has this URL. */
  readonly load?: (url: string) => Promise<object>;
}

interface LoadedFile extends CheckFile {
  readonly checks: readonly Check[];
}

/** In seconds. */
const LOAD_WITHIN = 10;

/**
 * The worker's own checks and those in the folders of a site, which may change while the worker runs. A
 * site's check comes before the worker's own check of the same name. A check of an earlier folder comes
 * before one of a later folder. A file that cannot be loaded changes nothing.
 */
export class SiteShelf implements Shelf, Disposable {
  readonly #options: SiteShelfOptions;
  #folders: readonly string[] = [];
  #files: ReadonlyMap<string, LoadedFile> = new Map();
  #shelved: ShelvedChecks;
  #generation = 0;
  #reading = 0;
  #sdk: Disposable | undefined;
  #refreshed: Promise<void> = Promise.resolve();

  constructor(options: SiteShelfOptions) {
    this.#options = options;
    this.#shelved = mergeChecks([{ path: undefined, checks: createShelf(options.builtin).checks }]);
  }

  get generation(): number {
    return this.#generation;
  }

  get checks(): readonly Check[] {
    return [...this.#shelved.values()]
      .map(({ check }) => check)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  readonly find = (name: string): Check | undefined => this.#shelved.get(name)?.check;

  readonly originOf = ({ name }: Check): string | undefined => this.#shelved.get(name)?.path;

  /** Takes the site's checks from these folders from now on. Resolves when all are loaded. */
  open(folders: readonly string[]): Promise<void> {
    this.#folders = folders;
    if (folders.length > 0) this.#sdk ??= provideSdk();
    return this.refresh();
  }

  /** Loads the files that have changed. Never rejects. */
  refresh(): Promise<void> {
    this.#refreshed = this.#refreshed.then(() => this.#readFolders());
    return this.#refreshed;
  }

  /** Files that are being loaded at this moment still find the SDK. */
  [Symbol.dispose](): void {
    void this.#refreshed.then(() => {
      this.#sdk?.[Symbol.dispose]();
      this.#sdk = undefined;
    });
  }

  async #readFolders(): Promise<void> {
    const found = uniqueByPath((await Promise.all(this.#folders.map(findCheckFiles))).flat());
    if (isSameList([...this.#files.values()], found)) return;
    const files = new Map<string, LoadedFile>();
    for (const file of found) {
      const known = this.#files.get(file.path);
      const isSame = known?.fingerprint === file.fingerprint;
      files.set(file.path, isSame ? known : await this.#readFile(file, known));
    }
    this.#files = files;
    this.#merge();
  }

  async #readFile(file: CheckFile, before: LoadedFile | undefined): Promise<LoadedFile> {
    try {
      return { ...file, checks: await this.#loadChecks(file.path) };
    } catch (error) {
      const checks = before?.checks ?? [];
      const stays = checks.length > 0 ? "; what was loaded of it before stays" : "";
      this.#options.log.error(`refused ${await renderFault(file.path, error)}${stays}`);
      return { ...file, checks };
    }
  }

  async #loadChecks(path: string): Promise<readonly Check[]> {
    const { load = (url: string) => import(url) } = this.#options;
    this.#reading += 1;
    const url = markUrl(pathToFileURL(path).href, this.#reading);
    const onTimeout = () => new Error(`is not loaded after ${LOAD_WITHIN} seconds`);
    const module = await withinSeconds({ seconds: LOAD_WITHIN, onTimeout }, () => load(url));
    const checks = [...new Set<unknown>(Object.values(module))].filter(isCheck);
    if (checks.length === 0) throw new Error("exports no check made by defineCheck");
    return checks;
  }

  #merge(): void {
    const { builtin, log } = this.#options;
    const sources = [...this.#files.values(), { path: undefined, checks: builtin }];
    const shelved = mergeChecks(sources);
    for (const line of describeChanges(this.#shelved, shelved)) log.info(line);
    for (const line of describeHidden(sources, shelved)) log.warn(line);
    this.#shelved = shelved;
    this.#generation += 1;
  }
}

function uniqueByPath(files: readonly CheckFile[]): readonly CheckFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

function isSameList(before: readonly CheckFile[], now: readonly CheckFile[]): boolean {
  const isSame = ({ path, fingerprint }: CheckFile, at: number) =>
    now[at]?.path === path && now[at].fingerprint === fingerprint;
  return before.length === now.length && before.every(isSame);
}

/** Whether `defineCheck` has made it. The site may have used another copy of the SDK. */
function isCheck(value: unknown): value is Check {
  if (typeof value !== "object" || value === null) return false;
  const { name, summary, understand } = value as Partial<Check>;
  return typeof name === "string" && typeof summary === "string" && typeof understand === "function";
}
