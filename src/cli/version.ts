import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** From package.json, which lies above the source and above what is built of it. */
export const VERSION: string = readVersion(dirname(fileURLToPath(import.meta.url)));

function readVersion(directory: string): string {
  try {
    const { name, version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    if (name === "omd-worker") return version;
  } catch {
    // not there: look further up
  }
  const parent = dirname(directory);
  return parent === directory ? "unknown" : readVersion(parent);
}
