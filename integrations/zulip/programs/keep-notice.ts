import { SpoolFolder, SpoolFolderError } from "../../spool/spool-folder.ts";
import { type Macros, readNotice } from "../notify/notice.ts";
import { encodeEntry } from "../notify/notice-entry.ts";
import type { SpoolSettings } from "../settings/table.ts";

/** A text says why the notification was not kept. Undefined: it was. */
export async function keepNotice(
  macros: Macros,
  { folder, limits }: SpoolSettings,
  time = Date.now(),
): Promise<string | undefined> {
  if (readNotice(macros, time) === undefined) return NO_HOST;
  try {
    const spool = await SpoolFolder.open(folder, limits);
    const entry = await spool.put(encodeEntry({ time, macros }), time);
    return entry === undefined ? `the spool is full: ${folder}` : undefined;
  } catch (error) {
    if (error instanceof SpoolFolderError) return error.message;
    throw error;
  }
}

export const NO_HOST =
  "no host is named: write HOSTNAME='$HOSTNAME$' and the other macros, or let the core export them";
