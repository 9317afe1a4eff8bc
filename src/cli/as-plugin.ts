import { existsSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import type { Io } from "./io.ts";
import { pluginPath } from "./plugin-folders.ts";

/**
 * Called by the name of a plugin, through a link, this program is that plugin: a folder of such links serves whoever calls plugins.
 * What has to be executed all the same is the plugin in one of the usual folders; a link there would only find itself again.
 */
export function asPlugin(
  program: string,
  argv: readonly string[],
  env: Io["env"],
): readonly string[] | undefined {
  const name = basename(program);
  if (!name.startsWith("check_") && name !== "negate") return undefined;
  const plugin = pluginPath(name, env);
  const isItself = existsSync(plugin) && realpathSync(plugin) === realpathSync(program);
  return ["check", "--", isItself ? `/nonexistent/${name}` : plugin, ...argv];
}
