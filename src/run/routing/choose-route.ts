import type { Check } from "../../../sdk/check.ts";
import type { FindWarmPlugin } from "../../executor/interpreters/warm-plugin.ts";
import type { Identify } from "./identity.ts";
import type { LineAnalysis } from "./line-analysis.ts";
import type { NativeRoute, PluginRoute, RefusedRoute, Route, ShellRoute } from "./route.ts";
import type { NativeSwitches } from "./switches.ts";

/** Looks at the files that command lines name. */
export interface FileLookup {
  readonly identify: Identify;
  /** Undefined: no plugin is run by a warm interpreter. */
  readonly findWarmPlugin?: FindWarmPlugin | undefined;
}

/** An analysis for which no check has to be asked any more. */
export type ReadAnalysis = Exclude<LineAnalysis, { kind: "unread" }>;

/** The route of a command line whose file is looked at now. */
export function chooseRoute(analysis: ReadAnalysis, files: FileLookup, mode: NativeSwitches["mode"]): Route {
  switch (analysis.kind) {
    case "executed":
      return chooseStart(analysis.executed, files);
    case "not-understood":
      return chooseForNotUnderstood(analysis.executed, analysis.check, files);
    case "native":
      return chooseForNative(analysis, files, mode);
  }
}

function chooseForNative(
  { native, nested }: Extract<LineAnalysis, { kind: "native" }>,
  files: FileLookup,
  mode: NativeSwitches["mode"],
): Route {
  const { kind, why } = files.identify(native.fallback.argv[0] ?? "", native.check);
  if (kind === "foreign") return chooseStart({ ...native.fallback, why }, files);
  // The analysis of the command around an unread one is unread itself.
  const nestedRoute = nested && nested.kind !== "unread" ? chooseRoute(nested, files, "on") : undefined;
  const route: NativeRoute = { ...native, why, hasNoPlugin: kind === "absent", nested: nestedRoute };
  if (mode !== "shadow" || route.hasNoPlugin) return route;
  const answering = { ...native.fallback, why: "native_checks is shadow" };
  return leavesNoTrace(route) ? { ...answering, shadow: route } : answering;
}

/**
 * Whether the check may run beside the plugin: no command is run twice, and no state is changed twice. A
 * nested check without a plugin may remember values.
 */
function leavesNoTrace({ keepsState, nested }: NativeRoute): boolean {
  if (keepsState) return false;
  return nested === undefined || (nested.via === "native" && !nested.hasNoPlugin && leavesNoTrace(nested));
}

/** If the file does not exist, the refusal tells the check's author or user what is wrong. */
function chooseForNotUnderstood(executed: PluginRoute, check: Check, files: FileLookup): Route {
  const { kind } = files.identify(executed.argv[0] ?? "", check);
  if (kind !== "absent") return chooseStart(executed, files);
  return { via: "refuse", why: executed.why, refusal: { rule: "not-understood", check: check.name } };
}

/** A plugin with variables of its own gets a fresh interpreter: they could change its start. */
function chooseStart(route: PluginRoute | ShellRoute | RefusedRoute, { findWarmPlugin }: FileLookup): Route {
  if (findWarmPlugin === undefined || route.via !== "plugin" || route.env.length > 0) return route;
  const { argv, why } = route;
  const [path = ""] = argv;
  const plugin = path.includes("/") ? findWarmPlugin(path) : undefined;
  return plugin === undefined ? route : { via: "warm", why, plugin, argv };
}
