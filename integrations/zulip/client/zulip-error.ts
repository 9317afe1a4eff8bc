/** Why a request did not succeed, sorted by what happens next. */
export type ZulipFailure =
  /** The same request would be refused again. `code` is Zulip's word for it. */
  | { readonly kind: "refused"; readonly status: number; readonly code: string }
  /** The key is wrong, or may not do this: until somebody changes something, nothing can be sent. */
  | { readonly kind: "unauthorized"; readonly status: number; readonly code: string }
  /** Nothing was done. It may be tried again after the time. */
  | { readonly kind: "rate-limited"; readonly waitMs: number }
  /** No answer. What was asked for may have been done. */
  | { readonly kind: "unanswered" }
  /** The server was not reached, so nothing was done. */
  | { readonly kind: "unreachable" };

/** The message says where and what, and has no secret. */
export class ZulipError extends Error {
  override readonly name = "ZulipError";
  readonly failure: ZulipFailure;

  constructor(message: string, failure: ZulipFailure) {
    super(message);
    this.failure = failure;
  }
}

/** Whether the same request may succeed later. */
export function isTransient({ kind }: ZulipFailure): boolean {
  switch (kind) {
    case "rate-limited":
    case "unanswered":
    case "unreachable":
      return true;
    case "refused":
    case "unauthorized":
      return false;
  }
}
