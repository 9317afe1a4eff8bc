/** Stands for a command whose name cannot be told. */
export const OTHER_CHECK = "other";

/** So many first words are kept, of this length at most: a site has a few dozens. */
const MAX_WORDS = 1_000;
const MAX_LENGTH = 500;

const names = new Map<string, string>();
let lastLine = "";
let lastName = OTHER_CHECK;

/**
 * The file name of the first word. An assignment in front of a command may hold a password. All listeners of
 * one job ask one after the other, so the last answer is kept.
 */
export function checkName(commandLine: string): string {
  if (commandLine !== lastLine) {
    const end = commandLine.indexOf(" ");
    lastName = nameOf(end < 0 ? commandLine : commandLine.slice(0, end));
    lastLine = commandLine;
  }
  return lastName;
}

function nameOf(word: string): string {
  const known = names.get(word);
  if (known !== undefined) return known;
  // A part of a string keeps all of it in memory, and a command line may be long. So a copy is kept.
  const copy = Buffer.from(word, "latin1").toString("latin1");
  const name = readName(copy);
  if (name === OTHER_CHECK || copy.length > MAX_LENGTH) return name;
  if (names.size >= MAX_WORDS) names.clear();
  names.set(copy, name);
  return name;
}

function readName(word: string): string {
  const name = word.slice(word.lastIndexOf("/") + 1);
  return /^\w[\w.+-]{0,63}$/.test(name) && !word.includes("=") ? name : OTHER_CHECK;
}
