/** A value of a reply, by the names on the way to it. Undefined: there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const name of path) found = (Object(found) as Readonly<Record<string | number, unknown>>)[name];
  return found;
}

/** The elements of a list. Anything else has none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text of a reply; a number stands for its digits. Nothing, a list or an object is the empty text. */
export function textOf(value: unknown): string {
  return isPlain(value) ? String(value) : "";
}

/** A number of a reply, or a text with its digits. Anything else is NaN. */
export function numberOf(value: unknown): number {
  return isPlain(value) ? Number(value) : Number.NaN;
}

/** An object of a reply may have a `toString` that is no function: it cannot even become a text. */
function isPlain(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}
