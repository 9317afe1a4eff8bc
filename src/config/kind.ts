import type { ByteString } from "../byte-string.ts";
import type { Remark } from "./problem.ts";

/** One value as it was written: under which spelling of the key, and the text after `=`. */
export interface Given {
  readonly key: string;
  readonly text: ByteString;
}

export interface Reading<Value> {
  readonly value: Value;
  readonly remarks: readonly Remark[];
}

/** How values of one sort are read and shown. Every option has one; `readers.ts` makes them. */
export interface Kind<Value> {
  /** For the documentation: `yes or no`, `whole number`. */
  readonly name: string;
  /** What a key without `=` means; without it such a key needs a value. */
  readonly bare?: ByteString;
  /** Values of several lines add up. */
  readonly isList?: true;
  /** A `#` in the value is more likely meant than a comment. */
  readonly isText?: true;
  /** Never to be shown. */
  readonly isSecret?: true;
  /** `before` is what earlier lines gave; an undefined value means: as if not given. */
  read(given: Given, before: Value | undefined): Reading<Value>;
  render(value: Value): string;
}
