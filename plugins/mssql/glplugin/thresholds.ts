import { CRITICAL, OK, type State, WARNING } from "../../../sdk/index.ts";
import { toNumber } from "./perl.ts";

export interface Pair {
  readonly warning?: string | undefined;
  readonly critical?: string | undefined;
}

/** Thresholds of the command line: for all, and for metrics by their names. */
export interface GivenThresholds extends Pair {
  readonly warnings: ReadonlyMap<string, string>;
  readonly criticals: ReadonlyMap<string, string>;
}

const DEFAULT = "default";

/** The thresholds of one run, by the metric that they are for. */
export class ThresholdTable {
  readonly #given: GivenThresholds;
  readonly #byMetric = new Map<string, Pair>();

  constructor(given: GivenThresholds) {
    this.#given = given;
    for (const [metric, warning] of given.warnings) this.set({ warning }, metric);
    for (const [metric, critical] of given.criticals) this.set({ critical }, metric);
  }

  /** Sets what holds unless the command line says otherwise. Without a metric it is for all others. */
  set(defaults: Pair, metric = DEFAULT): void {
    const { warning, critical, warnings, criticals } = this.#given;
    if (metric === DEFAULT) {
      const forAll = { warning: warning ?? defaults.warning, critical: critical ?? defaults.critical };
      this.#byMetric.set(metric, { warning: forAll.warning ?? "0", critical: forAll.critical ?? "0" });
      return;
    }
    this.#byMetric.set(metric, {
      warning: warnings.get(metric) ?? warning ?? defaults.warning,
      critical: criticals.get(metric) ?? critical ?? defaults.critical,
    });
  }

  /** Sets what holds whatever the command line says. */
  force({ warning, critical }: Pair, metric: string): void {
    this.#byMetric.set(metric, { warning: warning || "0", critical: critical || "0" });
  }

  get(metric = DEFAULT): Pair {
    return this.#byMetric.get(metric) ?? {};
  }

  /** What perfdata shows. */
  shown(label: string): Pair {
    const own = this.#byMetric.get(label);
    const others = this.#byMetric.get(DEFAULT);
    return { warning: own?.warning ?? others?.warning, critical: own?.critical ?? others?.critical };
  }

  check(value: number, metric = DEFAULT): State {
    const { warning, critical } = this.get(metric);
    if (isOutside(value, critical)) return CRITICAL;
    return isOutside(value, warning) ? WARNING : OK;
  }
}

const NUMBER = "([-+]?[0-9]*\\.?[0-9]+)";

/** The forms of a range, and when a value raises an alarm. Any other text raises none. */
const FORMS: readonly [RegExp, (value: number, from: number, to: number) => boolean][] = [
  [new RegExp(`^${NUMBER}\n?$`), (value, to) => value > to || value < 0],
  [new RegExp(`^${NUMBER}:\n?$`), (value, from) => value < from],
  [new RegExp(`^~:${NUMBER}\n?$`), (value, to) => value > to],
  [new RegExp(`^${NUMBER}:${NUMBER}\n?$`), (value, from, to) => value < from || value > to],
  [new RegExp(`^@${NUMBER}:${NUMBER}\n?$`), (value, from, to) => value >= from && value <= to],
];

function isOutside(value: number, range: string | undefined): boolean {
  if (range === undefined) return false;
  for (const [form, raisesAlarm] of FORMS) {
    const read = form.exec(range);
    if (read) return raisesAlarm(value, toNumber(read[1] ?? ""), toNumber(read[2] ?? ""));
  }
  return false;
}
