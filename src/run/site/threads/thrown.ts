import { CheckDeclined, CheckFailure } from "../../../../sdk/failure.ts";
import { ResolveError } from "../../../../sdk/names/address.ts";
import type { State } from "../../../../sdk/state.ts";

/** What was thrown, as plain data. A thread and the worker have classes of their own. */
export type Thrown =
  | ({ readonly kind: "failure" } & FailureFacts)
  | { readonly kind: "declined"; readonly reason: string; readonly otherwise: FailureFacts | undefined }
  | { readonly kind: "unresolved"; readonly code: string }
  | { readonly kind: "error"; readonly message: string; readonly stack: string | undefined };

interface FailureFacts {
  readonly state: State;
  readonly text: string;
}

export function describeThrown(error: unknown): Thrown {
  if (error instanceof CheckFailure) return { kind: "failure", ...readFailure(error) };
  if (error instanceof CheckDeclined) {
    const { message: reason, otherwise } = error;
    return { kind: "declined", reason, otherwise: otherwise && readFailure(otherwise) };
  }
  if (error instanceof ResolveError) return { kind: "unresolved", code: error.code };
  if (error instanceof Error) return { kind: "error", message: `${error.message}`, stack: `${error.stack}` };
  return { kind: "error", message: renderValue(error), stack: undefined };
}

/** The error on the other side. */
export function revive(thrown: Thrown): Error {
  switch (thrown.kind) {
    case "failure":
      return new CheckFailure(thrown.text, thrown.state);
    case "declined": {
      const { reason, otherwise } = thrown;
      return new CheckDeclined(
        reason,
        otherwise && { otherwise: new CheckFailure(otherwise.text, otherwise.state) },
      );
    }
    case "unresolved":
      return new ResolveError(thrown.code);
    case "error":
      return Object.assign(new Error(thrown.message), { stack: thrown.stack ?? thrown.message });
  }
}

function readFailure({ state, message }: CheckFailure): FailureFacts {
  return { state, text: message };
}

/** A check may throw any value, even one that cannot be converted to a string. */
function renderValue(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
