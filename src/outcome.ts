import type { ByteString } from "./byte-string.ts";

/** Which way a command line was run; also the label of metrics and of the debug log. */
export type Via = "native" | "warm" | "plugin" | "shell" | "refuse";

/** What a run left behind, whole or in part. */
export interface Output {
  readonly stdout: ByteString;
  readonly stderr: ByteString;
}

/** What happened when a command was run: facts, no judgement. That is `judge`'s. */
export type Outcome =
  | ({ readonly kind: "exited"; readonly returnCode: number } & Output)
  | ({ readonly kind: "signalled"; readonly signal: number } & Output)
  /** `after` is the limit in seconds; the output is what had come until then. */
  | ({ readonly kind: "timed-out"; readonly after: number } & Output)
  /** Never started: forbidden by restrict_path, or a line that cannot be run (NUL byte). */
  | { readonly kind: "refused"; readonly reason: string }
  /** Older than max-age when its turn came; never started. `age` in seconds. */
  | { readonly kind: "too-old"; readonly age: number }
  /** The worker's own means failed (no shell could be started, a native check threw). */
  | { readonly kind: "crashed"; readonly error: unknown };

export function crashed(message: string): Outcome {
  return { kind: "crashed", error: new Error(message) };
}
