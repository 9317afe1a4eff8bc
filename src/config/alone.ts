import { resolve } from "node:path";
import type { Machine } from "./machine.ts";

/**
 * A machine that knows this file and nothing else: whoever wrote the file may be somebody who must not choose
 * what is read here, and it may be meant for another machine. No variable counts, no limit, no other file.
 */
export function aloneWith(file: string, machine: Machine): Machine {
  const own = resolve(machine.cwd, file);
  const refuseOthers = (path: string) => {
    if (path !== own) throw new Error("it is not read here");
  };
  return {
    ...machine,
    env: {},
    openFiles: Number.POSITIVE_INFINITY,
    isAlone: true,
    readFile: (path) => {
      refuseOthers(path);
      return machine.readFile(path);
    },
    stat: (path) => {
      refuseOthers(path);
      return { isDirectory: () => false };
    },
    readdir: () => [],
  };
}
