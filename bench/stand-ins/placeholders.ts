/** `{name}` → its value. A name without a value is left as it is. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}

/** The first `{name}` left in a text. */
export function unfilled(text: string): string | undefined {
  return /\{(\w+)\}/.exec(text)?.[1];
}
