import { shapeOfError } from "./shape.ts";
import { Broken, type Target } from "./target.ts";
import { TooLong } from "./watch.ts";

/** Something that a target did with an input, and must not do. */
export interface Finding {
  /** Findings with the same key have the same cause. */
  readonly key: string;
  readonly text: string;
  readonly input: Buffer;
}

/** Undefined: the target may throw this. */
export function judgeError(error: unknown, input: Buffer, { mayThrow = [] }: Target): Finding | undefined {
  if (mayThrow.some((each) => error instanceof each)) return undefined;
  const shape = shapeOfError(error);
  if (error instanceof TooLong || error instanceof Broken)
    return { key: shape, text: `${error.name}: ${error.message}`, input };
  const stack = error instanceof Error ? (error.stack ?? "") : String(error);
  return { key: `${shape} ${placeOf(stack)}`, text: stack.split("\n").slice(0, 6).join("\n"), input };
}

/** The first line of the project's own code. */
function placeOf(stack: string): string {
  return /\/((?:src|plugins|sdk|integrations)\/[\w./-]+:[0-9]+)/.exec(stack)?.[1] ?? "";
}
