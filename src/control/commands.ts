import { readText } from "../byte-string.ts";
import type { Reload } from "../worker/process/reload.ts";
import type { Worker } from "../worker/worker.ts";
import { ControlError } from "./control-error.ts";
import { countsOnly } from "./shadow-counts.ts";
import { readShare } from "./share.ts";

/** What can be steered from outside. */
export interface ControlTarget {
  readonly worker: Pick<Worker, "status" | "drain" | "resume" | "setShadowShare">;
  readonly reload: Reload;
  /** Until the next reload. The number is that of the option `debug`. */
  readonly setDebug: (debug: number) => void;
}

/** A command of the control socket. */
export interface ControlCommand {
  /** It does more than read: the client must prove who it is, and the log names it. */
  readonly changes: boolean;
  /** It reads what plugins have printed: the client must prove who it is. */
  readonly isPrivate?: boolean;
  /** Gives what the client is sent, as JSON. A ControlError is what the client did wrong. */
  readonly run: (target: ControlTarget, args: readonly string[]) => unknown;
}

/** What each level of the log is as a value of the option `debug`. */
export const LOG_LEVELS = { error: -1, info: 0, debug: 1, trace: 2 } as const;

export const CONTROL_COMMANDS = {
  status: { changes: false, run: ({ worker }) => countsOnly(worker.status()) },
  reload: { changes: true, run: ({ reload }) => reload("a request to reload") },
  drain: {
    changes: true,
    run: ({ worker }) => ({ isChanged: worker.drain(), state: worker.status().state }),
  },
  resume: {
    changes: true,
    run: ({ worker }) => ({ isChanged: worker.resume(), state: worker.status().state }),
  },
  "log-level": { changes: true, run: ({ setDebug }, args) => setDebug(readLevel(args)) },
  shadow: { changes: false, isPrivate: true, run: ({ worker }) => worker.status().shadow },
  "shadow-share": {
    changes: true,
    run: ({ worker }, args) => {
      const share = worker.setShadowShare(readShare(args));
      if (share === undefined) throw new ControlError("this worker does not run with native_checks=shadow");
      return { share };
    },
  },
} as const satisfies Readonly<Record<string, ControlCommand>>;

export type ControlCommandName = keyof typeof CONTROL_COMMANDS;

/** Whether only the worker's user and root may use it. */
export function needsProof({ changes, isPrivate = false }: ControlCommand): boolean {
  return changes || isPrivate;
}

export function findControlCommand(name: string): ControlCommand | undefined {
  return Object.hasOwn(CONTROL_COMMANDS, name) ? CONTROL_COMMANDS[name as ControlCommandName] : undefined;
}

function readLevel([word = "", ...more]: readonly string[]): number {
  if (more.length > 0 || !Object.hasOwn(LOG_LEVELS, word))
    throw new ControlError(`the level is one of ${Object.keys(LOG_LEVELS).join(", ")}`);
  return LOG_LEVELS[word as keyof typeof LOG_LEVELS];
}

/** As JSON. Byte strings of the core become the text that they are. */
export function renderResult(result: unknown): string {
  return JSON.stringify(result, (_, value) => (typeof value === "string" ? readText(value) : value));
}
