import { quote } from "../quote.ts";
import { type Kind, type ReadValue, substituted, type WrittenValue } from "./kind.ts";

/** One of `words`. A key of `replaced` is understood too, and means the word it maps to. */
export function choice<const Word extends string>(
  words: readonly [Word, ...Word[]],
  replaced: Readonly<Record<string, Word>> = {},
): Kind<Word> {
  const read = ({ key, text }: WrittenValue): ReadValue<Word> => {
    const asked = text.toLowerCase();
    const word = words.find((known) => known === asked);
    if (word !== undefined) return { value: word, remarks: [] };
    const substitute = replaced[asked];
    if (substitute !== undefined)
      return substituted(substitute, `${key}=${asked} is the same as ${substitute} here`);
    return substituted(
      words[0],
      `${key}: ${quote(text)} is unknown, using ${words[0]}`,
      `use one of ${words.join(", ")}`,
    );
  };
  return { name: words.join(", "), isText: true, read, render: (word) => word };
}

const NATIVE_MODE = choice(["off", "on", "shadow"]);
const YES_OR_NO: Readonly<Record<string, string>> = {
  yes: "on",
  true: "on",
  1: "on",
  no: "off",
  false: "off",
  0: "off",
};

/** A choice that can be written as a flag too. An unknown word means off: then the plugins answer. */
export const nativeMode: Kind<"off" | "on" | "shadow"> = {
  ...NATIVE_MODE,
  bare: "on",
  read: (written, before) =>
    NATIVE_MODE.read({ ...written, text: YES_OR_NO[written.text.toLowerCase()] ?? written.text }, before),
};
