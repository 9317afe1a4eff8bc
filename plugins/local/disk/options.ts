import {
  flag,
  integer,
  leftToPlugin,
  list,
  type OptionsOf,
  oneOf,
  option,
  type Range,
  readRange,
  text,
} from "../../../sdk/index.ts";
import { createOptionsReader, type GivenText } from "../../../sdk/read-options.ts";

/** The thresholds for one path: free units, percent that are free, and percent of inodes that are free. */
export interface DiskThresholds {
  readonly units: Limits;
  readonly percent: Limits;
  readonly inodes: Limits;
}

export interface Limits {
  readonly warning?: Range;
  readonly critical?: Range;
}

/** A `-p`, with the thresholds that stood before it. */
export interface ChosenPath {
  readonly name: string;
  readonly thresholds: DiskThresholds;
}

/** A unit of what is shown, and its bytes. */
export interface DiskUnit {
  readonly name: string;
  readonly bytes: bigint;
}

const KIB: DiskUnit = { name: "kiB", bytes: 2n ** 10n };
const MIB: DiskUnit = { name: "MiB", bytes: 2n ** 20n };
const GIB: DiskUnit = { name: "GiB", bytes: 2n ** 30n };
const TIB: DiskUnit = { name: "TiB", bytes: 2n ** 40n };
const PIB: DiskUnit = { name: "PiB", bytes: 2n ** 50n };

const UNITS: ReadonlyMap<string, DiskUnit> = new Map([
  ...(["kB", "KiB"] as const).map((name) => [name, KIB] as const),
  ...(["MB", "MiB"] as const).map((name) => [name, MIB] as const),
  ...(["GB", "GiB"] as const).map((name) => [name, GIB] as const),
  ...(["TB", "TiB"] as const).map((name) => [name, TIB] as const),
  ...(["PB", "PiB"] as const).map((name) => [name, PIB] as const),
]);

export const DISK_OPTIONS = {
  warning: list(text("-w, --warning=UNITS|PERCENT%", "free space that is a warning")),
  critical: list(text("-c, --critical=UNITS|PERCENT%", "free space that is critical")),
  inodeWarning: list(text("-W, --iwarning=PERCENT", "free inodes that are a warning")),
  inodeCritical: list(text("-K, --icritical=PERCENT", "free inodes that are critical")),
  path: list(text("-p, --path, --partition=PATH", "a path or a device, with the thresholds before it")),
  excludedDevice: list(text("-x, --exclude_device=PATH", "not this device or folder")),
  excludedType: list(text("-X, --exclude-type=TYPE", "not this type of file system")),
  includedType: list(text("-N, --include-type=TYPE", "only this type of file system")),
  units: list(option("-u, --units=UNIT", "bytes, kB, MB, GB, TB, PB", readUnit)),
  kilobytes: flag("-k, --kilobytes", "the same as --units=kB"),
  megabytes: flag("-m, --megabytes", "the same as --units=MB"),
  isExact: flag("-E, --exact-match", "paths have to be mounted themselves; before -p"),
  errorsOnly: oneOf({ "-e, --errors-only": true, "-q, --quiet": true }, "show only what is not OK"),
  ignoresReserved: flag("-f, --freespace-ignore-reserved", "without the blocks that root may use"),
  inodeValues: flag("-P, --iperfdata", "inodes in the perfdata, too"),
  showsDevice: flag("-M, --mountpoint", "show the device in place of the folder"),
  localOnly: flag("-l, --local", "only local file systems"),
  timeout: integer("-t, --timeout=SECONDS", "not used"),
  verbose: leftToPlugin("-v, --verbose", "show what goes on"),
  clear: leftToPlugin("-C, --clear", "forget the thresholds"),
  group: leftToPlugin("-g, --group=NAME", "judge paths together"),
  all: leftToPlugin("-A, --all", "all paths"),
  pattern: leftToPlugin("-r, --ereg-path, --ereg-partition=REGEX", "paths and devices that match"),
  patternAnyCase: leftToPlugin("-R, --eregi-path, --eregi-partition=REGEX", "the same in any case"),
  ignored: leftToPlugin("-i, --ignore-ereg-path, --ignore-ereg-partition=REGEX", "not those that match"),
  ignoredAnyCase: leftToPlugin("-I, --ignore-eregi-path, --ignore-eregi-partition=REGEX", "in any case"),
  remote: leftToPlugin("-L, --stat-remote-fs", "look whether file systems of other machines are there"),
};

type DiskOptions = OptionsOf<typeof DISK_OPTIONS>;

/** A command line that was understood. */
export interface DiskRequest
  extends Pick<
    DiskOptions,
    "excludedDevice" | "excludedType" | "includedType" | "isExact" | "ignoresReserved" | "inodeValues"
  > {
  /** Empty: all file systems, with `thresholds`. */
  readonly paths: readonly ChosenPath[];
  readonly thresholds: DiskThresholds;
  readonly unit: DiskUnit;
  readonly errorsOnly: boolean;
  readonly showsDevice: boolean;
  readonly localOnly: boolean;
}

const readOptions = createOptionsReader(DISK_OPTIONS, { words: "last", rewrites: { "-to": "-t" } });

/** Reads a command line. Undefined: the plugin has to answer it. */
export function readDiskRequest(argv: readonly string[]): DiskRequest | undefined {
  const read = readOptions(argv);
  if (read === undefined || argv.length === 0) return undefined;
  const { options, given } = read;
  const chosen = readInOrder(given);
  return chosen && { ...options, ...chosen, errorsOnly: options.errorsOnly ?? false };
}

type InOrder = Pick<DiskRequest, "paths" | "thresholds" | "unit">;

const NO_THRESHOLDS: DiskThresholds = { units: {}, percent: {}, inodes: {} };

/** What depends on the order: a path has the thresholds that stand before it, and the last unit counts. */
function readInOrder(given: readonly GivenText[]): InOrder | undefined {
  let read: InOrder | undefined = { paths: [], thresholds: NO_THRESHOLDS, unit: MIB };
  for (const each of given) read &&= readNext(read, each);
  return read;
}

/** Undefined: the plugin has to answer. */
function readNext(before: InOrder, { name, text = "" }: GivenText): InOrder | undefined {
  const { paths, thresholds, unit } = before;
  switch (name) {
    case "path":
      return thresholds === NO_THRESHOLDS
        ? undefined
        : { ...before, paths: withPath(paths, text, thresholds) };
    case "isExact":
      return paths.length > 0 ? undefined : before;
    case "kilobytes":
      return { ...before, unit: KIB };
    case "megabytes":
      return { ...before, unit: MIB };
    case "units":
      return { ...before, unit: readUnit(text) ?? unit };
    default: {
      const after = addThreshold(thresholds, name, text);
      return after && { ...before, thresholds: after };
    }
  }
}

/** A path that is named again keeps its place, and gets the thresholds that stand now. */
function withPath(
  paths: readonly ChosenPath[],
  name: string,
  thresholds: DiskThresholds,
): readonly ChosenPath[] {
  if (!paths.some((path) => path.name === name)) return [...paths, { name, thresholds }];
  return paths.map((path) => (path.name === name ? { name, thresholds } : path));
}

/** Undefined: the plugin complains about the range, or shows of `inf` what its processor makes of it. */
function addThreshold(before: DiskThresholds, name: string, text: string): DiskThresholds | undefined {
  const place = PLACES[name];
  if (place === undefined) return before;
  const range = readRange(text.startsWith("@") ? text : `@${text}`);
  if (range === undefined || /inf/i.test(text)) return undefined;
  const kind = place.kind ?? (text.includes("%") ? "percent" : "units");
  return { ...before, [kind]: { ...before[kind], [place.state]: range } };
}

interface ThresholdPlace {
  readonly state: "warning" | "critical";
  /** Undefined: the text says it. */
  readonly kind?: "inodes";
}

const PLACES: Readonly<Record<string, ThresholdPlace>> = {
  warning: { state: "warning" },
  critical: { state: "critical" },
  inodeWarning: { state: "warning", kind: "inodes" },
  inodeCritical: { state: "critical", kind: "inodes" },
};

function readUnit(given: string): DiskUnit | undefined {
  return given.toLowerCase() === "bytes" ? { name: "B", bytes: 1n } : UNITS.get(given);
}
