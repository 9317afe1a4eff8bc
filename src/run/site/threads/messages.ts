import type { MessagePort } from "node:worker_threads";
import type { CheckOutput, CommandOutcome, NestedCommand, Replaces } from "../../../../sdk/check.ts";
import type { Address, Family } from "../../../../sdk/names/address.ts";
import type { OptionRow } from "../../../../sdk/option.ts";
import type { Ending } from "./ending.ts";
import type { Thrown } from "./thrown.ts";

/** What the worker and a thread of a site's checks send each other. All of it is plain data. */

/** A site's file, and the URL of one reading of it. */
export interface SiteFile {
  readonly path: string;
  readonly url: string;
}

/** One check of one reading of a file. */
export interface CheckKey extends SiteFile {
  readonly name: string;
}

/** A command line for a check. The thread keeps what it has understood under the number of the line. */
export interface CheckLine extends CheckKey {
  readonly line: number;
  readonly argv: readonly string[];
  /** The words hold secrets, so nothing of the line is kept. These are the words with references. */
  readonly words?: readonly string[];
}

/** What the worker asks a thread. Each question has a number, and one answer. */
export type Question =
  | { readonly kind: "load"; readonly on: SiteFile }
  | { readonly kind: "prepare"; readonly on: CheckKey }
  | { readonly kind: "understand"; readonly on: CheckLine }
  | { readonly kind: "run"; readonly on: CheckLine };

/** A check as the worker knows it: `Check` without its functions. */
export interface CheckFacts {
  readonly name: string;
  readonly summary: string;
  readonly replaces: Replaces | undefined;
  readonly rows: readonly OptionRow[] | undefined;
  readonly hasPrepare: boolean;
  readonly runsCommands: boolean;
}

export type Answer =
  | { readonly kind: "loaded"; readonly checks: readonly CheckFacts[] }
  /** `fault` begins with the path. */
  | { readonly kind: "refused"; readonly fault: string }
  | { readonly kind: "prepared" }
  | { readonly kind: "understood"; readonly command: NestedCommand | undefined; readonly keepsState: boolean }
  | { readonly kind: "not-understood" }
  /** The worker looks at the parts: a check without types may have given anything. */
  | ({ readonly kind: "output" } & CheckOutput)
  | { readonly kind: "thrown"; readonly thrown: Thrown };

/** What a thread needs of the worker. */
export type Need =
  | { readonly kind: "execute"; readonly timeoutMs: number }
  | { readonly kind: "resolve"; readonly host: string; readonly family: Family };

export type Given =
  | { readonly kind: "value"; readonly value: CommandOutcome | readonly Address[] }
  | { readonly kind: "thrown"; readonly thrown: Thrown };

/** Runs of lines that the thread has run before come through a ring: the id, and the number of the line. */
export type ToThread =
  /** There is something in the ring. */
  | { readonly kind: "look" }
  | { readonly kind: "ask"; readonly id: number; readonly question: Question }
  | { readonly kind: "abort"; readonly id: number; readonly reason: string }
  | { readonly kind: "give"; readonly id: number; readonly given: Given }
  | { readonly kind: "ping" }
  | { readonly kind: "stop" };

/** Whose code it is. The number is that of the question. */
export interface Owner extends Pick<CheckKey, "path"> {
  readonly id: number;
  /** Of the check, or of the file while it is loaded. */
  readonly name: string;
}

/** Most outputs go through a ring: the id, the return code and the text. */
export type FromThread =
  /** There is something in the ring. */
  | { readonly kind: "look" }
  /** The kernel's number of the thread, if there is a /proc. */
  | { readonly kind: "ready"; readonly tid: string | undefined }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly kind: "log"; readonly id: number | undefined; readonly text: string }
  /** Of a shared value, for the operator. */
  | { readonly kind: "warning"; readonly text: string }
  /** `by` is the question whose run needs it. */
  | { readonly kind: "need"; readonly id: number; readonly by: number | undefined; readonly need: Need }
  | { readonly kind: "pong" }
  | { readonly kind: "stopped" }
  /** The thread cannot go on. */
  | { readonly kind: "ending"; readonly ending: Ending; readonly by: Owner | undefined };

/** What a thread is started with. */
export interface ThreadStart {
  readonly port: MessagePort;
  /** The number of the question whose code was entered, or 0. The worker reads it. */
  readonly turn: Int32Array;
  /** The memory of the ring with runs, and of the one with outputs. */
  readonly runs: SharedArrayBuffer;
  readonly outputs: SharedArrayBuffer;
  /** Whether the worker resolves names for the thread. */
  readonly resolves: boolean;
  /** Where checks keep what they remember. */
  readonly valuesFolder: string | undefined;
  /** The URL of the module with the sessions of authors. */
  readonly sessions: string | undefined;
}
