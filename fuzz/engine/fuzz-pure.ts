import { type Finding, judgeError } from "./finding.ts";
import { Findings } from "./findings.ts";
import { Inputs } from "./inputs.ts";
import type { Counted, Plan } from "./plan.ts";
import { shapeOf, shapeOfError } from "./shape.ts";
import type { PureTarget } from "./target.ts";
import { stopAfter, TooLong } from "./watch.ts";

/** So long inputs are looked at in one call: to watch a call takes longer than most inputs do. */
const BATCH_MS = 50;
/** Inputs that never end, or nearly so, after which a target is not looked at any further. */
const MOST_STOPS = 3;
/** Times the limit: a busy machine gives this process a tenth of its time. What never ends is stopped. */
const PATIENCE = 10;
/** Lines of a stack: the first one of the project's own code is told. */
const STACK = 10;
/** How often a slow input is tried before it is called slow: the machine may be busy. */
const AGAIN = 3;

/** Gives the target inputs, until the plan is fulfilled. */
export function fuzzPure(target: PureTarget, plan: Plan): Counted {
  const inputs = new Inputs(target, plan);
  const findings = new Findings();
  let input: Buffer = Buffer.alloc(0);
  const batch = () => {
    let now = performance.now();
    for (const end = now + BATCH_MS; now < end && inputs.count < plan.runs; ) {
      input = inputs.next();
      const { shape, finding } = lookOnce(target, input);
      if (finding === undefined) inputs.note(input, shape);
      else findings.add(withStack(() => lookOnce(target, input).finding) ?? finding);
      const start = now;
      now = performance.now();
      if (now - start > plan.slowMs) findings.add(confirmSlow(target, input, plan.slowMs));
    }
  };
  let stops = 0;
  while (!isOver(inputs, plan) && !findings.isFull && stops < MOST_STOPS) {
    try {
      withoutStacks(() => stopAfter(PATIENCE * plan.slowMs, batch));
    } catch (error) {
      if (!(error instanceof TooLong)) throw error;
      const finding = findIn(target, input, plan.slowMs);
      findings.add(finding);
      if (finding !== undefined) stops += 1;
    }
  }
  const { count, shapes, added } = inputs;
  return { name: target.name, inputs: count, shapes, added, findings: findings.list };
}

function isOver({ count }: Inputs, { runs, untilMs }: Plan): boolean {
  return count >= runs || performance.now() >= untilMs;
}

/** Many inputs make an error that a target may throw, and its stack is most of what it costs. */
function withoutStacks(action: () => void): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    action();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Undefined: it is not found a second time. */
function withStack(find: () => Finding | undefined): Finding | undefined {
  Error.stackTraceLimit = STACK;
  const finding = find();
  Error.stackTraceLimit = 0;
  return finding;
}

function lookOnce(target: PureTarget, input: Buffer): { readonly shape: string; readonly finding?: Finding } {
  try {
    return { shape: shapeOf(target.read(input)) };
  } catch (error) {
    if (error instanceof TooLong) throw error;
    const finding = judgeError(error, input, target);
    return { shape: shapeOfError(error), ...(finding && { finding }) };
  }
}

/** Looks at one input alone. Undefined: nothing is wrong. */
export function findIn(target: PureTarget, input: Buffer, slowMs: number): Finding | undefined {
  let finding: Finding | undefined;
  const start = process.threadCpuUsage();
  try {
    stopAfter(PATIENCE * slowMs, () => {
      finding = lookOnce(target, input).finding;
    });
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    return judgeError(error, input, target);
  }
  const { user } = process.threadCpuUsage(start);
  return finding ?? (user > slowMs * 1000 ? tooSlow(target, input, slowMs) : undefined);
}

function confirmSlow(target: PureTarget, input: Buffer, slowMs: number): Finding | undefined {
  const times = Array.from({ length: AGAIN }, () => {
    const start = process.threadCpuUsage();
    lookOnce(target, input);
    return process.threadCpuUsage(start).user;
  });
  return Math.min(...times) > slowMs * 1000 ? tooSlow(target, input, slowMs) : undefined;
}

function tooSlow(target: PureTarget, input: Buffer, slowMs: number): Finding | undefined {
  return judgeError(new TooLong(`not through after ${slowMs} ms`), input, target);
}
