/** A part of values.schema.json (draft-07). */
export type Schema = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Schema>>;

/** Pieces of the schema. Patterns are in the language of Go's regexp, which has no look-ahead. */
export const BOOLEAN: Schema = { type: "boolean" };
export const STRING: Schema = { type: "string" };
/** An object of Kubernetes, which its API server checks. */
export const ANY_OBJECT: Schema = { type: "object" };
export const OBJECTS: Schema = list(ANY_OBJECT);
export const STRINGS: Schema = list({ type: "string", minLength: 1 });
export const TEXT_MAP: Schema = { type: "object", additionalProperties: STRING };
export const PORT: Schema = { type: "integer", minimum: 1, maximum: 65_535 };
export const PATH: Schema = { type: "string", pattern: "^/.*[^/]$" };

/** A name of an object, or nothing. */
export const OBJECT_NAME: Schema = text("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
export const ENTRY_NAME: Schema = { type: "string", pattern: "^[-._a-zA-Z0-9]+$" };
export const SIZE: Schema = { type: "string", pattern: "^[0-9]+(\\.[0-9]+)?(Ki|Mi|Gi|Ti|k|M|G|T)?$" };
export const PULL_POLICY: Schema = { enum: ["Always", "IfNotPresent", "Never"] };
export const INT_OR_PERCENT: Schema = { type: ["integer", "string"], minimum: 0, pattern: "^[0-9]+%$" };

/** Null takes one away that the defaults have. */
const QUANTITY: Schema = {
  type: ["string", "number", "null"],
  pattern: "^[0-9]+(\\.[0-9]+)?(m|Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$",
  minimum: 0,
};
const QUANTITIES: Schema = { type: "object", additionalProperties: QUANTITY };
export const RESOURCES: Schema = object({ requests: QUANTITIES, limits: QUANTITIES });

const NETWORK = "^([0-9.]+/[0-9]{1,2}|[0-9A-Fa-f:.]+/[0-9]{1,3})$";
export const NETWORKS: Schema = list({ type: "string", pattern: NETWORK });

/** A network as text, or a peer of a NetworkPolicy. */
export const PEERS: Schema = list({
  type: ["string", "object"],
  pattern: NETWORK,
  properties: { ipBlock: ANY_OBJECT, podSelector: ANY_OBJECT, namespaceSelector: ANY_OBJECT },
  additionalProperties: false,
  minProperties: 1,
});

export const PORTS: Schema = list({
  ...object({ port: PORT, endPort: PORT, protocol: { enum: ["TCP", "UDP", "SCTP"] } }),
  required: ["port", "protocol"],
});

/** Entries of a Secret or ConfigMap and their paths in a mount. */
export const ITEMS: Schema = list({
  ...object({ key: ENTRY_NAME, path: STRING, mode: integer(0, 0o777) }),
  required: ["key", "path"],
});

export function object(properties: Properties): Schema {
  return { type: "object", properties, additionalProperties: false };
}

/** Objects of one kind by name. */
export function named(pattern: string, value: Schema): Schema {
  return { type: "object", propertyNames: { pattern }, additionalProperties: value };
}

export function list(items: Schema): Schema {
  return { type: "array", items };
}

export function integer(minimum: number, maximum?: number): Schema {
  return { type: "integer", minimum, ...(maximum !== undefined && { maximum }) };
}

export function choice(...words: readonly string[]): Schema {
  return { enum: words };
}

/** A text that may be empty. */
export function text(pattern: string): Schema {
  return { type: "string", pattern: `^(${pattern})?$` };
}
