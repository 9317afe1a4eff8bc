/** Seconds since now, in whole microseconds as the plugins count them. */
export function stopwatch(): () => number {
  const begin = performance.now();
  return () => Math.trunc((performance.now() - begin) * 1_000) / 1_000_000;
}
