import { CheckFailure, CRITICAL } from "../../sdk/index.ts";

/** Starts a watch. It gives the seconds since then in whole microseconds, as the plugins count them. */
export function stopwatch(): () => number {
  const begin = performance.now();
  return () => Math.trunc((performance.now() - begin) * 1_000) / 1_000_000;
}

/**
 * Makes the `onTimeout` of a plugin's `-t`. A plugin prints this line when its alarm goes off, after the
 * texts it has printed before.
 */
export function socketTimeout(seconds: number, printed: readonly string[] = []): () => CheckFailure {
  const text = `CRITICAL - Socket timeout after ${seconds} seconds`;
  return () => new CheckFailure(`${printed.join("")}${text}`, CRITICAL);
}
