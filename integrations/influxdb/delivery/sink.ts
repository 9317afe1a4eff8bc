import type { ByteString } from "../../../src/byte-string.ts";
import type { Ticket } from "./ticket.ts";

/** A place that records go to. Each keeps the tickets of what it has not delivered. */
export interface Sink {
  readonly name: string;
  /** It can deliver nothing, and has no more room on the disk: no more jobs are to be taken. */
  readonly isStuck: boolean;
  add(text: ByteString, lines: number, ticket: Ticket): void;
  /** Delivers what it has, or puts it into the spool. Resolves when that is done, or the signal ends it. */
  end(signal: AbortSignal): Promise<void>;
}
