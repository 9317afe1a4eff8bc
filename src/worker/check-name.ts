/** Stands for a command whose name cannot be told. */
export const OTHER_CHECK = "other";

let lastLine = "";
let lastName = OTHER_CHECK;

/**
 * The file name of the first word. An assignment in front of a command may hold a password. All listeners of
 * one job ask one after the other, so the last answer is kept.
 */
export function checkName(commandLine: string): string {
  if (commandLine !== lastLine) {
    lastName = readName(commandLine);
    lastLine = commandLine;
  }
  return lastName;
}

function readName(commandLine: string): string {
  const end = commandLine.indexOf(" ");
  const word = end < 0 ? commandLine : commandLine.slice(0, end);
  const name = word.slice(word.lastIndexOf("/") + 1);
  return /^\w[\w.+-]{0,63}$/.test(name) && !word.includes("=") ? name : OTHER_CHECK;
}
