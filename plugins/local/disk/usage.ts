import { CheckDeclined, getStatus, maxState, perfdata, type State, UNKNOWN } from "../../../sdk/index.ts";
import { sprintf } from "../../libc/printf.ts";
import type { FileSystemUsage } from "./file-systems.ts";
import type { DiskRequest, Limits } from "./options.ts";
import type { Selected } from "./selection.ts";

/** What is said of one file system. */
export interface DiskAnswer {
  readonly state: State;
  readonly text: string;
  readonly perfdata: readonly string[];
}

/** Sizes in the unit that is shown, rounded down. */
interface Sizes {
  readonly used: bigint;
  readonly free: bigint;
  readonly total: bigint;
  readonly usedPercent: number;
  readonly usedInodesPercent: number;
  readonly totalInodes: bigint;
}

/** Judges a file system in the plugin's words. Declines for limits that C does not define. */
export function answerUsage(
  { mount, thresholds }: Selected,
  usage: FileSystemUsage,
  request: DiskRequest,
): DiskAnswer {
  const { unit, showsDevice, inodeValues } = request;
  const sizes = measure(usage, request);
  const label = showsDevice ? mount.device : mount.folder;
  const state = maxState(
    UNKNOWN,
    getStatus(Number(sizes.free), thresholds.units),
    getStatus(100 - sizes.usedPercent, thresholds.percent),
    getStatus(100 - sizes.usedInodesPercent, thresholds.inodes),
  );
  const space = perfdata(label, sizes.used * unit.bytes, "B", {
    ...highTides(sizes, request, thresholds),
    min: 0,
    max: sizes.total * unit.bytes,
  });
  const inodes = perfdata(`${label} (inodes)`, usage.inodes - usage.freeInodes, "", {
    warning: inodeTide(thresholds.inodes.warning, sizes),
    critical: inodeTide(thresholds.inodes.critical, sizes),
    min: 0,
    max: sizes.totalInodes,
  });
  return {
    state,
    text: ` ${label} ${sizes.free}${unit.name} (${100 - sizes.usedPercent}%${renderInodes(sizes, state)};`,
    perfdata: inodeValues ? [space, inodes] : [space],
  };
}

/** Without inodes the plugin prints a bracket for what is not OK that it has never opened. */
function renderInodes({ usedInodesPercent }: Sizes, state: State): string {
  if (usedInodesPercent < 0) return ` inode=-)${state === 0 ? "" : "]"}`;
  return sprintf(" inode=%.0f%%)", 100 - usedInodesPercent);
}

function measure(usage: FileSystemUsage, { unit, ignoresReserved }: DiskRequest): Sizes {
  const { blockSize, blocks, free, available, inodes, freeInodes } = usage;
  const used = blocks - free;
  const total = ignoresReserved ? used + available : blocks;
  if (used < 0n || available < 0n || freeInodes > inodes || blockSize <= 0n)
    throw new CheckDeclined("a file system tells sizes that cannot be");
  const inUnits = (count: bigint) => (count * blockSize) / unit.bytes;
  return {
    used: inUnits(used),
    free: inUnits(available),
    total: inUnits(total),
    usedPercent: percentOf(used, used + available),
    usedInodesPercent: percentOf(inodes - freeInodes, inodes),
    totalInodes: inodes,
  };
}

/** Rounded up. -1: there is nothing. */
function percentOf(value: bigint, total: bigint): number {
  if (total === 0n) return -1;
  return Number((value * 100n + total - 1n) / total);
}

function highTides(sizes: Sizes, request: DiskRequest, thresholds: Selected["thresholds"]) {
  const tide = (state: keyof Limits) => spaceTide(sizes, request, thresholds, state);
  return { warning: tide("warning"), critical: tide("critical") };
}

/** The perfdata is about used bytes, the thresholds are about free ones. The end of the range counts. */
function spaceTide(
  { total }: Sizes,
  { unit }: DiskRequest,
  { units, percent }: Selected["thresholds"],
  state: keyof Limits,
): bigint | undefined {
  const bytes = Number(unit.bytes);
  const tides = [
    units[state] && toUnsigned((Number(total) - endOf(units[state])) * bytes),
    percent[state] && toUnsigned((1 - endOf(percent[state]) / 100) * Number(total * unit.bytes)),
  ].filter((tide) => tide !== undefined);
  return tides.sort((a, b) => Number(a - b))[0];
}

function inodeTide(range: Limits["warning"], { totalInodes }: Sizes): bigint | undefined {
  return range && toUnsigned(Math.abs((1 - endOf(range) / 100) * Number(totalInodes)));
}

/** A range without an end ends at 0 for the plugin. */
function endOf({ end }: NonNullable<Limits["warning"]>): number {
  return Number.isFinite(end) ? end : 0;
}

function toUnsigned(value: number): bigint {
  if (!(value >= 0 && value < 2 ** 63)) throw new CheckDeclined("a limit is below zero");
  return BigInt(Math.trunc(value));
}
