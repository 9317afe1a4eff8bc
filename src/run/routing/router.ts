import { posix } from "node:path";
import type { ByteString } from "../../byte-string.ts";
import type { Config } from "../../config/config.ts";
import { queueRightsOf } from "../../config/worker/queue-rights.ts";
import { createWarmPlugins } from "../../executor/interpreters/warm-plugin.ts";
import type { QueuedJob } from "../../job/job.ts";
import { queueNames } from "../../job/queues.ts";
import type { NearestRule, Refusal } from "../../outcome/refusal.ts";
import { hasReference } from "../references/reference.ts";
import type { Shelf } from "../shelf.ts";
import { createAllowance } from "./allow.ts";
import { chooseRoute, type FileLookup } from "./choose-route.ts";
import { type CommandLine, readCommandLine } from "./command-line.ts";
import { createIdentification } from "./identity.ts";
import { analyseLine, type LineAnalysis } from "./line-analysis.ts";
import { mayMatchFiles } from "./pattern.ts";
import { withReferences } from "./referring.ts";
import { createRestriction, type Restriction } from "./restrict.ts";
import type { Route } from "./route.ts";
import { type NativeSwitches, readSwitches } from "./switches.ts";

/** What the way of a job depends on. */
export type RoutedJob = Pick<QueuedJob, "commandLine" | "queue"> & Partial<Pick<QueuedJob, "type">>;

/** Tells how a job's command line will be run. A promise: a check in a thread is asked about it first. */
export type Router = (job: RoutedJob) => Route | Promise<Route>;

export interface RouterOptions extends FileLookup {
  readonly shelf: Shelf;
  readonly switches: NativeSwitches;
  readonly restrictions?: readonly Restriction[];
  /** Those that event handlers must pass besides. */
  readonly handlerRestrictions?: readonly Restriction[];
  /** Whether `$SECRET:name$` stands for a secret. */
  readonly followsReferences?: boolean;
}

/** The router that the operator has configured. */
export function createConfiguredRouter(
  config: Config,
  shelf: Shelf,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Router {
  const options: RouterOptions = {
    shelf,
    identify: createIdentification(),
    switches: readSwitches(config, env),
    restrictions: createRestrictions(config),
    handlerRestrictions: createHandlerRestrictions(config),
    followsReferences: config.secretDir !== undefined,
  };
  const usual = createRouter({
    ...options,
    findWarmPlugin: createWarmPlugins({
      perl: readPerlRule(config),
      python: config.warmPython,
      include: config.warmInclude,
      except: config.warmExcept,
      load: config.warmLoad,
      path: env["PATH"] ?? "",
    }),
  });
  const findRouter = createQueueRouters(config, options);
  return (job) => ((job.queue === undefined ? undefined : findRouter(job.queue)) ?? usual)(job);
}

/**
 * The routers of queues that run as another user, or have limits. A warm interpreter has neither: its runs
 * are forked from a process of the worker. A native check has the rights of the worker, which the queue is
 * not to have.
 */
function createQueueRouters(
  config: Config,
  options: RouterOptions,
): (queue: ByteString) => Router | undefined {
  const routers = queueNames(config).flatMap((queue) => {
    const rights = queueRightsOf(config, queue);
    if (rights === undefined) return [];
    const whyOff = rights.hasNativeChecks ? undefined : `plugins of this queue run as ${rights.user}`;
    const switches = { ...options.switches, ...(whyOff !== undefined && { whyOff }) };
    return [[queue, createRouter({ ...options, switches })] as const];
  });
  const byQueue = new Map(routers);
  return (queue) => byQueue.get(queue);
}

/** Commands must pass all of them. */
function createRestrictions(config: Config): readonly Restriction[] {
  const byPath = createRestriction(config);
  return [
    ...(byPath === undefined ? [] : [byPath]),
    ...(config.restrictMode === "strict" ? [createAllowance(config.restrictAllow)] : []),
  ];
}

function createHandlerRestrictions({ eventhandlerAllow }: Config): readonly Restriction[] {
  if (eventhandlerAllow.length === 0) return [];
  const allowance = createAllowance(eventhandlerAllow);
  return [
    (line, command) => {
      const refusal = allowance(line, command);
      const isOfStrictMode = refusal?.rule === "not-allowed" || refusal?.rule === "not-plain";
      return isOfStrictMode ? { ...refusal, rule: "handler-not-allowed" } : refusal;
    },
  ];
}

function readPerlRule({ enableEmbeddedPerl, useEmbeddedPerlImplicitly }: Config) {
  if (!enableEmbeddedPerl) return "off";
  return useEmbeddedPerlImplicitly ? "implicitly" : "marked";
}

/** The same command lines come every minute, so their analyses are kept. The few very long ones are not. */
const MAX_KEPT_LINES = 20_000;
const MAX_KEPT_LENGTH = 1024;

export function createRouter(options: RouterOptions): Router {
  const { shelf, switches, restrictions = [], handlerRestrictions = [], ...others } = options;
  const { followsReferences = false, ...files } = others;
  const ofHandlers = [...restrictions, ...handlerRestrictions];
  const analyse = createAnalysis(shelf, switches);
  const route = (job: RoutedJob): Route | Promise<Route> => {
    const { commandLine, type } = job;
    const isReferring = followsReferences && hasReference(commandLine);
    let analysis = analyse(commandLine, isReferring);
    if (isReplacedBySh(analysis.command)) {
      analysis = analyseLine(commandLine, MATCHED, { shelf, switches, depth: 0 });
    }
    if (analysis.kind === "unread") return analysis.reading.then(() => route(job));
    for (const restriction of type === "eventhandler" ? ofHandlers : restrictions) {
      const refusal = findRefusal(analysis, restriction);
      if (refusal !== undefined) return { via: "refuse", why: whyRefused(refusal), refusal };
    }
    const chosen = chooseRoute(analysis, files, switches.mode);
    return isReferring ? withReferences(chosen, analysis) : chosen;
  };
  return route;
}

type Analyse = (line: ByteString, isReferring: boolean) => LineAnalysis;

function createAnalysis(shelf: Shelf, switches: NativeSwitches): Analyse {
  const kept = new Map<ByteString, LineAnalysis>();
  let { generation } = shelf;
  return (line, isReferring) => {
    if (generation !== shelf.generation) kept.clear();
    generation = shelf.generation;
    const known = kept.get(line);
    if (known !== undefined) return known;
    const analysis = analyseLine(line, readCommandLine(line, isReferring), { shelf, switches, depth: 0 });
    if (kept.size >= MAX_KEPT_LINES) kept.clear();
    const isLasting = analysis.kind !== "unread" && analysis.isProvisional !== true;
    if (isLasting && line.length <= MAX_KEPT_LENGTH) kept.set(line, analysis);
    return analysis;
  };
}

const MATCHED = { kind: "needs-shell", why: "files match an unquoted ? or *" } as const;

/** Files come and go, so they are looked for each time. */
function isReplacedBySh(command: CommandLine): boolean {
  return command.kind === "words" && command.patterns.some(mayMatchFiles);
}

function whyRefused(refusal: Refusal): string {
  if (refusal.rule === "not-plain") return STRICT;
  if (refusal.rule === "handler-not-allowed") return whyNotNamed("eventhandler_allow", refusal.nearest);
  if (refusal.rule !== "not-allowed") return "restrict_path is set";
  return `${STRICT}, and ${whyNotNamed("restrict_allow", refusal.nearest)}`;
}

function whyNotNamed(option: string, nearest: NearestRule | undefined): string {
  if (nearest === undefined) return `${option} does not name the program`;
  return `word ${nearest.word} differs from: ${option}=${nearest.pattern}`;
}

const STRICT = "restrict_mode is strict";

/** The restriction holds for the commands that a command runs, too. */
function findRefusal({ line, command, runs }: LineAnalysis, restriction: Restriction): Refusal | undefined {
  const refusal = restriction(line, command);
  if (refusal !== undefined || runs === undefined) return refusal;
  if (runs !== "hidden") return findRefusal(runs, restriction);
  const [path = ""] = command.kind === "words" ? command.words : [];
  return { rule: "hidden-command", wrapper: posix.basename(path), commandLine: line };
}
