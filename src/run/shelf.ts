import { pathToFileURL } from "node:url";
import type { Check } from "../../sdk/check.ts";
import { withinSeconds } from "../../sdk/deadline.ts";
import type { Log } from "../log.ts";
import { type CheckFile, findCheckFiles } from "./site/check-files.ts";
import { renderFault } from "./site/fault.ts";
import { describeChanges, describeHidden, type Places, placeChecks } from "./site/place-checks.ts";
import { markUrl, provideSdk } from "./site/resolve-sdk.ts";

/** All checks that can answer in this process. */
export interface Shelf {
  /** By the name of the plugin's file. */
  readonly find: (name: string) => Check | undefined;
  readonly checks: readonly Check[];
  /** Another number when the checks are others. */
  readonly generation: number;
  /** The site's file a check was read from; undefined: one of the worker's own. */
  readonly originOf: (check: Check) => string | undefined;
}

export function createShelf(checks: readonly Check[]): Shelf {
  const byName = new Map(checks.map((check) => [check.name, check]));
  const twice = checks.find((check) => byName.get(check.name) !== check);
  if (twice !== undefined) throw new TypeError(`two checks are called ${twice.name}`);
  return { find: (name) => byName.get(name), checks, generation: 0, originOf: () => undefined };
}

export interface SiteShelfOptions {
  /** The worker's own. */
  readonly builtin: readonly Check[];
  readonly log: Pick<Log, "info" | "warn" | "error">;
  /** Imports a module. */
  readonly load?: (url: string) => Promise<object>;
}

interface ReadFile extends CheckFile {
  readonly checks: readonly Check[];
}

/** Seconds. */
const LOAD_WITHIN = 10;
const NEVER = new AbortController().signal;

/**
 * The worker's own checks and those of a site's folders, which are exchanged while it runs. A site's check comes before the
 * worker's own of its name, and one of an earlier folder before one of a later. A file that cannot be loaded changes nothing.
 */
export class SiteShelf implements Shelf, Disposable {
  readonly #options: SiteShelfOptions;
  #folders: readonly string[] = [];
  #files: ReadonlyMap<string, ReadFile> = new Map();
  #places: Places;
  #generation = 0;
  #reading = 0;
  #sdk: Disposable | undefined;
  #refreshed: Promise<void> = Promise.resolve();

  constructor(options: SiteShelfOptions) {
    this.#options = options;
    this.#places = placeChecks([{ path: undefined, checks: createShelf(options.builtin).checks }]);
  }

  get generation(): number {
    return this.#generation;
  }

  get checks(): readonly Check[] {
    return [...this.#places.values()]
      .map(({ check }) => check)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  readonly find = (name: string): Check | undefined => this.#places.get(name)?.check;

  readonly originOf = ({ name }: Check): string | undefined => this.#places.get(name)?.path;

  /** Takes its checks from these folders, and resolves when they are read. */
  open(folders: readonly string[]): Promise<void> {
    this.#folders = folders;
    if (folders.length > 0) this.#sdk ??= provideSdk();
    return this.refresh();
  }

  /** Reads what has changed since. Never rejects. */
  refresh(): Promise<void> {
    this.#refreshed = this.#refreshed.then(() => this.#readFolders());
    return this.#refreshed;
  }

  /** What is being read at this moment still finds the SDK. */
  [Symbol.dispose](): void {
    void this.#refreshed.then(() => {
      this.#sdk?.[Symbol.dispose]();
      this.#sdk = undefined;
    });
  }

  async #readFolders(): Promise<void> {
    const found = uniqueByPath((await Promise.all(this.#folders.map(findCheckFiles))).flat());
    if (isSameList([...this.#files.values()], found)) return;
    const files = new Map<string, ReadFile>();
    for (const file of found) {
      const known = this.#files.get(file.path);
      const isSame = known?.fingerprint === file.fingerprint;
      files.set(file.path, isSame ? known : await this.#readFile(file, known));
    }
    this.#files = files;
    this.#place();
  }

  async #readFile(file: CheckFile, before: ReadFile | undefined): Promise<ReadFile> {
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
    const limit = { seconds: LOAD_WITHIN, signal: NEVER, onTimeout };
    const module = await withinSeconds(limit, () => load(url));
    const checks = [...new Set<unknown>(Object.values(module))].filter(isCheck);
    if (checks.length === 0) throw new Error("exports no check made by defineCheck");
    return checks;
  }

  #place(): void {
    const { builtin, log } = this.#options;
    const sources = [...this.#files.values(), { path: undefined, checks: builtin }];
    const places = placeChecks(sources);
    for (const line of describeChanges(this.#places, places)) log.info(line);
    for (const line of describeHidden(sources, places)) log.warn(line);
    this.#places = places;
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

/** Made by `defineCheck`, of whichever copy of the SDK. */
function isCheck(value: unknown): value is Check {
  if (typeof value !== "object" || value === null) return false;
  const { name, summary, understand } = value as Partial<Check>;
  return typeof name === "string" && typeof summary === "string" && typeof understand === "function";
}
