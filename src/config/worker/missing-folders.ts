import type { Machine } from "../machine.ts";
import { type Remark, warning } from "../problem.ts";
import { systemReason } from "../read/read-file.ts";

/** The worker makes this folder itself, so only something else in its place is told. */
export function findOccupied(option: string, folder: string, machine: Machine): readonly Remark[] {
  if (machine.isAlone) return [];
  try {
    return machine.stat(folder).isDirectory() ? [] : [warning(`${option}: ${folder} is no folder`)];
  } catch {
    return [];
  }
}

/**
 * A folder may be made later, so a missing one is no error. The warning is for a path with a typing error.
 */
export function findMissingFolders(
  option: string,
  folders: readonly string[],
  machine: Machine,
): readonly Remark[] {
  if (machine.isAlone) return [];
  return folders.flatMap((folder) => {
    try {
      return machine.stat(folder).isDirectory() ? [] : [warning(`${option}: ${folder} is no folder`)];
    } catch (cause) {
      return [warning(`${option}: could not open ${folder}: ${systemReason(cause)}`)];
    }
  });
}
