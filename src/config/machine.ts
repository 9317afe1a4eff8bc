import { readdirSync, readFileSync, statSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { readRegularFile } from "../open-file.ts";
import { MAX_FILE_SIZE } from "./read/budget.ts";

/** Everything a configuration depends on besides its own text. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths of includes and key files start here. */
  readonly cwd: string;
  readonly hostname: string;
  readonly cpus: number;
  /** How many files this process may have open. */
  readonly openFiles: number;
  /** What options name (files, folders, keys) is not looked at, and taken as right: see `aloneWith`. */
  readonly isAlone?: true;
  /** Throws if it is no file, or larger than any configuration. */
  readonly readFile: (path: string) => Buffer;
  /** `mode` has the rights in its lowest bits. */
  readonly stat: (path: string) => { isDirectory(): boolean; readonly mode?: number };
  readonly readdir: (path: string) => readonly string[];
}

export function thisMachine(): Machine {
  return {
    env: process.env,
    cwd: process.cwd(),
    hostname: hostname(),
    cpus: availableParallelism(),
    openFiles: readOpenFiles(),
    readFile: (path) => readRegularFile(path, MAX_FILE_SIZE),
    stat: (path) => statSync(path),
    readdir: (path) => readdirSync(path),
  };
}

/** Node has raised the soft limit to the hard one. Without /proc no limit is known. */
function readOpenFiles(): number {
  try {
    const found = /^Max open files +([0-9]+) /m.exec(readFileSync("/proc/self/limits", "latin1"));
    return Number(found?.[1] ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
