import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../../config/config.ts";
import { error, type Remark, warning } from "../../config/problem.ts";
import { systemReason } from "../../config/read/read-file.ts";
import { refuseForeign } from "../../open-file.ts";

/** A finding about the value of one option. */
export interface Finding {
  readonly option: string;
  readonly remark: Remark;
}

/** Files that the worker would write and cannot. */
export function findFileFaults(config: Config): readonly Finding[] {
  const { logfile, logmode, pidfile, shadowFile, nativeChecks } = config;
  const written = [
    { option: "logfile", path: logmode === "stdout" || logmode === "syslog" ? undefined : logfile },
    { option: "pidfile", path: pidfile },
    { option: "shadow_file", path: nativeChecks === "shadow" ? shadowFile : undefined },
  ];
  return written.flatMap(({ option, path }) => {
    const reason = path === undefined ? undefined : whyNotWritable(path);
    if (reason === undefined) return [];
    const text = `${option}: ${path} cannot be written: ${reason}`;
    return [{ option, remark: error(text, "try it as the worker's user") }];
  });
}

function whyNotWritable(path: string): string | undefined {
  try {
    refuseForeign(path);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) return "it is a folder";
    if (found === undefined) accessSync(dirname(path), constants.W_OK | constants.X_OK);
    else accessSync(path, constants.W_OK);
    return undefined;
  } catch (cause) {
    return systemReason(cause);
  }
}

const OTHERS_MAY_WRITE = 0o022;

/** Folders whose files root runs, and others may change. */
export function findFolderFaults({ pluginPath }: Config): readonly Finding[] {
  if (process.geteuid?.() !== 0) return [];
  return pluginPath.flatMap((folder) => {
    const open = [folder, ...checkFilesIn(folder)].find(isOpenToOthers);
    return open === undefined ? [] : [{ option: "plugin_path", remark: openToOthers(open) }];
  });
}

function openToOthers(path: string): Remark {
  return warning(
    `${path} can be changed by other users, and root runs what is in it`,
    "chown root, chmod go-w",
  );
}

function checkFilesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.m?[jt]s$/.test(name))
      .map((name) => join(folder, name));
  } catch {
    return []; // a warning about the folder itself tells it
  }
}

function isOpenToOthers(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.uid !== 0 || (found.mode & OTHERS_MAY_WRITE) !== 0);
}
