import { ZulipError } from "../client/zulip-error.ts";

/** What is looked at, in this order. */
export type StepName = "login" | "sent" | "arrived" | "topic" | "buttons" | "command" | "answer";

/** What one look has found. */
export interface Step {
  readonly step: StepName;
  readonly isFine: boolean;
  readonly text: string;
  /** What to do. Undefined: nothing. */
  readonly advice?: string;
}

/** A step, and what the next ones need. Undefined: there are no next ones. */
export interface Attempt<Value> {
  readonly step: Step;
  readonly value: Value | undefined;
}

export function fine(step: StepName, text: string): Step {
  return { step, isFine: true, text };
}

export function failed(step: StepName, text: string, advice: string): Step {
  return { step, isFine: false, text, advice };
}

/** A request that Zulip did not answer as it should is a failed step. */
export async function attempt<Value>(
  step: StepName,
  run: () => Promise<Attempt<Value>>,
): Promise<Attempt<Value>> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ZulipError)) throw error;
    return { step: failed(step, error.message, adviceOn(error)), value: undefined };
  }
}

function adviceOn({ failure }: ZulipError): string {
  switch (failure.kind) {
    case "unauthorized":
      return "look at site, email and api_key_file";
    case "unreachable":
      return "look at site, at ca_file, and at the proxy (HTTPS_PROXY)";
    case "unanswered":
      return "look at Zulip's own log, and try again";
    case "rate-limited":
      return "others use the same key: try again in a minute";
    case "refused":
      return "look at what this user may do in Zulip";
  }
}
