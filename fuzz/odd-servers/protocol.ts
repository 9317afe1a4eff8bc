import type { Check } from "../../sdk/index.ts";
import type { NormalRule } from "../../test/plugins/oracle.ts";
import type { Random } from "../engine/random.ts";

/** What a server says without a pause. It is always the same, or made anew for each server. */
export type Message = Buffer | ((random: Random) => Buffer);

/** What a real server says to a command line. */
export interface Dialogue {
  readonly check: Check;
  /** Words of the command line. `PORT` stands for the port of the server. */
  readonly words: readonly string[];
  /** The messages of each turn. The server has a turn when it has heard a request. */
  readonly turns: readonly (readonly Message[])[];
}

/** A protocol of servers, of which odd ones are made. */
export interface Protocol {
  readonly name: string;
  readonly dialogues: readonly Dialogue[];
  /** Messages that belong to other turns, other servers or no server at all. */
  readonly others: readonly Message[];
  /** Words that mean something in the protocol. */
  readonly tokens: readonly string[];
  /** True: the server has its first turn when a client connects. */
  readonly greets?: boolean;
  /** How many bytes the first request has. 0: it is not complete. The default takes what has come for one. */
  readonly sizeOf?: (heard: Buffer) => number;
  /** Gives a message that was changed the length and the sum that belong to it. */
  readonly mend?: (message: Buffer) => Buffer;
  /** Numbers the messages of a turn, where the protocol does so. */
  readonly number?: (messages: readonly Buffer[], turn: number) => readonly Buffer[];
  /** True: the plugin has no time-out, so the server hangs up on a client that says nothing for a while. */
  readonly isImpatient?: boolean;
  /** True: the server encrypts. */
  readonly usesTls?: boolean;
  readonly rules?: readonly NormalRule[];
}

/** Messages of these texts, of which each character is a byte. */
export function texts(...all: readonly string[]): readonly Buffer[] {
  return all.map((text) => Buffer.from(text, "latin1"));
}
