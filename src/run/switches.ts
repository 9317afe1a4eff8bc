import type { Check } from "../../sdk/check.ts";

/** Which checks of the shelf may answer, as the operator set it. */
export interface NativeChecks {
  /** `shadow`: the plugins answer, and the checks may be compared with them. */
  readonly mode: "on" | "off" | "shadow";
  /** Plugins are translated where the locale asks for it, and then have to answer themselves. */
  readonly speaksEnglish: boolean;
  /** Names; when there are any, no other check answers. */
  readonly only: readonly string[];
  readonly except: readonly string[];
  readonly internalCheckDummy: boolean;
  readonly internalNegate: boolean;
}

/** What keeps this check from answering, whatever the command line. */
export function findSwitch(
  { name, replaces }: Pick<Check, "name" | "replaces">,
  checks: NativeChecks,
): string | undefined {
  if (checks.mode === "off") return "native_checks is off";
  if (checks.except.includes(name)) return "native_checks_except names the check";
  if (checks.only.length > 0 && !checks.only.includes(name))
    return "native_checks_only does not name the check";
  if (name === "check_dummy" && !checks.internalCheckDummy) return "internal_check_dummy is off";
  if (name === "negate" && !checks.internalNegate) return "internal_negate is off";
  if (!checks.speaksEnglish && replaces !== undefined) return "the worker's locale is not English";
  return undefined;
}
