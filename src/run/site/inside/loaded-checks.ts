import type { Check, UnderstoodCommand } from "../../../../sdk/check.ts";
import { withinSeconds } from "../../../../sdk/deadline.ts";
import { renderFault } from "../fault.ts";
import type { Answer, CheckFacts, CheckKey, CheckLine, SiteFile } from "../threads/messages.ts";

/** In seconds. */
const LOAD_WITHIN = 10;

/** The same command lines come every minute. */
const MAX_KEPT_LINES = 20_000;

type LoadedFile = ReadonlyMap<string, Check> | { readonly fault: string };

/** The checks that a thread has loaded, by the URL of their file. */
export class LoadedChecks {
  readonly #files = new Map<string, Promise<LoadedFile> | LoadedFile>();
  readonly #lines = new Map<number, UnderstoodCommand | undefined>();
  #last: Promise<unknown> = Promise.resolve();

  /** One file after the other, so that it is known whose fault the end of the thread is. */
  async load(file: SiteFile, load: () => Promise<object>): Promise<Answer> {
    const loading = this.#last.then(() => readModule(file, load));
    this.#last = loading;
    this.#files.set(file.url, loading);
    const loaded = await loading;
    this.#files.set(file.url, loaded);
    if ("fault" in loaded) return { kind: "refused", fault: loaded.fault };
    return { kind: "loaded", checks: [...loaded.values()].map(describeCheck) };
  }

  /** A promise only while the file is being loaded. Throws if the file is not there. */
  find(key: CheckKey): Check | Promise<Check> {
    const file = this.#files.get(key.url);
    return file instanceof Promise ? file.then((loaded) => pick(loaded, key)) : pick(file, key);
  }

  understand(check: Check, { line, argv, words }: CheckLine): UnderstoodCommand | undefined {
    if (words !== undefined) return check.understand(argv);
    if (this.#lines.has(line)) return this.#lines.get(line);
    const understood = check.understand(argv);
    if (this.#lines.size >= MAX_KEPT_LINES) this.#lines.clear();
    this.#lines.set(line, understood);
    return understood;
  }
}

async function readModule({ path }: SiteFile, load: () => Promise<object>): Promise<LoadedFile> {
  const onTimeout = () => new Error(`is not loaded after ${LOAD_WITHIN} seconds`);
  try {
    const module = await withinSeconds({ seconds: LOAD_WITHIN, onTimeout }, load);
    const checks = [...new Set<unknown>(Object.values(module))].filter(isCheck);
    if (checks.length === 0)
      throw new Error("exports no check made by defineCheck: write export in front of its const");
    return new Map(checks.map((check) => [check.name, check]));
  } catch (error) {
    return { fault: await renderFault(path, error) };
  }
}

function pick(file: LoadedFile | undefined, { name, path }: CheckKey): Check {
  if (file !== undefined && "fault" in file) throw new Error(`${name} is not loaded: ${file.fault}`);
  const check = file?.get(name);
  if (check === undefined) throw new Error(`${name} of ${path} is not loaded`);
  return check;
}

/** Whether `defineCheck` has made it. The site may have used another copy of the SDK. */
function isCheck(value: unknown): value is Check {
  if (typeof value !== "object" || value === null) return false;
  const { name, summary, understand } = value as Partial<Check>;
  return typeof name === "string" && typeof summary === "string" && typeof understand === "function";
}

function describeCheck({ name, summary, replaces, rows, prepare, runsCommands = false }: Check): CheckFacts {
  return { name, summary, replaces, rows, hasPrepare: prepare !== undefined, runsCommands };
}
