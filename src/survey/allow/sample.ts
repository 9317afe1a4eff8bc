import type { ByteString } from "../../byte-string.ts";
import { type CommandLine, readCommandLine } from "../../run/routing/command-line.ts";
import { type FindMarks, maskWords } from "../../run/secrets.ts";
import type { CheckOfSite } from "../macros/expand-check.ts";
import { expandCheck } from "../macros/expand-check.ts";
import type { Site } from "../site/site.ts";

/** Stands where a macro was. No command line of a core has it. */
export const MACRO = "\x01";
/** Where a host's name or address was. */
export const HOST_MACRO = `${MACRO}${MACRO}`;

/** A word of one check's command. */
export interface SampleWord {
  readonly text: ByteString;
  /** The same with `MACRO` in place of each macro. Undefined: it is not known what came of macros. */
  readonly written: ByteString | undefined;
  /** Its part that is a secret, which no pattern may show. Undefined: it has none. */
  readonly secret: ByteString | undefined;
}

/** The words of one check's command, the program first. */
export type Sample = readonly SampleWord[];

export interface Sampling {
  readonly site: Site;
  readonly find: FindMarks;
}

/** The words of a check's own command. Undefined: it is more than a program and its arguments. */
export function sampleCheck(check: CheckOfSite, { site, find }: Sampling): Sample | undefined {
  const words = wordsOf(expandCheck(check, site)?.commandLine);
  if (words === undefined) return undefined;
  const line = expandCheck(check, site, (macro) => isVariable(macro, site))?.commandLine;
  const written = wordsOf(line?.replace(MACROS, placeFor));
  return toSample(words, written?.length === words.length ? written : undefined, find);
}

/** The words of a command that the command `outer` runs: a part of its words. */
export function sampleNested(
  line: ByteString,
  outer: Sample | undefined,
  find: FindMarks,
): Sample | undefined {
  const words = wordsOf(line);
  if (words === undefined) return undefined;
  const start =
    outer?.findIndex((_, at) => words.every((word, index) => outer[at + index]?.text === word)) ?? -1;
  const part = outer?.slice(start, start + words.length).flatMap(({ written }) => written ?? []);
  return toSample(words, start >= 0 && part?.length === words.length ? part : undefined, find);
}

function toSample(
  words: readonly ByteString[],
  written: readonly ByteString[] | undefined,
  find: FindMarks,
): Sample {
  const { words: masked, secrets } = maskWords(words, find);
  return words.map((text, at) => ({
    text,
    written: written?.[at],
    secret: masked[at] === text ? undefined : (secrets.find((secret) => text.includes(secret)) ?? text),
  }));
}

const MACROS = /\$(?!SECRET:)[A-Z_][A-Z0-9_]*(?::[^$\s]*)?\$/g;

function placeFor(macro: string): string {
  return /^\$HOST(?:NAME|ADDRESS6?|ALIAS|DISPLAYNAME)[:$]/.test(macro) ? HOST_MACRO : MACRO;
}

/** Arguments are a part of the check, and a path of resource.cfg is the same for all. */
function isVariable(macro: string, { users }: Site): boolean {
  const user = /^USER([0-9]+)$/.exec(macro)?.[1];
  if (user !== undefined) return users.get(Number(user))?.startsWith("/") === false;
  return !macro.startsWith("ARG") && !macro.startsWith("SECRET:");
}

function wordsOf(line: ByteString | undefined): readonly ByteString[] | undefined {
  if (line === undefined) return undefined;
  const read: CommandLine = readCommandLine(line, true);
  const plain = read.kind === "needs-shell" ? read.bare : read;
  return plain?.kind === "words" && plain.assignments.length === 0 ? plain.words : undefined;
}
