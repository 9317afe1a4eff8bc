import { ConfigError, error } from "../../config/problem.ts";
import { systemReason } from "../../config/read/read-file.ts";
import { readRegularFile } from "../../open-file.ts";
import { type CacheObject, readObjectsCache } from "../../survey/site/objects-cache.ts";
import { checkName } from "../../worker/check-name.ts";

const MAX_SIZE = 1_073_741_824;
const HINT = "name a list with one program a line, or the core's objects.cache";

/**
 * The file names of the programs that a site has as event handlers: from a list of names or paths, one a
 * line, or from the core's objects.cache. Throws a ConfigError.
 */
export function readKnownHandlers(file: string): readonly string[] {
  const text = read(file);
  const names = /^\s*define\s+\w+\s*\{/m.test(text)
    ? handlersOf(readObjectsCache(text, file))
    : text.split("\n").map((line) => line.replace(/#.*/, "").trim());
  return [...new Set(names.filter((name) => name !== "").map(checkName))].sort();
}

function read(file: string): string {
  try {
    return readRegularFile(file, MAX_SIZE).toString("latin1");
  } catch (cause) {
    throw new ConfigError([{ ...error(`it cannot be read: ${systemReason(cause)}`, HINT), file }]);
  }
}

/** The command lines that hosts and services have as their event handlers. */
function handlersOf(objects: readonly CacheObject[]): readonly string[] {
  const commands = new Map(
    objects
      .filter(({ kind }) => kind === "command")
      .map(({ values }) => [values.get("command_name"), values.get("command_line")] as const),
  );
  return objects
    .filter(({ kind }) => kind === "host" || kind === "service")
    .flatMap(({ values }) => values.get("event_handler") ?? [])
    .flatMap((call) => commands.get(call.split("!", 1)[0]) ?? []);
}
