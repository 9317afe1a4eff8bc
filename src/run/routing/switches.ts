import type { Check } from "../../../sdk/check.ts";
import type { Config } from "../../config/config.ts";

/** Which native checks may answer, as the operator has set it. */
export interface NativeSwitches {
  /** `shadow`: plugins answer, and native checks may be compared with them. */
  readonly mode: "on" | "off" | "shadow";
  /** False: plugins print translated texts, which native checks do not know, so plugins have to answer. */
  readonly speaksEnglish: boolean;
  /** Names. If there are any, no other check answers. */
  readonly only: readonly string[];
  readonly except: readonly string[];
  /** Names of checks that answer though they are experimental. */
  readonly experimental: readonly string[];
  /** Names of checks whose option `internal_…` of the Go worker is off. */
  readonly internalOff: readonly string[];
  /** Why no check may answer here, whatever the operator has set. */
  readonly whyOff?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The options of worker.conf that are read here. */
export type SwitchOptions = Pick<
  Config,
  | "nativeChecks"
  | "nativeChecksOnly"
  | "nativeChecksExcept"
  | "nativeChecksExperimental"
  | "internalCheckDummy"
  | "internalNegate"
  | "internalCheckNscWeb"
  | "internalCheckPrometheus"
>;

/** The checks that the Go worker answers, too, by its option for each. */
const INTERNAL: readonly (readonly [option: keyof SwitchOptions, check: string])[] = [
  ["internalCheckDummy", "check_dummy"],
  ["internalNegate", "negate"],
  ["internalCheckNscWeb", "check_nsc_web"],
  ["internalCheckPrometheus", "check_prometheus"],
];

export function readSwitches(config: SwitchOptions, env: Environment = process.env): NativeSwitches {
  return {
    mode: config.nativeChecks,
    speaksEnglish: speaksEnglish(env),
    only: config.nativeChecksOnly,
    except: config.nativeChecksExcept,
    experimental: config.nativeChecksExperimental,
    internalOff: INTERNAL.filter(([option]) => config[option] === false).map(([, check]) => check),
  };
}

/** Whether plugins print English texts in this locale. */
function speaksEnglish({ LC_ALL, LC_MESSAGES, LANG }: Environment): boolean {
  const locale = LC_ALL || LC_MESSAGES || LANG || "C";
  return /^(?:C|POSIX|en)(?:[_.@]|$)/.test(locale);
}

/** Why this check must not answer, whatever the command line is. Undefined: it may answer. */
export function findSwitch(
  { name, replaces, isExperimental = false }: Pick<Check, "name" | "replaces" | "isExperimental">,
  switches: NativeSwitches,
): string | undefined {
  if (switches.whyOff !== undefined) return switches.whyOff;
  if (switches.mode === "off") return "native_checks is off";
  if (switches.except.includes(name)) return "native_checks_except names the check";
  if (switches.only.length > 0 && !switches.only.includes(name))
    return "native_checks_only does not name the check";
  const isNamed = switches.only.includes(name) || switches.experimental.includes(name);
  if (isExperimental && !isNamed)
    return "the check is experimental, and native_checks_experimental does not name it";
  if (switches.internalOff.includes(name)) return `internal_${name} is off`;
  if (!switches.speaksEnglish && replaces !== undefined) return "the worker's locale is not English";
  return undefined;
}
