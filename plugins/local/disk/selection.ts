import { CheckDeclined, CheckFailure, CRITICAL } from "../../../sdk/index.ts";
import { errnoText } from "../../libc/errno.ts";
import { isInside, mountOf } from "../mount-info.ts";
import type { FileSystems } from "./file-systems.ts";
import { isRemote, isSureType, type MountEntry, parseMountTable } from "./mount-table.ts";
import type { ChosenPath, DiskRequest, DiskThresholds } from "./options.ts";

/** A path that is checked, and the mount that the plugin finds for it. */
export interface Selected {
  readonly name: string;
  readonly mount: MountEntry;
  readonly thresholds: DiskThresholds;
}

/**
 * Chooses what is checked, in the plugin's order, and looks at each path as the plugin does. Rejects with
 * the plugin's answer about a path that is not there, and declines where a look might wait for another
 * machine.
 */
export async function select(request: DiskRequest, systems: FileSystems): Promise<readonly Selected[]> {
  const mounts = parseMountTable(systems.readMountTable());
  for (const { name } of request.paths) await requireThere(name, { systems, mounts });
  const chosen = request.paths.map((path) => choose(path, mounts, request));
  const all = request.paths.length > 0 ? chosen : chooseAll(request, mounts);
  const kept = withoutRepeats(all).filter((each) => isWanted(each.mount, request));
  for (const { name, mount } of kept) {
    requireSure(mount.folder, mounts);
    await requireThere(name, { systems, mounts });
  }
  return kept;
}

/** All file systems. Where one is mounted over another, the plugin shows it in the place of the first. */
function chooseAll({ thresholds }: DiskRequest, mounts: readonly MountEntry[]): readonly Selected[] {
  const byFolder = new Map<string, Selected>();
  for (const mount of mounts) byFolder.set(mount.folder, { name: mount.folder, mount, thresholds });
  return [...byFolder.values()];
}

function choose(
  { name, thresholds }: ChosenPath,
  mounts: readonly MountEntry[],
  request: DiskRequest,
): Selected {
  const mount = mounts.findLast(({ device }) => device === name) ?? findByFolder(name, mounts, request);
  if (mount === undefined) throw new CheckFailure(`DISK CRITICAL: ${name} not found`, CRITICAL);
  return { name, mount, thresholds };
}

/** The plugin compares the beginnings of names, so `/home2` lies on `/home`. */
function findByFolder(
  name: string,
  mounts: readonly MountEntry[],
  { isExact }: DiskRequest,
): MountEntry | undefined {
  if (isExact) return mounts.findLast(({ folder }) => folder === name);
  let best: MountEntry | undefined;
  for (const mount of mounts) {
    const { folder } = mount;
    const fits = folder.length === 1 || name.startsWith(folder);
    if (fits && folder.length <= name.length && folder.length >= (best?.folder.length ?? 0)) best = mount;
  }
  return best;
}

function withoutRepeats(all: readonly Selected[]): readonly Selected[] {
  const seen = new Set<string>();
  return all.filter(({ mount: { folder } }) => !seen.has(folder) && seen.add(folder));
}

function isWanted(mount: MountEntry, request: DiskRequest): boolean {
  const { localOnly, excludedType, excludedDevice, includedType } = request;
  if (localOnly && isRemote(mount)) return false;
  if (mount.type === "iso9660" || excludedType.includes(mount.type)) return false;
  if (excludedDevice.includes(mount.device) || excludedDevice.includes(mount.folder)) return false;
  return includedType.length === 0 || includedType.includes(mount.type);
}

interface Surroundings {
  readonly systems: FileSystems;
  readonly mounts: readonly MountEntry[];
}

/** The plugin ends with the first path that it may not look at. */
async function requireThere(name: string, { systems, mounts }: Surroundings): Promise<void> {
  if (mounts.some(({ folder }) => folder === name)) requireSure(name, mounts);
  else if (!name.startsWith("/") || !mounts.every(isSureType)) throw unsure();
  const error = await systems.stat(name);
  if (error === undefined) return;
  throw new CheckFailure(`DISK CRITICAL - ${name} is not accessible: ${errnoText(error)}`, CRITICAL);
}

function unsure(): CheckDeclined {
  return new CheckDeclined("a file system of a network or a program might not answer");
}

/**
 * A folder where something is mounted has no symbolic links in its name. So what lies above it is known.
 */
function requireSure(folder: string, mounts: readonly MountEntry[]): void {
  const above = mounts.filter((mount) => isInside(folder, mount.folder));
  if (mountOf(folder, mounts) === undefined || !above.every(isSureType)) throw unsure();
}
