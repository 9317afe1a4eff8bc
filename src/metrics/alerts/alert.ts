/**
 * An alert of Prometheus. Texts may name labels and the value in Prometheus' way, `{{ $labels.queue }}`; a
 * runbook has them without.
 */
export interface Alert {
  readonly name: string;
  /**
   * critical: checks are not run, results are lost, or people are not told. warning: soon, or some of them.
   * info: to be known.
   */
  readonly severity: "critical" | "warning" | "info";
  /** PromQL, in lines. */
  readonly when: readonly string[];
  /** How long this must be so, as Prometheus writes it; absent: at once. */
  readonly during?: string;
  readonly summary: string;
  readonly description: string;
  readonly action: string;
}

/** The alerts of one group of rules. */
export interface AlertGroup {
  readonly name: string;
  readonly alerts: readonly Alert[];
}
