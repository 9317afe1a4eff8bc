import { createHash } from "node:crypto";
import { CheckFailure } from "../failure.ts";
import { NOT_YET } from "./not-yet.ts";
import type { RememberedValue } from "./value-file.ts";
import type { ValueStore } from "./value-store.ts";

/** How `values.rate` takes its counter. */
export interface RateOptions {
  /**
   * The counter begins again at 0 when it would reach this number: `2 ** 32` for 32 bits. Without it a
   * counter that falls has begun anew, and there is no rate.
   */
  readonly wrapsAt?: number;
}

/**
 * What a check remembers from run to run: `context.values`. Each command line of a check has values of its
 * own, so two hosts do not meet. They outlive an exchange of the check's file, and with
 * `native_values_folder` in worker.conf a restart.
 */
export interface Values {
  /** What `set` has remembered under this name. Undefined on the first run. */
  readonly get: (name: string) => number | string | undefined;
  /** Remembers a number or a text. */
  readonly set: (name: string, value: number | string) => void;
  /**
   * How fast a counter grows, in units per second since the last run, and remembers the counter. `NOT_YET` on
   * the first run, and when the counter or the clock went back. Within one second the rate stays as it was.
   */
  readonly rate: (name: string, counter: number | bigint, options?: RateOptions) => number | typeof NOT_YET;
  /**
   * The average of the last runs, the newer ones counting more, as the load average of a system. The value
   * itself on the first run.
   *
   * @param seconds how far back it looks: what is older counts about a third; 300 by default
   */
  readonly average: (name: string, value: number, seconds?: number) => number;
}

export interface ValuesOptions {
  readonly store: Pick<ValueStore, "read" | "write">;
  /** The check's name. */
  readonly check: string;
  readonly argv: readonly string[];
  /** Seconds since 1970. */
  readonly now?: () => number;
}

/** A shorter time says little of a rate, and a check that was interrupted may be run twice in a moment. */
const MIN_SECONDS = 1;

/** The values of one command line. The words may hold a password, so they are remembered as a hash. */
export function createValues({ store, check, argv, now = () => Date.now() / 1000 }: ValuesOptions): Values {
  const line = createHash("sha256").update(argv.join("\0")).digest("base64url").slice(0, 22);
  const find = (name: string): RememberedValue | undefined => {
    const remembered = store.read(check, line);
    return Object.hasOwn(remembered, name) ? remembered[name] : undefined;
  };
  const keep = (name: string, one: RememberedValue) =>
    store.write(check, line, { ...store.read(check, line), [name]: one });
  return {
    get: (name) => find(name)?.value,
    set(name, value) {
      requireValue(name, value);
      keep(name, { value, time: now() });
    },
    rate(name, counter, options = {}) {
      const value = Number(counter);
      requireNumber(name, value);
      const key = `rate of ${name}`;
      const before = find(key);
      const time = now();
      const elapsed = before === undefined ? 0 : time - before.time;
      if (before !== undefined && elapsed >= 0 && elapsed < MIN_SECONDS) return before.rate ?? NOT_YET;
      const grown = before === undefined ? undefined : findGrowth(Number(before.value), value, options);
      const rate = grown === undefined || elapsed < 0 ? undefined : grown / elapsed;
      keep(key, { value, time, ...(rate !== undefined && { rate }) });
      return rate ?? NOT_YET;
    },
    average(name, value, seconds = 300) {
      requireNumber(name, value);
      const key = `average of ${name}`;
      const before = find(key);
      const time = now();
      const weight = before === undefined ? 1 : 1 - Math.exp(-Math.max(0, time - before.time) / seconds);
      const average = before === undefined ? value : Number(before.value) * (1 - weight) + value * weight;
      keep(key, { value: average, time });
      return average;
    },
  };
}

/** Undefined: the counter has begun anew. */
function findGrowth(before: number, now: number, { wrapsAt }: RateOptions): number | undefined {
  if (now >= before) return now - before;
  return wrapsAt !== undefined && before < wrapsAt ? now + wrapsAt - before : undefined;
}

function requireNumber(name: string, value: unknown): void {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new CheckFailure(`UNKNOWN - ${name} is no number`);
}

function requireValue(name: string, value: unknown): void {
  if (typeof value !== "string") requireNumber(name, value);
}
