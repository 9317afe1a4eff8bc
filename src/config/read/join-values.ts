import { createOptionFinder } from "../find-option.ts";
import type { ConfigOption } from "../option.ts";
import { optionWords } from "./info-request.ts";

/**
 * `--host web1` and `-m text` as one word each, `--host=web1`. The C tools know only that form, the Go tools
 * both for some options. A word that begins with a dash and a letter is the next option.
 */
export function joinValues(argv: readonly string[], options: readonly ConfigOption[]): readonly string[] {
  const { find } = createOptionFinder(options);
  const needsValue = (word: string) => {
    const option = word.startsWith("-") ? find(word.replace(/^-+/, "")) : undefined;
    return option !== undefined && option.kind.bare === undefined;
  };
  const words = optionWords(argv);
  const joined: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const next = words[at + 1];
    const takesNext = next !== undefined && !/^--?[a-z]/i.test(next) && needsValue(word);
    joined.push(takesNext ? `${word}=${next}` : word);
    if (takesNext) at += 1;
  }
  return [...joined, ...argv.slice(words.length)];
}
