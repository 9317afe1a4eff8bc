/** What a reply has, before it is known to be so. */
export type Fields = Readonly<Record<string, unknown>>;

/** Anything that is no object has no fields. */
export function fieldsOf(value: unknown): Fields {
  return Object(value) as Fields;
}

export function integerOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) ? value : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Anything else than a list is an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
