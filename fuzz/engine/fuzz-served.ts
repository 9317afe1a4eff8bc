import { type Finding, judgeError } from "./finding.ts";
import { Findings } from "./findings.ts";
import { Inputs } from "./inputs.ts";
import type { Counted, Plan } from "./plan.ts";
import { shapeOf, shapeOfError } from "./shape.ts";
import type { Running, ServedTarget } from "./target.ts";
import { waitFor } from "./watch.ts";

/** A promise that is not settled by then is stuck: every check has a time-out of a second or two. */
const STUCK_MS = 20_000;

/** Gives the target inputs, one after the other, until the plan is fulfilled. */
export async function fuzzServed(target: ServedTarget, plan: Plan): Promise<Counted> {
  const inputs = new Inputs(target, plan);
  const findings = new Findings();
  await using running = await target.start();
  while (inputs.count < plan.runs && performance.now() < plan.untilMs && !findings.isFull) {
    const input = inputs.next();
    const { shape, finding } = await lookOnce(target, running, input);
    if (finding === undefined) inputs.note(input, shape);
    findings.add(finding);
  }
  const { count, shapes, added } = inputs;
  return { name: target.name, inputs: count, shapes, added, findings: findings.list };
}

/** Looks at one input alone. Undefined: nothing is wrong. */
export async function findInServed(
  target: ServedTarget,
  running: Running,
  input: Buffer,
): Promise<Finding | undefined> {
  return (await lookOnce(target, running, input)).finding;
}

async function lookOnce(
  target: ServedTarget,
  running: Running,
  input: Buffer,
): Promise<{ readonly shape: string; readonly finding?: Finding }> {
  using uncaught = new Uncaught();
  try {
    const value = await waitFor(STUCK_MS, running.read(input));
    uncaught.throwFirst();
    return { shape: shapeOf(value) };
  } catch (error) {
    const finding = judgeError(error, input, target);
    return { shape: shapeOfError(error), ...(finding && { finding }) };
  }
}

/** What is thrown where no one awaits it, while an input is looked at. */
class Uncaught implements Disposable {
  #first: { readonly error: unknown } | undefined;
  readonly #take = (error: unknown) => {
    this.#first ??= { error };
  };

  constructor() {
    process.on("uncaughtException", this.#take).on("unhandledRejection", this.#take);
  }

  throwFirst(): void {
    if (this.#first !== undefined) throw this.#first.error;
  }

  [Symbol.dispose](): void {
    process.off("uncaughtException", this.#take).off("unhandledRejection", this.#take);
  }
}
