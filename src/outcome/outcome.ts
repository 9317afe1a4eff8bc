import type { ByteString } from "../byte-string.ts";
import type { Refusal } from "./refusal.ts";
import { lackOf } from "./shortage.ts";

/** Which way a command line was run. The debug log and `omd-worker check --explain` name it. */
export type Via = "native" | "warm" | "plugin" | "shell" | "refuse";

/** Bytes of stdout, and as many of stderr, that are kept of one run: the C worker's limit. */
export const MAX_OUTPUT = 10 * 1024 * 1024;

/** What a run has printed, completely or until it was ended. */
export interface Output {
  readonly stdout: ByteString;
  readonly stderr: ByteString;
}

/** A Perl plugin that should be warm did not compile. `complaint` is perl's. */
export interface NotCompiled {
  readonly kind: "not-compiled";
  /** The path of the plugin. */
  readonly plugin: ByteString;
  readonly complaint: ByteString;
}

/** What happened when a command was run. These are facts; `judge` decides what they mean to the core. */
export type Outcome =
  | ({ readonly kind: "exited"; readonly returnCode: number } & Output)
  | ({ readonly kind: "signalled"; readonly signal: number } & Output)
  | NotCompiled
  /** `after` is the time-out in seconds. The output is what was printed until then. */
  | ({ readonly kind: "timed-out"; readonly after: number } & Output)
  /** The machine was short of something, so the command was not started. It can be tried again later. */
  | { readonly kind: "not-started"; readonly lack: string }
  /** The command must not be started. */
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** The job was older than max-age when its turn came, and was not started. `age` is in seconds. */
  | { readonly kind: "too-old"; readonly age: number }
  /** The worker itself failed: no shell could be started, or a native check threw an error. */
  | { readonly kind: "crashed"; readonly error: unknown };

export function crashed(message: string): Outcome {
  return { kind: "crashed", error: new Error(message) };
}

/** The outcome of a command that could not be started because of this error. */
export function cannotStart(error: unknown): Outcome {
  const lack = lackOf(error);
  return lack === undefined ? { kind: "crashed", error } : { kind: "not-started", lack };
}
