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
