import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Io } from "./io.ts";

/** Where distributions and OMD put plugins. */
const FOLDERS = [
  "/usr/lib/nagios/plugins",
  "/usr/lib64/nagios/plugins",
  "/usr/lib/monitoring-plugins",
  "/usr/local/nagios/libexec",
];

/** The path of a plugin in the usual folders. If it is in none of them, its path in the first. */
export function findPluginFile(name: string, { OMD_ROOT }: Io["env"]): string {
  const site =
    OMD_ROOT === undefined
      ? []
      : ["local/lib/nagios/plugins", "lib/monitoring-plugins", "lib/nagios/plugins"];
  const folders = [...site.map((folder) => join(OMD_ROOT ?? "", folder)), ...FOLDERS];
  const paths = folders.map((folder) => join(folder, name));
  return paths.find((path) => existsSync(path)) ?? join(FOLDERS[0] ?? "", name);
}
