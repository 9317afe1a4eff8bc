import type { ByteString } from "../../byte-string.ts";
import { type Remark, warning } from "../problem.ts";

/** One value as it was written: the spelling of the key, and the text after `=`. */
export interface WrittenValue {
  readonly key: string;
  readonly text: ByteString;
}

export interface ReadValue<Value> {
  readonly value: Value;
  readonly remarks: readonly Remark[];
}

/** What a shell offers for a value: these words, or what there is on the machine. */
export type Suggestion = readonly string[] | "files" | "folders" | "hosts";

/** JSON Schema (draft-07) of one value. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** How values of one kind are read and shown. Every option has a kind. */
export interface Kind<Value> {
  /** For the documentation: `yes or no`, `whole number`. */
  readonly name: string;
  /** The meaning of a key without `=`. If there is none, such a key needs a value. */
  readonly bare?: ByteString;
  /** The values of several lines add up. */
  readonly isList?: true;
  /** A `#` right after a word is more likely a part of the value than the start of a comment. */
  readonly isText?: true;
  /** A path that must be absolute. On the command line it may begin in the working directory. */
  readonly isPlace?: true;
  /** For the completions of shells. */
  readonly suggests?: Suggestion;
  /** The value is never shown. */
  readonly isSecret?: true;
  /**
   * A value as other programs may hold it before it is written into a file: a yes or no is a boolean, a list
   * is an array. It is strict: what a file is read with a warning for is refused.
   */
  readonly schema: JsonSchema;
  /** `before` is the value of earlier lines. An undefined result means that the option was not given. */
  read(written: WrittenValue, before: Value | undefined): ReadValue<Value | undefined>;
  render(value: Value): string;
}

/** A value that stands in for the written one, with a warning. */
export function substituted<Value>(value: Value, message: string, hint?: string): ReadValue<Value> {
  return { value, remarks: [warning(message, hint)] };
}

/** What can stand in a line of a file: no `#`, which starts a comment, and no white space at its ends. */
export const TEXT_SCHEMA: JsonSchema = {
  type: "string",
  pattern: "^[^#\\s]([^#\\r\\n]*[^#\\s])?$",
};

/** The same without a comma, which would make two of it. */
export const NAME_SCHEMA: JsonSchema = {
  type: "string",
  pattern: '^[^#,"\\\\\\s]([^#,"\\\\\\r\\n]*[^#,"\\\\\\s])?$',
};

export function listSchema(items: JsonSchema): JsonSchema {
  return { type: "array", items, uniqueItems: true };
}
