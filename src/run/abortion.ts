import type { CheckContext } from "../../sdk/check.ts";
import { whenAborted } from "../../sdk/deadline.ts";

/** The context that the worker gives to a check. An AbortSignal is dear, and this one needs none. */
export interface AbortableContext extends CheckContext {
  /** Sets what is called when the worker does not wait for the check any more. */
  readonly onAbort: (act: (reason: unknown) => void) => void;
}

/** Calls `act` when the worker does not wait for the run any more, or until the result is disposed of. */
export function whenRunAborted(
  context: CheckContext,
  act: (reason: unknown) => void,
): Disposable | undefined {
  if (!isAbortable(context)) return whenAborted(context.signal, () => act(context.signal.reason));
  context.onAbort(act);
  return undefined;
}

function isAbortable(context: CheckContext): context is AbortableContext {
  return "onAbort" in context;
}
