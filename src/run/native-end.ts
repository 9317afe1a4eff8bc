import type { Outcome } from "../outcome/outcome.ts";
import { lackOfFiles } from "../outcome/shortage.ts";
import type { NativeOutcome } from "./native.ts";
import type { NativeRoute } from "./routing/route.ts";

/** What was missing for an answer that no plugin can give instead. */
export function lackOfRun(
  { hasNoPlugin, nested, keepsState }: NativeRoute,
  outcome: NativeOutcome,
): string | undefined {
  switch (outcome.kind) {
    case "declined":
      return hasNoPlugin ? outcome.lack : undefined;
    case "crashed":
      return hasNoPlugin || nested !== undefined || keepsState ? lackOfFiles(outcome.error) : undefined;
    case "exited":
    case "timed-out":
    case "not-started":
      return undefined;
  }
}

/**
 * Whether the check itself has failed and the plugin can answer in its place. No command is executed a second
 * time, and a run that was cancelled is not repeated.
 */
export function isFault(
  { nested, keepsState, hasNoPlugin }: NativeRoute,
  outcome: Outcome,
  { signal }: { readonly signal?: AbortSignal | undefined },
): outcome is Extract<Outcome, { kind: "crashed" }> {
  const mayRepeat = nested === undefined && !keepsState && hasNoPlugin !== true && signal?.aborted !== true;
  return outcome.kind === "crashed" && mayRepeat;
}

/** The core gets UNKNOWN. To execute a plugin that does not exist would give CRITICAL. */
export function refuse({ name, argv: [path] }: NativeRoute, declined: string): Outcome {
  return { kind: "refused", refusal: { rule: "no-plugin", check: name, declined, path } };
}
