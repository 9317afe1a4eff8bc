import { lstatSync, readlinkSync, realpathSync, type Stats } from "node:fs";
import { dirname, resolve } from "node:path";

/** What lies at the place of a link that is to be made. */
export type LinkState =
  | { readonly kind: "free" }
  /** A link to this program. */
  | { readonly kind: "right" }
  /** A link to another installation of ours, also to one that is gone. */
  | { readonly kind: "ours"; readonly to: string }
  /** `what` it is: `a file`, `a link to /usr/bin/x`. */
  | { readonly kind: "foreign"; readonly what: string };

/** The files of our programs, in a package or a checkout, and a link to one of them. */
const OURS = /\/(?:src\/cli\/[a-z_-]+\.[jt]s|bin\/omd-worker)$/;

/** `program` is the real path of this program. Throws if the place cannot be looked at. */
export function readLinkState(path: string, program: string): LinkState {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return { kind: "free" };
  if (!stats.isSymbolicLink()) return { kind: "foreign", what: describe(stats) };
  const to = followLink(path);
  if (to === program) return { kind: "right" };
  return OURS.test(to) ? { kind: "ours", to } : { kind: "foreign", what: `a link to ${to}` };
}

/** Where a link ends, or would end if that were there. */
function followLink(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(dirname(path), readlinkSync(path));
  }
}

function describe(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  return stats.isFile() ? "a file" : "no plain file";
}
