export interface BackOff {
  readonly firstMs: number;
  readonly atMostMs: number;
}

/**
 * How long to wait before the next attempt, after `failures` (1 or more) in a row. The time doubles with each
 * failure. Half of it is random, so that a thousand workers do not come back in the same millisecond.
 */
export function retryAfterMs(failures: number, { firstMs, atMostMs }: BackOff, random = Math.random): number {
  const full = Math.min(atMostMs, firstMs * 2 ** (failures - 1));
  return full * (0.5 + random() / 2);
}
