import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { constants, Script } from "node:vm";

/** A script that has run: what it exports, and the script itself, of which the compiled code can be taken. */
export interface LoadedScript<Exports> {
  readonly exports: Exports;
  readonly script: Script;
}

type Wrapped = (exports: object, require: NodeJS.Require, filename: string) => void;

/**
 * Runs a script of the build: a function around the code of CommonJS, in ASCII. To compile a megabyte takes
 * a third of the worker's start, and leaves 5 MiB behind. The compiled code in `codeFile` spares both. V8
 * refuses code of another version, of other flags or of another script, and then compiles the script.
 */
export function loadScript<Exports extends object>(url: URL): LoadedScript<Exports> {
  const path = fileURLToPath(url);
  const cachedData = readCode(codeFile(path));
  const script = new Script(readFileSync(path, "latin1"), {
    filename: url.href,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData && { cachedData }),
  });
  const exports = {};
  const run: Wrapped = script.runInThisContext();
  run(exports, createRequire(url), path);
  return { exports: exports as Exports, script };
}

/** Where the compiled code of the script at `path` is, for this Node.js. */
export function codeFile(path: string): string {
  return `${path}.${process.version}-${process.arch}`;
}

function readCode(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined; // it was built by another version of Node.js
  }
}
