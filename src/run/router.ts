import type { Check } from "../../sdk/check.ts";
import type { ByteString } from "../byte-string.ts";
import type { FindWarmPlugin } from "../executor/interpreters/warm-plugin.ts";
import type { Job } from "../job/job.ts";
import { readCommandLine } from "./command-line.ts";
import type { Identify } from "./identity.ts";
import { type Reading, readLine } from "./reading.ts";
import type { Restriction } from "./restrict.ts";
import type { NativeRoute, PluginRoute, RefusedRoute, Route, ShellRoute } from "./route.ts";
import type { Shelf } from "./shelf.ts";
import type { NativeChecks } from "./switches.ts";

export interface RouterOptions {
  readonly shelf: Shelf;
  readonly identify: Identify;
  readonly nativeChecks: NativeChecks;
  readonly restriction?: Restriction | undefined;
  readonly findWarmPlugin?: FindWarmPlugin | undefined;
}

export type Router = (job: Pick<Job, "commandLine">) => Route;

/** Command lines repeat every minute: what is known of them is kept. The rare very long ones are read anew. */
const MAX_KEPT_LINES = 20_000;
const MAX_KEPT_LENGTH = 1024;

export function createRouter({
  shelf,
  identify,
  nativeChecks,
  restriction,
  findWarmPlugin,
}: RouterOptions): Router {
  const kept = new Map<ByteString, Reading>();
  let { generation } = shelf;
  return ({ commandLine }) => {
    if (generation !== shelf.generation) kept.clear();
    generation = shelf.generation;
    let reading = kept.get(commandLine);
    if (reading === undefined) {
      reading = readLine(commandLine, readCommandLine(commandLine), { shelf, nativeChecks, depth: 0 });
      if (kept.size >= MAX_KEPT_LINES) kept.clear();
      if (commandLine.length <= MAX_KEPT_LENGTH) kept.set(commandLine, reading);
    }
    const reason = restriction && findRefusal(reading, restriction);
    if (reason !== undefined) return { via: "refuse", why: "restrict_path is set", reason };
    return chooseRoute(reading, { identify, findWarmPlugin }, nativeChecks.mode);
  };
}

function findRefusal(reading: Reading, restriction: Restriction): string | undefined {
  const own = restriction(reading.line, reading.command);
  return own ?? (reading.nested && findRefusal(reading.nested, restriction));
}

type Files = Pick<RouterOptions, "identify" | "findWarmPlugin">;

function chooseRoute(
  { executed, native, nested, baffled }: Reading,
  files: Files,
  mode: NativeChecks["mode"],
): Route {
  if (baffled !== undefined && executed.via === "plugin") return chooseForBaffled(executed, baffled, files);
  if (native === undefined) return chooseStart(executed, files);
  const { isReplaced, why, isAbsent } = files.identify(native.fallback.argv[0] ?? "", native.check);
  if (!isReplaced) return chooseStart({ ...native.fallback, why }, files);
  const nestedRoute = nested && chooseRoute(nested, files, "on");
  const route: NativeRoute = { ...native, why, isAlone: isAbsent === true, nested: nestedRoute };
  if (mode !== "shadow" || route.isAlone) return route;
  const answering = { ...native.fallback, why: "native_checks is shadow" };
  return leavesNoTrace(route) ? { ...answering, shadow: route } : answering;
}

/** It may run beside the plugin: nothing is executed a second time, nothing is remembered. */
function leavesNoTrace({ keepsState, nested }: NativeRoute): boolean {
  return !keepsState && (nested === undefined || (nested.via === "native" && leavesNoTrace(nested)));
}

/** Where there is nothing to execute, its author or user wants to hear what is wrong. */
function chooseForBaffled(executed: PluginRoute, check: Check, files: Files): Route {
  if (!files.identify(executed.argv[0] ?? "", check).isAbsent) return chooseStart(executed, files);
  const { name } = check;
  const reason = `UNKNOWN - ${name} does not understand this command line, see: omd-worker check ${name} --help`;
  return { via: "refuse", why: executed.why, reason };
}

/** Variables of its own could reach an interpreter's start: such a plugin gets one of its own. */
function chooseStart(route: PluginRoute | ShellRoute | RefusedRoute, { findWarmPlugin }: Files): Route {
  if (findWarmPlugin === undefined || route.via !== "plugin" || route.env.length > 0) return route;
  const { argv, why } = route;
  const plugin = findWarmPlugin(argv[0] ?? "");
  return plugin === undefined ? route : { via: "warm", why, plugin, argv };
}
