/** Whether a name fits a pattern, in which `*` is anything and `?` one character. Case does not matter. */
export function matchesPattern(name: string, pattern: string): boolean {
  const [text, wanted] = [name.toLowerCase(), pattern.toLowerCase()];
  let [at, next] = [0, 0];
  let [star, retry] = [-1, 0];
  while (at < text.length) {
    const sign = wanted[next];
    if (sign === "*") {
      star = next;
      retry = at;
      next += 1;
    } else if (sign === "?" || (sign !== undefined && sign === text[at])) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      retry += 1;
      at = retry;
      next = star + 1;
    } else return false;
  }
  return /^\**$/.test(wanted.slice(next));
}
