import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { Check } from "../../sdk/check.ts";
import { type CheckFile, findCheckFiles } from "./site/check-files.ts";
import { describeChanges, describeHidden, mergeChecks, type ShelvedChecks } from "./site/merge-checks.ts";
import { markUrl } from "./site/resolve-sdk.ts";
import { createRemoteCheck } from "./site/threads/remote-check.ts";
import { SiteFolder, type SiteFolderOptions } from "./site/threads/site-folder.ts";
import type { SetAsideFile } from "./site/threads/strikes.ts";

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

export interface SiteShelfOptions
  extends Partial<
    Pick<SiteFolderOptions, "resolver" | "valuesFolder" | "sessions" | "onDebug" | "onPrinted">
  > {
  /** The worker's own checks. */
  readonly builtin: readonly Check[];
  readonly log: SiteFolderOptions["log"];
}

interface LoadedFile extends CheckFile {
  readonly checks: readonly Check[];
}

/**
 * The worker's own checks and those in the folders of a site, which may change while the worker runs. A
 * site's check comes before the worker's own check of the same name. A check of an earlier folder comes
 * before one of a later folder. A file that cannot be loaded changes nothing. Each folder has a thread that
 * runs its checks.
 */
export class SiteShelf implements Shelf, AsyncDisposable {
  readonly #options: SiteShelfOptions;
  readonly #threads = new Map<string, SiteFolder>();
  #folders: readonly string[] = [];
  #files: ReadonlyMap<string, LoadedFile> = new Map();
  #shelved: ShelvedChecks;
  #generation = 0;
  #reading = 0;
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

  /** Files whose checks have ended their threads again and again. */
  get setAside(): readonly SetAsideFile[] {
    return [...this.#threads.values()].flatMap(({ setAside }) => setAside);
  }

  readonly find = (name: string): Check | undefined => this.#shelved.get(name)?.check;

  readonly originOf = ({ name }: Check): string | undefined => this.#shelved.get(name)?.path;

  /** Takes the site's checks from these folders from now on. Resolves when all are loaded. */
  open(folders: readonly string[]): Promise<void> {
    this.#folders = folders;
    return this.refresh();
  }

  /** Loads the files that have changed. Never rejects. */
  refresh(): Promise<void> {
    this.#refreshed = this.#refreshed.then(() => this.#readFolders());
    return this.#refreshed;
  }

  /** Ends the threads. Checks that are under way in them fail. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#folders = [];
    await Promise.all([...this.#threads.values()].map((threads) => threads.stop()));
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
    const gone = [...this.#files.keys()].filter((path) => !files.has(path));
    this.#files = files;
    this.#merge();
    this.#forget(gone);
  }

  async #readFile(file: CheckFile, before: LoadedFile | undefined): Promise<LoadedFile> {
    this.#reading += 1;
    const { path } = file;
    const reading = { path, url: markUrl(pathToFileURL(path).href, this.#reading) };
    const threads = this.#threadsOf(path);
    const answer = await threads.load(reading);
    if (answer.kind === "loaded") {
      return { ...file, checks: answer.checks.map((facts) => createRemoteCheck(threads, reading, facts)) };
    }
    const checks = before?.checks ?? [];
    const stays = checks.length > 0 ? "; what was loaded of it before stays" : "";
    this.#options.log.error(`refused ${answer.fault}${stays}`);
    return { ...file, checks };
  }

  #threadsOf(path: string): SiteFolder {
    const folder = dirname(path);
    const known = this.#threads.get(folder);
    if (known !== undefined) return known;
    const { log, resolver, valuesFolder, sessions, onDebug = () => {}, onPrinted = onDebug } = this.#options;
    const threads = new SiteFolder({ log, resolver, valuesFolder, sessions, onDebug, onPrinted });
    this.#threads.set(folder, threads);
    return threads;
  }

  /** A folder without files needs no thread. */
  #forget(paths: readonly string[]): void {
    const used = new Set([...this.#files.keys()].map((path) => dirname(path)));
    for (const path of paths) this.#threads.get(dirname(path))?.forget(path);
    for (const [folder, threads] of this.#threads) {
      if (used.has(folder)) continue;
      this.#threads.delete(folder);
      void threads.retire();
    }
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
