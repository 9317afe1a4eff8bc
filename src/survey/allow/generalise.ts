import type { ByteString } from "../../byte-string.ts";
import { MACRO, type Sample, type SampleWord } from "./sample.ts";
import { headOf, toPattern } from "./word-pattern.ts";

/** A line of restrict_allow, and how many of the samples it was made of. */
export interface AllowLine {
  readonly words: readonly ByteString[];
  readonly checks: number;
}

/**
 * Makes a line for each shape of command: a program, its options, and the places of their values. What
 * differs from check to check, or came of a macro, becomes a pattern.
 */
export function generalise(samples: readonly Sample[]): readonly AllowLine[] {
  const shapes = [...Map.groupBy(samples, shapeOf).values()];
  const lines = shapes.map((alike) => ({ words: wordsFor(alike), checks: alike.length }));
  const same = Map.groupBy(lines, ({ words }) => words.join(" "));
  return [...same.values()].map((group) => ({
    words: group[0]?.words ?? [],
    checks: group.reduce((sum, { checks }) => sum + checks, 0),
  }));
}

function wordsFor(alike: readonly Sample[]): readonly ByteString[] {
  const [first = []] = alike;
  return first.map(({ text }, at) => {
    if (at === 0) return text;
    return toPattern(alike.flatMap((sample) => sample[at] ?? []));
  });
}

function shapeOf(sample: Sample): string {
  return JSON.stringify(sample.map((word, at) => keyOf(word, at, sample)));
}

/** The part of a word that must be the same in all commands of a shape. */
function keyOf(word: SampleWord, at: number, sample: Sample): ByteString {
  if (at === 0) return word.text;
  if (word.secret !== undefined) return headOf(word.text);
  if (isCommand(word, at, sample)) return `=${word.text}`;
  return headOf(word.text);
}

const PROGRAM = /^\/.*\/(?:check_|[^/]*\.(?:pl|py|sh|rb)$)/;
/** Programs whose option `-C` or `-c` says what another machine is to run. */
const REMOTE = /(?:^|\/)check_(?:by_ssh|nrpe)$/;

/** What is run by the command is never made a pattern, unless it came of a macro. */
function isCommand({ text, written = text }: SampleWord, at: number, sample: Sample): boolean {
  if (written.includes(MACRO)) return false;
  if (PROGRAM.test(text)) return true;
  const [program] = sample;
  const before = sample[at - 1]?.text ?? "";
  return REMOTE.test(program?.text ?? "") && /^(?:-[Cc]|--command)$/.test(before);
}
