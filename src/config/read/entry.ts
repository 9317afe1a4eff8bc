import { type ByteString, trim } from "../../byte-string.ts";
import type { Origin } from "../problem.ts";

/** One line of a configuration, not yet matched with an option. */
export interface ConfigEntry {
  /** Lower case, without leading dashes. */
  readonly key: string;
  /** Undefined: the key stood alone, without `=`. */
  readonly text: ByteString | undefined;
  readonly origin: Origin;
  /** A `#` right after a word ended the line: perhaps it belonged to the value. */
  readonly isCut: boolean;
}

/** `key = value`, `key`, and both with any number of dashes in front. */
export function readEntry(line: ByteString, origin: Origin, isCut = false): ConfigEntry {
  const equals = line.indexOf("=");
  const keyText = equals < 0 ? line : line.slice(0, equals);
  const key = trim(trim(keyText).toLowerCase().replace(/^-+/, ""));
  return { key, text: equals < 0 ? undefined : trim(line.slice(equals + 1)), origin, isCut };
}
