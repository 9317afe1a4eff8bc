import { type HandlerRate, renderRate } from "../../config/kinds/handler-rates.ts";
import type { Refusal } from "../../outcome/refusal.ts";
import type { Route } from "../../run/routing/route.ts";
import type { RoutedJob, Router } from "../../run/routing/router.ts";
import { checkName } from "../check-name.ts";
import { findNamedObject } from "./named-object.ts";

export interface GuardSettings {
  readonly eventhandlerRate: readonly HandlerRate[];
  readonly eventhandlerDryRun: readonly string[];
}

/** Of one rate and handler, or of one object of it. */
type Times = number[];

/** Names come from command lines, so they are not kept for ever. */
const MAX_KEPT = 2_000;

/**
 * Decides whether an event handler may run now: by eventhandler_rate, and by eventhandler_dry_run. What was
 * run before a reload still counts after it.
 */
export class HandlerGuard {
  readonly #now: () => number;
  readonly #times = new Map<string, Times>();
  /** A job that could not be started is tried again, and counts once. */
  readonly #admitted = new WeakSet<RoutedJob>();
  #settings: GuardSettings;

  /** `now` is in milliseconds. */
  constructor(settings: GuardSettings, now: () => number = () => performance.now()) {
    this.#settings = settings;
    this.#now = now;
  }

  configure(settings: GuardSettings): void {
    this.#settings = settings;
  }

  /** The same router, which refuses event handlers that may not run now. */
  guard(router: Router): Router {
    return (job) => {
      const routed = router(job);
      if (job.type !== "eventhandler") return routed;
      return "via" in routed ? this.#decide(job, routed) : routed.then((route) => this.#decide(job, route));
    };
  }

  #decide(job: RoutedJob, route: Route): Route {
    if (route.via === "refuse" || this.#admitted.has(job)) return route;
    const refusal = this.#refusalOf(job);
    if (refusal !== undefined) return { via: "refuse", why: `eventhandler_${WHY[refusal.rule]}`, refusal };
    this.#admitted.add(job);
    return route;
  }

  #refusalOf({ commandLine }: RoutedJob): HandlerRefusal | undefined {
    const handler = checkName(commandLine);
    const rates = this.#ratesOf(handler).map((rate) => ({
      rate,
      times: this.#timesOf(rate, { handler, commandLine }),
    }));
    const full = rates.find(({ rate, times }) => times.length >= rate.most);
    if (full !== undefined) return { rule: "handler-too-often", handler, rate: renderRate(full.rate) };
    const now = this.#now();
    for (const { times } of rates) times.push(now);
    const { eventhandlerDryRun: dry } = this.#settings;
    return dry.includes(handler) || dry.includes("*") ? { rule: "handler-dry-run", handler } : undefined;
  }

  #ratesOf(handler: string): readonly HandlerRate[] {
    const { eventhandlerRate: rates } = this.#settings;
    const named = rates.filter((rate) => rate.handler === handler);
    return named.length > 0 ? named : rates.filter((rate) => rate.handler === "*");
  }

  /** When it ran within the time of the rate. */
  #timesOf(
    rate: HandlerRate,
    { handler, commandLine }: { readonly handler: string; readonly commandLine: string },
  ): Times {
    const { host = "", service = "" } = rate.isForEach ? findNamedObject(commandLine) : {};
    const key = [renderRate(rate), handler, host, service].join("\n");
    const since = this.#now() - rate.seconds * 1_000;
    const times = (this.#times.get(key) ?? []).filter((time) => time > since);
    this.#times.delete(key); // the latest are at the end
    this.#times.set(key, times);
    const [oldest] = this.#times.keys();
    if (this.#times.size > MAX_KEPT && oldest !== undefined) this.#times.delete(oldest);
    return times;
  }
}

type HandlerRefusal = Extract<Refusal, { readonly rule: "handler-too-often" | "handler-dry-run" }>;

const WHY: Readonly<Record<HandlerRefusal["rule"], string>> = {
  "handler-too-often": "rate is reached",
  "handler-dry-run": "dry_run names it",
};
