import type { ByteSet, Expression } from "./expression.ts";

/** One step of a pattern: it reads a byte of its set, or reads nothing and leads to other steps. */
export type Step =
  | { readonly kind: "byte"; readonly set: ByteSet; readonly next: number }
  | { readonly kind: "fork"; readonly next: number; readonly other: number }
  | { readonly kind: "line-start" | "line-end"; readonly next: number }
  | { readonly kind: "found" };

/** A pattern as a list of steps, which name each other by their places in the list. */
export interface CompiledPattern {
  readonly steps: readonly Step[];
  readonly entry: number;
}

/** A pattern with more steps is left to the plugin. */
const MAX_STEPS = 2_000;

/** Makes the steps from the end of the pattern to its start, because each step names the one that follows. */
export function compile(expression: Expression): CompiledPattern | undefined {
  const steps: Step[] = [{ kind: "found" }];
  const add = (step: Step) => {
    if (steps.length >= MAX_STEPS) throw new RangeError("the pattern is too large");
    return steps.push(step) - 1;
  };
  const addPart = (part: Expression, next: number): number => {
    switch (part.kind) {
      case "byte":
        return add({ kind: "byte", set: part.set, next });
      case "line-start":
      case "line-end":
        return add({ kind: part.kind, next });
      case "sequence":
        return part.parts.reduceRight((following, each) => addPart(each, following), next);
      case "choice":
        return part.choices
          .map((each) => addPart(each, next))
          .reduce((one, other) => add({ kind: "fork", next: one, other }));
      case "repeat":
        return addRepeat(part, next);
    }
  };
  const addRepeat = ({ part, min, max }: Extract<Expression, { kind: "repeat" }>, next: number): number => {
    let entry = next;
    if (max === Number.POSITIVE_INFINITY) {
      entry = add({ kind: "fork", next, other: next });
      steps[entry] = { kind: "fork", next: addPart(part, entry), other: next };
    }
    for (let optional = min; optional < max && max !== Number.POSITIVE_INFINITY; optional += 1)
      entry = add({ kind: "fork", next: addPart(part, entry), other: next });
    for (let required = 0; required < min; required += 1) entry = addPart(part, entry);
    return entry;
  };
  try {
    const entry = addPart(expression, 0);
    return { steps, entry };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
