import { MEASURED_ON } from "../costs.ts";
import type { SurveySummary } from "../summary.ts";
import type { SurveyedCheck } from "../survey.ts";

/** What people call a way. */
export const WAY_WORDS: Readonly<Record<SurveyedCheck["via"], string>> = {
  native: "answered natively",
  warm: "kept warm",
  plugin: "executed plainly",
  shell: "through a shell",
  refuse: "refused",
};

export function renderObject({ host, service }: Pick<SurveyedCheck, "host" | "service">): string {
  return service === undefined ? host : `${host} / ${service}`;
}

/** Two digits that count: `1.2`, `0.034`. */
export function renderCores(cores: number): string {
  if (cores === 0) return "0";
  if (cores < 0.0001) return "<0.0001";
  const digits = Math.min(4, Math.max(1, 1 - Math.floor(Math.log10(cores))));
  return cores.toFixed(digits);
}

export function renderShare(part: number, whole: number): string {
  return whole === 0 ? "0.0" : ((part / whole) * 100).toFixed(1);
}

/** What was counted, and what was left out. */
export function describeCounts({
  hosts,
  services,
  all,
  checksPerSecond,
  ...rest
}: SurveySummary): readonly string[] {
  const left = [
    [rest.inactive, "have active checks off"],
    [rest.withoutCommand, "have no check command"],
    [rest.withoutInterval, "of the checks have no interval, and no share in the CPU"],
  ] as const;
  const rate = checksPerSecond.toFixed(1);
  return [
    `${hosts} hosts and ${services} services: ${all.checks} active checks, ${rate} a second`,
    ...left.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`),
  ];
}

/** What the figures are worth. */
export function describeWorth({ all, measured, absent }: SurveySummary): readonly string[] {
  const share = renderShare(measured, all.checks);
  return [
    `CPU in cores, of costs that the benchmarks have measured (${MEASURED_ON}). Now: every check is started, as by`,
    "this worker without native checks and warm interpreters. Then: as above. On another machine both are others.",
    `${share} % of the checks have a cost of their own. A native check without one is taken for check_http; a plugin`,
    "without one for the least that its kind costs, as its own work is not known, so both figures are too small then.",
    ...(absent === 0
      ? []
      : [
          `${absent} checks name a file that is not on this machine. There a native check answers if it understands the`,
          "line; where the plugin is, its version decides, and whether a script is kept warm. Run this on the worker.",
        ]),
    "Checks that the core keeps for itself (localhostgroups, queue_custom_variable=local) are counted, too.",
  ];
}
