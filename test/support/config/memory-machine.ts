import { dirname } from "node:path";
import type { Machine } from "../../../src/config/machine.ts";

export interface MemoryMachine {
  /** Path → content. A directory exists when a file in it does. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** Path → rights, 0600 unless given. */
  readonly modes?: Readonly<Record<string, number>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly openFiles?: number;
}

/** A machine named web1 with 4 CPUs and no disk. */
export function memoryMachine({
  files = {},
  modes = {},
  env = {},
  openFiles = Number.POSITIVE_INFINITY,
}: MemoryMachine = {}): Machine {
  const children = (place: string) =>
    Object.keys(files)
      .filter((path) => path.startsWith(`${place}/`))
      .map((path) => path.slice(place.length + 1).split("/")[0] ?? "");
  return {
    env,
    cwd: "/",
    hostname: "web1",
    cpus: 4,
    openFiles,
    readFile: (path) => Buffer.from(files[path] ?? missing(path)),
    stat: (path) => {
      if (files[path] !== undefined) return { isDirectory: () => false, mode: modes[path] ?? 0o600 };
      return children(path).length > 0 ? { isDirectory: () => true } : missing(path);
    },
    // In reverse order: a reader must sort the names itself.
    readdir: (path) => [...new Set(children(path))].sort().reverse(),
  };
}

function missing(path: string): never {
  throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}' in '${dirname(path)}'`), {
    errno: -2,
  });
}
