import { type Remark, warning } from "../problem.ts";

/** The rule of the Go worker: five files a slot, fifty for everything else, and a fifth of all in reserve. */
const FILES_A_SLOT = 5;
const OTHER_FILES = 50;
const RESERVE = 1.2;

/** How many slots a process has files for that may open so many, of those that are wanted; one at least. */
export function affordableSlots(wanted: number, openFiles: number): number {
  const slots = Math.floor((openFiles / RESERVE - OTHER_FILES) / FILES_A_SLOT);
  return Math.max(1, Math.min(wanted, slots));
}

/** In the words of the Go worker. */
export function tooFewFiles(wanted: number, openFiles: number): Remark {
  const need = Math.ceil((wanted * FILES_A_SLOT + OTHER_FILES) * RESERVE);
  const message =
    `current max worker setting (${wanted}) requires open files ulimit of at least ${need}, ` +
    `current value is ${openFiles}, using max-worker ${affordableSlots(wanted, openFiles)}`;
  return warning(message, `ulimit -n ${need}, or LimitNOFILE=${need} in the unit of systemd`);
}
