import type { ByteString } from "../../byte-string.ts";

/** They read a word of their command line as a line of a shell, or of another language. */
const READERS = new Set(
  (
    "awk check_by_ssh csh doas eval expect fish gawk mawk parallel pkexec pssh remsh rsh runuser script sed sg " +
    "ssh su tcsh trap urlize watch xargs"
  ).split(" "),
);
/** They do so with an option, or if no file follows. */
const SHELL = /^(?:(?:a|ba|da|k|lk|mk|o|pok|po|ya|z)?sh|busybox|ksh93)$/;
const INTERPRETER = /^(?:lua|luajit|node|nodejs|perl|php|pypy|python|Rscript|ruby|tclsh)[0-9.]*$/;

const PLAIN = /^[A-Za-z0-9_/.,:@%+=-]+$/;

/** Whether no shell and no language gives a meaning to a character of it. */
export function isPlain(secret: ByteString): boolean {
  return PLAIN.test(secret);
}

/** A program of the line that may read words a second time, so that quotes do not protect them. */
export function findSecondReader(line: ByteString): string | undefined {
  const words = line.split(/[\s'"`();&|\\]+/).filter((word) => word !== "");
  for (const [at, path] of words.entries()) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (READERS.has(name)) return name;
    if ((SHELL.test(name) || INTERPRETER.test(name)) && readsWords(words, at + 1)) return name;
    if (name === "env" && /^-[a-z]*S|^--split/.test(words[at + 1] ?? "")) return name;
  }
  return undefined;
}

/** A script is read from its file, and its words stay words. `from` is the place behind the program. */
function readsWords(words: readonly ByteString[], from: number): boolean {
  for (let at = from; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (!word.startsWith("-")) return !/[/.]/.test(word);
    if (/^-[A-Za-z]*[cEeprn]/.test(word)) return true;
  }
  return true;
}
