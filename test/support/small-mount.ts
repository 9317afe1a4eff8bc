import { execFileSync } from "node:child_process";
import { createFolder } from "./folder.ts";

/** A file system of its own, in memory. */
export interface SmallMount extends Disposable {
  /** `ro`, `rw` */
  remount(option: string): void;
}

/** Only root can, and not in every container. */
export function canMount(): boolean {
  using probe = createFolder();
  try {
    mountSmall(probe.path, "size=64k")[Symbol.dispose]();
    return true;
  } catch {
    return false;
  }
}

export function mountSmall(path: string, options: string): SmallMount {
  const quiet = { stdio: "ignore" } as const;
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path], quiet);
  return {
    remount: (option) => execFileSync("mount", ["-o", `remount,${option}`, path], quiet),
    [Symbol.dispose]: () => execFileSync("umount", ["--lazy", path], quiet),
  };
}
