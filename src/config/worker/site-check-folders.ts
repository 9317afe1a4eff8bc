import type { Config } from "../config.ts";
import type { Machine } from "../machine.ts";
import { type Remark, warning } from "../problem.ts";
import { systemReason } from "../read/read-file.ts";

/**
 * A folder may be made later, so a missing one is no error. The warning is for a path with a typing error.
 */
export function findMissingFolders({ pluginPath }: Config, machine: Machine): readonly Remark[] {
  return pluginPath.flatMap((folder) => {
    try {
      return machine.stat(folder).isDirectory() ? [] : [warning(`plugin_path: ${folder} is no folder`)];
    } catch (cause) {
      return [warning(`plugin_path: could not open ${folder}: ${systemReason(cause)}`)];
    }
  });
}
