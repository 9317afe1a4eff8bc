/** `*` and `?` as ssh has them in Host, SendEnv and known_hosts. */
export function matchesPattern(text: string, pattern: string): boolean {
  if (!/[*?]/.test(pattern)) return text === pattern;
  return compile(pattern).test(text);
}

/** One of the patterns fits, and none of those that begin with `!`. */
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
  // Stars side by side mean one: with more a regular expression would take ages to find that nothing fits.
  const parts = pattern.replace(/\*+/g, "*").split(/([*?])/);
  const source = parts.map((part) => (part === "*" ? ".*" : part === "?" ? "." : RegExp.escape(part)));
  const expression = new RegExp(`^${source.join("")}$`, "s");
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(pattern, expression);
  return expression;
}
