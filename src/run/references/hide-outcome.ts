import type { ByteString } from "../../byte-string.ts";
import type { Outcome } from "../../outcome/outcome.ts";
import type { NativeOutcome } from "../native.ts";
import { hideSecrets } from "../secrets.ts";

/**
 * Masks secrets in all that a run has said, before the core, a log or an event gets it. Short ones stay, as
 * they would be found by accident in what has nothing to do with them.
 */
export function hideInOutcome<Given extends Outcome | NativeOutcome>(
  outcome: Given,
  secrets: readonly ByteString[],
): Given {
  const longestFirst = secrets.toSorted((one, other) => other.length - one.length);
  return hideIn(outcome, (text) => hideSecrets(text, longestFirst)) as Given;
}

function hideIn(outcome: Outcome | NativeOutcome, hide: (text: string) => string): Outcome | NativeOutcome {
  switch (outcome.kind) {
    case "exited":
    case "signalled":
    case "timed-out":
      return { ...outcome, stdout: hide(outcome.stdout), stderr: hide(outcome.stderr) };
    case "not-compiled":
      return { ...outcome, complaint: hide(outcome.complaint) };
    case "crashed":
      return { ...outcome, error: hideInError(outcome.error, hide) };
    case "refused": {
      const { refusal } = outcome;
      if (refusal.rule !== "no-plugin") return outcome;
      return { ...outcome, refusal: { ...refusal, declined: hide(refusal.declined) } };
    }
    case "declined":
      return { ...outcome, reason: hide(outcome.reason) };
    case "not-started":
    case "too-old":
      return outcome;
  }
}

function hideInError(error: unknown, hide: (text: string) => string): unknown {
  if (!(error instanceof Error)) return hide(`${error}`);
  const [message, stack] = [hide(error.message), hide(error.stack ?? "")];
  if (message === error.message && stack === error.stack) return error;
  return Object.assign(new Error(message), { stack });
}
