/**
 * What an error says. If a host has several addresses, as `localhost` has for IPv4 and IPv6, and none of them
 * answers, Node.js gives an AggregateError without a text.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== "") return error.message;
  if (error instanceof AggregateError) return [...new Set(error.errors.map(errorText))].join("; ");
  return "code" in error ? String(error.code) : error.name;
}

/** The name of the system's error, as `ENOENT`. Undefined: it has none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
