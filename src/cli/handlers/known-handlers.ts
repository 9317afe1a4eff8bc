import { type ByteString, fromByteString } from "../../byte-string.ts";
import { ConfigError, error } from "../../config/problem.ts";
import { systemReason } from "../../config/read/read-file.ts";
import { type Grouping, groupOf, objectName } from "../../handlers/group-runs.ts";
import type { HandlerRun } from "../../handlers/handler-run.ts";
import { readRegularFile } from "../../open-file.ts";
import { maskLine } from "../../run/secrets.ts";
import { type CacheObject, readObjectsCache } from "../../survey/site/objects-cache.ts";
import { checkName } from "../../worker/check-name.ts";

const MAX_SIZE = 1_073_741_824;
const HINT = "name a list with one name a line, or the core's objects.cache";

/**
 * What a site has as event handlers, as rows of a report are named: from a list of such names, one a line, or
 * from the core's objects.cache. A command line has its macros, and no secrets. Throws a ConfigError.
 */
export function readKnownHandlers(file: string, by: Grouping): readonly string[] {
  const text = read(file);
  const names = /^\s*define\s+\w+\s*\{/m.test(text)
    ? NAMES_IN_CACHE[by](handledObjects(readObjectsCache(text, file)))
    : text.split("\n").map((line) => line.replace(/(?:^|\s)#.*/, "").trim());
  return [...new Set(names.filter((name) => name !== "").map((name) => shownName(name, by)))].sort();
}

/** Those that no run belongs to. Runs that name no host count for none. */
export function findNeverRan(
  known: readonly string[],
  runs: readonly HandlerRun[],
  by: Grouping,
): readonly string[] {
  const ran = new Set(runs.map((run) => (by === "command" ? run.command : groupOf(run, by))));
  if (by !== "command") return known.filter((name) => !ran.has(name));
  const lines = [...ran];
  return known.filter((template) => {
    const pieces = template.split(MACRO);
    return !lines.some((line) => fits(line, pieces));
  });
}

function read(file: string): ByteString {
  try {
    return readRegularFile(file, MAX_SIZE).toString("latin1");
  } catch (cause) {
    throw new ConfigError([{ ...error(`it cannot be read: ${systemReason(cause)}`, HINT), file }]);
  }
}

function shownName(name: ByteString, by: Grouping): string {
  if (by === "handler") return checkName(name);
  return fromByteString(by === "command" ? maskLine(name, () => undefined).line : name);
}

/** A host or service that has an event handler. */
interface Handled {
  readonly host: ByteString;
  readonly service: ByteString | undefined;
  /** Its command line, with the arguments of the call. */
  readonly line: ByteString;
}

const NAMES_IN_CACHE: Readonly<Record<Grouping, (handled: readonly Handled[]) => readonly ByteString[]>> = {
  handler: (handled) => handled.map(({ line }) => line),
  command: (handled) => handled.map(({ line }) => line),
  host: (handled) => handled.map(({ host }) => host),
  service: (handled) => handled.map(({ host, service }) => objectName(host, service)),
};

function handledObjects(objects: readonly CacheObject[]): readonly Handled[] {
  const commands = new Map(
    objects
      .filter(({ kind }) => kind === "command")
      .map(({ values }) => [values.get("command_name"), values.get("command_line")] as const),
  );
  return objects
    .filter(({ kind }) => kind === "host" || kind === "service")
    .flatMap(({ values }) => {
      const [name, ...words] = values.get("event_handler")?.split("!") ?? [];
      const line = commands.get(name);
      if (line === undefined) return [];
      const host = values.get("host_name") ?? "";
      return [{ host, service: values.get("service_description"), line: withArguments(line, words) }];
    });
}

function withArguments(line: ByteString, words: readonly ByteString[]): ByteString {
  return line.replace(/\$ARG(\d{1,2})\$/g, (_, number: string) => words[Number(number) - 1] ?? "");
}

/** Of the core: what stands there in a run is not known. */
const MACRO = /\$[A-Z_][A-Z0-9_:.-]*\$/;

/** Whether a line has all pieces in their order, and begins and ends with the outer ones. */
function fits(line: string, [first = "", ...others]: readonly string[]): boolean {
  if (others.length === 0) return line === first;
  const last = others.at(-1) ?? "";
  if (!line.startsWith(first) || !line.endsWith(last)) return false;
  let at = first.length;
  for (const piece of others.slice(0, -1)) {
    const found = line.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= line.length - last.length;
}
