/**
 * Compares a text with a pattern. `*` and `?` mean what they mean to ssh in Host, SendEnv and known_hosts.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  if (!/[*?]/.test(pattern)) return text === pattern;
  return compile(pattern).test(text);
}

/** Whether one of the patterns matches, and no pattern after a `!` does. */
export function matchesAny(text: string, patterns: readonly string[]): boolean {
  const isNegative = (pattern: string) => pattern.startsWith("!");
  if (patterns.some((pattern) => isNegative(pattern) && matchesPattern(text, pattern.slice(1)))) return false;
  return patterns.some((pattern) => !isNegative(pattern) && matchesPattern(text, pattern));
}

const compiled = new Map<string, RegExp>();
const MAX_COMPILED = 1_000;

function compile(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  // Several stars in a row mean one star. Kept apart they would make the regular expression very slow.
  const parts = pattern.replace(/\*+/g, "*").split(/([*?])/);
  const source = parts.map((part) => (part === "*" ? ".*" : part === "?" ? "." : RegExp.escape(part)));
  const expression = new RegExp(`^${source.join("")}$`, "s");
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(pattern, expression);
  return expression;
}
