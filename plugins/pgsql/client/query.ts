import type { ServerMessage } from "../libpq/server-error.ts";

/** The last result of a query, as `PQexec` gives it. A text is UTF-8, as the driver has read it. */
export type QueryResult =
  | {
      readonly kind: "rows";
      readonly rows: number;
      readonly columns: number;
      readonly first: string | undefined;
    }
  /** A command without rows, an empty query, or COPY. */
  | { readonly kind: "none" }
  | { readonly kind: "error"; readonly error: ServerMessage };

interface RowDescription {
  readonly fields: readonly unknown[];
}

interface DataRow {
  readonly fields: readonly (string | null)[];
}

/**
 * A query for the driver's queue, which calls these methods. It keeps no row but the first, and of several
 * results only the last.
 */
export class PlainQuery {
  result: QueryResult = { kind: "none" };
  readonly #texts: readonly string[];
  #columns: number | undefined;
  #rows = 0;
  #first: string | undefined;

  /** @param texts what is sent when it is the query's turn: nothing, if another one has sent it before */
  constructor(...texts: readonly string[]) {
    this.#texts = texts;
  }

  submit(connection: { query(text: string): void }): void {
    for (const text of this.#texts) connection.query(text);
  }

  handleRowDescription({ fields }: RowDescription): void {
    this.#columns = fields.length;
    this.#rows = 0;
    this.#first = undefined;
  }

  handleDataRow({ fields: [first] }: DataRow): void {
    if (this.#rows === 0) this.#first = first ?? undefined;
    this.#rows += 1;
  }

  handleCommandComplete(): void {
    const [columns, rows, first] = [this.#columns, this.#rows, this.#first];
    this.#columns = undefined;
    this.result = columns === undefined ? { kind: "none" } : { kind: "rows", rows, columns, first };
  }

  handleEmptyQuery(): void {
    this.result = { kind: "none" };
  }

  handleError(error: Error & ServerMessage): void {
    this.result = { kind: "error", error };
  }

  // The session waits for the events of the connection itself.
  handleReadyForQuery(): void {}
  handlePortalSuspended(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}
}
