/**
 * The text without these characters at its end. A regular expression would read a long row of them again from
 * each of them on, so that a server's line of a megabyte of blanks would hold up the worker for hours.
 */
export function trimEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
