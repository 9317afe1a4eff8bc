import { CheckDeclined } from "../../../sdk/index.ts";
import { atoi } from "../../libc/number.ts";
import { showPosition } from "./error-position.ts";

/** The fields of an error or a notice that libpq shows. Texts are byte strings. */
export interface ServerMessage {
  readonly severity: string;
  /** The SQLSTATE. */
  readonly code: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  /** The place in the query, and in the query of a function. */
  readonly position?: string | undefined;
  readonly internalPosition?: string | undefined;
  readonly internalQuery?: string | undefined;
  readonly where?: string | undefined;
}

/**
 * What libpq makes of an error, as `pqBuildErrorMessage3` does with the default verbosity.
 *
 * @param query undefined while there is none, as at the login
 */
export function renderError(error: ServerMessage, query?: string): string {
  return `${renderBegin(error, query)}${field("CONTEXT", error.where)}`;
}

/** The same for a notice, which libpq prints to stderr. */
export function renderNotice(notice: ServerMessage): string {
  // Whether libpq knows the query of a notice depends on its version.
  if (notice.position !== undefined) throw new CheckDeclined("a notice about a place in a query");
  return renderBegin(notice, undefined);
}

function renderBegin(error: ServerMessage, query: string | undefined): string {
  const { severity, message, detail, hint, internalQuery } = error;
  const place = findPlace(error, query);
  const head = `${severity}:  ${message}${place.suffix}\n`;
  return `${head}${place.lines}${field("DETAIL", detail)}${field("HINT", hint)}${field("QUERY", internalQuery)}`;
}

function findPlace({ position, internalPosition, internalQuery }: ServerMessage, query: string | undefined) {
  const [at, text] = position === undefined ? [internalPosition, internalQuery] : [position, query];
  if (at === undefined) return { suffix: "", lines: "" };
  if (text === undefined) return { suffix: ` at character ${at}`, lines: "" };
  if (!isAscii(text)) throw new CheckDeclined("an error at a place in a query that is not ASCII");
  return { suffix: "", lines: showPosition(text, atoi(at)) };
}

function field(name: string, value: string | undefined): string {
  return value === undefined ? "" : `${name}:  ${value}\n`;
}

/** Texts of other characters depend on encodings. */
export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
