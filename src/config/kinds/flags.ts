import { error, type Remark, warning } from "../problem.ts";
import { quote } from "../quote.ts";
import type { Kind, ReadValue, WrittenValue } from "./kind.ts";

const YES = new Set(["yes", "on", "true", "1"]);
const NO = new Set(["no", "off", "false", "0"]);
const YES_OR_NO = "write yes or no";

/** An unknown word means yes, as in the C worker. */
export const flag: Kind<boolean> = yesOrNo("yes or no", ({ key, text }) =>
  warning(`${key}: ${quote(text)} is neither yes nor no, taken as yes`, YES_OR_NO),
);

/** For flags that decide on the secrecy or the correctness of results: an unknown word is an error. */
export const strictFlag: Kind<boolean> = yesOrNo("yes or no, strict", ({ key, text }) =>
  error(`${key}: ${quote(text)} is neither yes nor no`, YES_OR_NO),
);

function yesOrNo(name: string, complain: (written: WrittenValue) => Remark): Kind<boolean> {
  const read = (written: WrittenValue): ReadValue<boolean> => {
    const word = written.text.toLowerCase();
    const isKnown = YES.has(word) || NO.has(word);
    return { value: !NO.has(word), remarks: isKnown ? [] : [complain(written)] };
  };
  return {
    name,
    bare: "yes",
    suggests: ["yes", "no"],
    schema: { type: "boolean" },
    read,
    render: (value) => (value ? "yes" : "no"),
  };
}
