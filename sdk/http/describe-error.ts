import { errnoText } from "../../plugins/libc/errno.ts";

/** An error of the connection in words for people, without what was sent. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `${error}`;
  if (error instanceof AggregateError && error.errors.length > 0) return describeError(error.errors.at(-1));
  const code = "code" in error ? `${error.code}` : "";
  if (code.startsWith("HPE_")) return "the answer is no HTTP";
  if (/^E[A-Z0-9]+$/.test(code) && !code.startsWith("ERR_")) return lowerFirst(errnoText(code));
  return lowerFirst(error.message);
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
