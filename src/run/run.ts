import type { Check } from "../../sdk/check.ts";
import type { SharedValues } from "../../sdk/shared.ts";
import type { ByteString } from "../byte-string.ts";
import type { Executor } from "../executor/executor.ts";
import type { QueuedJob } from "../job/job.ts";
import type { Log } from "../log.ts";
import { isEndedBySignal } from "../outcome/ended-by-signal.ts";
import { crashed, type Outcome, type Via } from "../outcome/outcome.ts";
import type { FindConfinement } from "./confinements.ts";
import { notificationEnvironment } from "./environment.ts";
import { type ExecutionOptions, execute } from "./execute.ts";
import { type LateLoop, LoopWatch } from "./loop-watch.ts";
import { type NativeEnd, type NativeOutcome, type NativeRun, runNative } from "./native.ts";
import { isFault, lackOfRun, refuse } from "./native-end.ts";
import { followReferences } from "./references/follow-references.ts";
import { hideInOutcome } from "./references/hide-outcome.ts";
import type { ReadSecretFile } from "./references/secret-files.ts";
import { type NativeRoute, type Route, targetOf } from "./routing/route.ts";
import type { Router } from "./routing/router.ts";
import { type FindMarks, hideSecrets, maskWords } from "./secrets.ts";
import type { Shadow } from "./shadow.ts";
import { isRemote } from "./site/threads/remote-check.ts";
import type { RunPlace, TargetPlaces } from "./target-places.ts";
import { TurnBudget } from "./turn-budget.ts";

/** What happened when a job's command was run, and which way it was run. */
export interface FollowedRoute {
  readonly outcome: Outcome;
  /** The command that a native check has run was ended by a signal. */
  readonly isNestedCutOff?: true;
  readonly via: Via;
  /** Why it was run this way, in words. */
  readonly why: string;
}

/** The same of a job that had its turn. Times are seconds since the epoch. */
export interface JobRun extends Pick<FollowedRoute, "outcome" | "isNestedCutOff" | "why"> {
  /** Undefined: the job was too old to be run. */
  readonly via: Via | undefined;
  readonly startTime: number;
  readonly finishTime: number;
}

/** Runs a job's command. `timeout` is in seconds. The job gives up its place while it waits for others. */
export type Runner = (job: QueuedJob, timeout: number, place?: RunPlace) => Promise<FollowedRoute>;

export interface RunnerOptions {
  readonly router: Router;
  readonly executor: Pick<Executor, "run">;
  readonly shared: Pick<SharedValues, "get">;
  /** How many native checks may ask one target. */
  readonly targets?: TargetPlaces | undefined;
  readonly log: Log;
  /** Which options of a check are secret. */
  readonly findMarks: FindMarks;
  /** Reads what `$SECRET:name$` stands for. Undefined: no route has such references. */
  readonly readSecret?: ReadSecretFile | undefined;
  /** Resolves when a check of the worker's own has what its first run needs. Undefined: it has it. */
  readonly prepare?: ((check: Check) => Promise<void> | undefined) | undefined;
  /** Called when a native check leaves its answer to the plugin. */
  readonly onDeclined?: ((check: string, reason: string) => void) | undefined;
  /** Called when the event loop was late while native checks were under way. */
  readonly onLate?: ((late: LateLoop) => void) | undefined;
  /** How commands of a queue are confined. Undefined: none is. */
  readonly findConfinement?: FindConfinement | undefined;
  /** Compares answers of plugins with those of native checks. */
  readonly shadow?: Pick<Shadow, "follow"> | undefined;
}

/** What all runs of one runner use. */
interface RunnerContext extends RunnerOptions {
  readonly turns: TurnBudget;
  readonly watch: LoopWatch;
}

/** What belongs to one run, whichever route it takes. */
interface RunInputs extends ExecutionOptions {
  /** What the job holds while it runs. Undefined: it is not the job's own run, and does not wait. */
  readonly place?: RunPlace | undefined;
  /** The secrets in the words of the route. */
  readonly secrets?: readonly ByteString[];
}

/** What a native check has said, and what became of the command that it has run. */
interface NativeAnswer extends NativeEnd, Pick<FollowedRoute, "isNestedCutOff"> {}

export function createRunner(options: RunnerOptions): Runner {
  const context: RunnerContext = {
    ...options,
    turns: new TurnBudget(),
    watch: new LoopWatch((late) => options.onLate?.(late)),
  };
  return (job, timeout, place) => {
    const routed = context.router(job);
    const confinement = job.queue === undefined ? undefined : context.findConfinement?.(job.queue);
    const run = { inputs: { env: notificationEnvironment(job), timeout, place, confinement }, context };
    return "via" in routed ? runRoute(job, routed, run) : runWhenRead(job, routed, run);
  };
}

/** The way of the job is known when a check in a thread has answered. */
async function runWhenRead(
  job: QueuedJob,
  reading: Promise<Route>,
  { inputs, context }: JobInputs,
): Promise<FollowedRoute> {
  const startMs = performance.now();
  const route = await reading;
  const timeout = inputs.timeout - (performance.now() - startMs) / 1000;
  return runRoute(job, route, { inputs: { ...inputs, timeout }, context });
}

function runRoute(job: QueuedJob, route: Route, run: JobInputs): Promise<FollowedRoute> {
  const { inputs, context } = run;
  if (route.references !== undefined) return runReferring(job, route, run);
  const followed = follow(route, inputs, context);
  const native = route.via === "plugin" ? route.shadow : undefined;
  return native === undefined ? followed : compareAfter(followed, { job, native, run });
}

interface Comparison {
  readonly job: QueuedJob;
  readonly native: NativeRoute;
  readonly run: JobInputs;
}

async function compareAfter(
  following: Promise<FollowedRoute>,
  { job, native, run: { inputs, context } }: Comparison,
): Promise<FollowedRoute> {
  const followed = await following;
  context.shadow?.follow(job, native, followed.outcome, (signal) =>
    outcomeOf(native, { ...inputs, signal }, context),
  );
  return followed;
}

interface JobInputs {
  readonly inputs: RunInputs;
  readonly context: RunnerContext;
}

/** Puts secrets into the words of the route, and takes them out of all that the run says. */
async function runReferring(job: QueuedJob, route: Route, run: JobInputs): Promise<FollowedRoute> {
  const { via, why, references } = route;
  const { context } = run;
  if (references === undefined || context.readSecret === undefined)
    return { outcome: crashed("no secret_dir is set"), via, why };
  const startMs = performance.now();
  const found = await followReferences(route, references, context.readSecret);
  if (found.kind === "short") return { outcome: { kind: "not-started", lack: found.lack }, via, why };
  const { secrets, route: filled } = found;
  const timeout = run.inputs.timeout - (performance.now() - startMs) / 1000;
  const inputs = { ...run.inputs, timeout, secrets };
  const followed = await follow(filled, inputs, context);
  const outcome = hideInOutcome(followed.outcome, secrets);
  if (filled.via === "plugin" && filled.shadow !== undefined && route.via === "plugin" && route.shadow) {
    const native = filled.shadow;
    const compare = (signal: AbortSignal) => outcomeOf(native, { ...inputs, signal }, context);
    // What is shown of the command line are the words with references.
    context.shadow?.follow(job, route.shadow, outcome, async (signal) =>
      hideInOutcome(await compare(signal), secrets),
    );
  }
  const told = outcome.kind === "timed-out" ? { ...outcome, after: run.inputs.timeout } : outcome;
  return { ...followed, outcome: told, why: hideSecrets(followed.why, secrets) };
}

function follow(route: Route, inputs: RunInputs, context: RunnerContext): Promise<FollowedRoute> {
  if (route.via !== "native") return followToExecutor(route, inputs, context);
  const followIt = context.targets?.isLimited === true ? followInPlace : followNative;
  return followIt(route, inputs, context);
}

async function followToExecutor(
  route: Exclude<Route, NativeRoute>,
  inputs: RunInputs,
  { executor }: RunnerContext,
): Promise<FollowedRoute> {
  return { outcome: await execute(route, inputs, executor), via: route.via, why: route.why };
}

/** Waits for a place at the target. It is kept until the job has its answer, also if a plugin gives it. */
async function followInPlace(
  route: NativeRoute,
  inputs: RunInputs,
  context: RunnerContext,
): Promise<FollowedRoute> {
  const target = targetOf(route);
  const { timeout, place } = inputs;
  if (target === undefined || place === undefined || context.targets === undefined)
    return followNative(route, inputs, context);
  const { via, why } = route;
  const timedOut = { kind: "timed-out", after: timeout, stdout: "", stderr: "" } as const;
  const startMs = performance.now();
  using turn = await context.targets.enter(target, { timeout, place });
  if (turn === undefined) return { outcome: timedOut, via, why: `${why}; ${WAITED}` };
  const left = timeout - (performance.now() - startMs) / 1000;
  const followed = await followNative(route, { ...inputs, timeout: left }, context);
  return followed.outcome.kind === "timed-out"
    ? { ...followed, outcome: { ...followed.outcome, after: timeout } }
    : followed;
}

const WAITED = "native_target_max checks have asked its target all the time";

/** Asks the native check, and if it gives no answer, the plugin. Without a plugin the check may have one. */
async function followNative(
  route: NativeRoute,
  inputs: RunInputs,
  context: RunnerContext,
): Promise<FollowedRoute> {
  const startMs = performance.now();
  const { outcome, waitedMs, isNestedCutOff } = await answer(route, inputs, context);
  const { via, why } = route;
  const lack = lackOfRun(route, outcome);
  if (lack !== undefined) return { outcome: { kind: "not-started", lack }, via, why };
  if (outcome.kind !== "declined" && !isFault(route, outcome, inputs))
    return { outcome, via, why, ...(isNestedCutOff && { isNestedCutOff }) };
  const otherwise = outcome.kind === "declined" ? outcome.otherwise : undefined;
  if (route.hasNoPlugin && otherwise !== undefined) return { outcome: otherwise, via, why };
  const said = outcome.kind === "declined" ? outcome.reason : `it failed: ${outcome.error}`;
  const reason = hideWords(route, said, { ...context, ...inputs });
  context.onDeclined?.(route.name, reason);
  if (route.hasNoPlugin) return { outcome: refuse(route, reason), via, why };
  const fallback = { ...route.fallback, why: `the native check declined: ${reason}` };
  const timeout = inputs.timeout - (performance.now() - startMs - waitedMs) / 1000;
  const followed = await follow(fallback, { ...inputs, timeout }, context);
  if (followed.outcome.kind !== "timed-out") return followed;
  return { ...followed, outcome: { ...followed.outcome, after: inputs.timeout } };
}

/** An error of a library, or of a site's check, may repeat an argument, and the reason is logged. */
function hideWords(
  { argv }: NativeRoute,
  text: string,
  { findMarks, secrets = [] }: Pick<RunnerContext, "findMarks"> & Pick<RunInputs, "secrets">,
): string {
  return hideSecrets(text, [...secrets, ...maskWords(argv, findMarks).secrets]);
}

async function outcomeOf(
  route: NativeRoute,
  inputs: RunInputs,
  context: RunnerContext,
): Promise<NativeOutcome> {
  const { outcome } = await answer(route, inputs, context);
  return outcome;
}

/** What the native check itself says. It starts when it is prepared, and the event loop has time. */
function answer(route: NativeRoute, inputs: RunInputs, context: RunnerContext): Promise<NativeAnswer> {
  const preparing = isRemote(route.check) ? undefined : context.prepare?.(route.check);
  if (preparing !== undefined) return preparing.then(() => answer(route, inputs, context));
  const turn = context.turns.enter(route.name);
  return turn === undefined ? start(route, inputs, context) : turn.then(() => start(route, inputs, context));
}

function start(route: NativeRoute, inputs: RunInputs, context: RunnerContext): Promise<NativeAnswer> {
  const run = () =>
    route.nested === undefined
      ? runNative(route, limitsOf(route, inputs, context))
      : runWithCommand(route, inputs, context);
  return isRemote(route.check) ? run() : context.watch.follow(route.name, run);
}

function limitsOf(
  route: NativeRoute,
  { timeout, signal, secrets }: RunInputs,
  context: RunnerContext,
): NativeRun {
  const { findMarks, log, shared } = context;
  const hide = (text: string) => hideWords(route, text, { findMarks, ...(secrets && { secrets }) });
  return { timeoutMs: timeout * 1000, log, shared, signal, hide };
}

async function runWithCommand(
  route: NativeRoute,
  inputs: RunInputs,
  context: RunnerContext,
): Promise<NativeAnswer> {
  const { env, timeout, secrets, confinement } = inputs;
  let isCutOff = false;
  const end = await runNative(route, {
    ...limitsOf(route, inputs, context),
    execute: async (nested, limits) => {
      const own = { timeout: Math.min(limits.timeoutMs / 1000, timeout), signal: limits.signal };
      const followed = await follow(
        nested,
        { env, ...own, confinement, ...(secrets && { secrets }) },
        context,
      );
      isCutOff ||= followed.isNestedCutOff === true || isEndedBySignal(followed.outcome);
      return followed.outcome;
    },
  });
  return isCutOff ? { ...end, isNestedCutOff: true } : end;
}
