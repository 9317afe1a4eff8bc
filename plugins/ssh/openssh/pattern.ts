/**
 * Compares a text with a pattern. `*` and `?` mean what they mean to ssh in Host, SendEnv and known_hosts.
 *
 * Only the last star is tried again, as it can take what the stars before it could. A regular expression
 * would try them all, which takes years for a pattern of a dozen stars.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  let [at, from] = [0, 0];
  let star: { readonly behind: number; readonly from: number } | undefined;
  while (from < text.length) {
    const wanted = pattern[at];
    if (wanted === "*") {
      at += 1;
      star = { behind: at, from };
    } else if (wanted === "?" || wanted === text[from]) {
      at += 1;
      from += 1;
    } else if (star !== undefined) {
      star = { ...star, from: star.from + 1 };
      at = star.behind;
      from = star.from;
    } else return false;
  }
  while (pattern[at] === "*") at += 1;
  return at === pattern.length;
}

/** Whether one of the patterns matches, and no pattern after a `!` does. */
export function matchesAny(text: string, patterns: readonly string[]): boolean {
  const isNegative = (pattern: string) => pattern.startsWith("!");
  if (patterns.some((pattern) => isNegative(pattern) && matchesPattern(text, pattern.slice(1)))) return false;
  return patterns.some((pattern) => !isNegative(pattern) && matchesPattern(text, pattern));
}
