import { randomBytes } from "node:crypto";

/**
 * `0001764144000123-000004-1234-9f86d081.entry`: when the entry was made in milliseconds since the epoch, its
 * number of that process, the process, and a word that no other process has. Sorted by name, entries of one
 * process are in their order, and those of several as the clock says.
 */
const NAME = /^(?<time>[0-9]{16})-[0-9]{6}-[0-9]+-[0-9a-f]{8}\.entry$/;
const COUNTS = 1_000_000;

let count = 0;

export function newEntryName(time: number): string {
  count = (count + 1) % COUNTS;
  const digits = String(Math.max(0, Math.floor(time))).padStart(16, "0");
  return `${digits}-${String(count).padStart(6, "0")}-${process.pid}-${randomBytes(4).toString("hex")}.entry`;
}

/** When the entry was made, in milliseconds since the epoch. Undefined: it is no name of an entry. */
export function entryTime(name: string): number | undefined {
  const digits = NAME.exec(name)?.groups?.["time"];
  return digits === undefined ? undefined : Number(digits);
}
