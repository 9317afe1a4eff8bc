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
  return {
    name: words.join(", "),
    isText: true,
    suggests: words,
    schema: { enum: inYaml(words) },
    read,
    render: (word) => word,
  };
}

/** YAML reads on and off as true and false. */
function inYaml(words: readonly string[]): readonly (string | boolean)[] {
  const flags = [...(words.includes("off") ? [false] : []), ...(words.includes("on") ? [true] : [])];
  return [...words, ...flags];
}

const YES_OR_NO: Readonly<Record<string, string>> = {
  yes: "on",
  true: "on",
  1: "on",
  no: "off",
  false: "off",
  0: "off",
};

/** An unknown word means off: then the plugins answer. */
export const nativeMode = orFlag(choice(["off", "on", "shadow"]));

/** An unknown word means off: then nobody sees what is not meant for everybody. */
export const pageMode = orFlag(choice(["off", "on", "auto"]));

/** A choice that can be written as a flag, too. */
function orFlag<Word extends string>(kind: Kind<Word>): Kind<Word> {
  return {
    ...kind,
    bare: "on",
    read: (written, before) =>
      kind.read({ ...written, text: YES_OR_NO[written.text.toLowerCase()] ?? written.text }, before),
  };
}
