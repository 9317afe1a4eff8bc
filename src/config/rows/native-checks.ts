import { nativeMode } from "../kinds/choice.ts";
import { flag } from "../kinds/flags.ts";
import { folders, names } from "../kinds/lists.ts";
import { decimal, integer } from "../kinds/numbers.ts";
import { path } from "../kinds/texts.ts";
import type { ConfigRow } from "../option.ts";

/** Which native checks may answer. */
export const NATIVE_CHECK_ROWS = [
  {
    name: "native_checks",
    kind: nativeMode,
    default: "on",
    help: "Answer checks the worker knows itself without starting the plugin. A command line it does not understand completely is always given to the plugin. With shadow the plugins answer, and on a share of the jobs (shadow_share) the worker's own answer is compared with the plugin's.",
    knownBy: ["omd-worker"],
  },
  {
    name: "native_checks_only",
    kind: names,
    default: [],
    help: "Of the checks the worker knows itself, answer only these.",
    knownBy: ["omd-worker"],
  },
  {
    name: "native_checks_except",
    kind: names,
    default: [],
    help: "Of the checks the worker knows itself, do not answer these.",
    knownBy: ["omd-worker"],
  },
  {
    name: "native_checks_experimental",
    kind: names,
    default: [],
    help: "Of the checks the worker knows itself, answer these too, though they are marked experimental: they have not been proven on the real thing. Naming one in native_checks_only has the same effect.",
    knownBy: ["omd-worker"],
  },
  {
    name: "native_target_max",
    kind: integer(),
    default: 0,
    help: "How many of the checks the worker knows itself may ask one host at a time, by its name or its address on the command line. The others wait without a slot; the time-out of their jobs goes on. 0 is no limit.",
    knownBy: ["omd-worker"],
  },
] as const satisfies readonly ConfigRow[];

/** How native checks are compared with plugins. */
export const SHADOW_ROWS = [
  {
    name: "shadow_share",
    kind: decimal({ max: 100 }),
    default: 10,
    unit: "percent",
    help: "With native_checks=shadow: of how many checks the worker knows itself both answers are compared. Their targets are asked twice.",
    knownBy: ["omd-worker"],
  },
  {
    name: "shadow_file",
    kind: path,
    default: undefined,
    help: "With native_checks=shadow: the file that omd-worker shadow report reads, written every minute and at the end.",
    knownBy: ["omd-worker"],
  },
] as const satisfies readonly ConfigRow[];

/** Checks of the site's own. */
export const SITE_CHECK_ROWS = [
  {
    name: "plugin_path",
    kind: folders,
    default: [],
    help: "Folders with checks of your own, files check_*.ts, .mts, .js or .mjs written against omd-worker/sdk. Picked up and exchanged while the worker runs; they come before the worker's own checks of the same name.",
    knownBy: ["omd-worker"],
  },
] as const satisfies readonly ConfigRow[];

/** The other workers' switches for the checks they answer themselves. */
export const INTERNAL_CHECK_ROWS = [
  {
    name: "internal_check_dummy",
    kind: flag,
    default: true,
    help: "Answer check_dummy without starting it.",
    knownBy: ["C worker", "Go worker", "core module"],
  },
  {
    name: "internal_negate",
    kind: flag,
    default: true,
    help: "Do the work of negate without starting it.",
    knownBy: ["Go worker"],
  },
  {
    name: "internal_check_nsc_web",
    kind: flag,
    default: true,
    help: "Answer check_nsc_web without starting it.",
    knownBy: ["Go worker"],
  },
  {
    name: "internal_check_prometheus",
    kind: flag,
    default: true,
    help: "Answer check_prometheus without starting it.",
    knownBy: ["Go worker"],
  },
] as const satisfies readonly ConfigRow[];
