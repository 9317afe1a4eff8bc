import { readEscapes } from "../mount-info.ts";

/** A line of `/etc/mtab`, as getmntent reads it. */
export interface MountEntry {
  readonly device: string;
  readonly folder: string;
  readonly type: string;
}

/** Reads `/etc/mtab`, in its order. */
export function parseMountTable(text: string): readonly MountEntry[] {
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    const [device = "", folder, type] = line.trim().split(/[ \t]+/);
    if (device.startsWith("#") || folder === undefined || type === undefined) return [];
    return { device: readEscapes(device), folder: readEscapes(folder), type };
  });
}

/** What the plugin takes for a file system of another machine. */
export function isRemote({ device, type }: MountEntry): boolean {
  return device.includes(":") || (device.startsWith("//") && (type === "smbfs" || type === "cifs"));
}

/**
 * Types whose statfs reads nothing but memory of this machine's kernel, or the disk that it is made of.
 * Others, of networks or of programs (fuse), may block for ever.
 */
const SURE_TYPES = new Set([
  ...[
    "ext2",
    "ext3",
    "ext4",
    "xfs",
    "btrfs",
    "f2fs",
    "jfs",
    "reiserfs",
    "vfat",
    "exfat",
    "squashfs",
    "erofs",
  ],
  ...[
    "iso9660",
    "udf",
    "tmpfs",
    "ramfs",
    "devtmpfs",
    "devpts",
    "proc",
    "sysfs",
    "cgroup",
    "cgroup2",
    "mqueue",
  ],
  ...["debugfs", "tracefs", "securityfs", "pstore", "bpf", "configfs", "hugetlbfs", "fusectl", "efivarfs"],
  ...["selinuxfs", "binfmt_misc", "nsfs", "rpc_pipefs", "overlay", "zfs"],
]);

export function isSureType({ type }: MountEntry): boolean {
  return SURE_TYPES.has(type);
}
