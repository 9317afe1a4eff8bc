/** How letters look, in rows of five dots. */
const LETTERS: Readonly<Record<string, string>> = {
  A: ".###. #...# #...# ##### #...# #...# #...#",
  C: ".#### #.... #.... #.... #.... #.... .####",
  D: "####. #...# #...# #...# #...# #...# ####.",
  H: "#...# #...# #...# ##### #...# #...# #...#",
  I: "##### ..#.. ..#.. ..#.. ..#.. ..#.. #####",
  K: "#...# #..#. #.#.. ##... #.#.. #..#. #...#",
  N: "#...# ##..# ##..# #.#.# #..## #..## #...#",
  O: ".###. #...# #...# #...# #...# #...# .###.",
  R: "####. #...# #...# ####. #.#.. #..#. #...#",
  T: "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
  U: "#...# #...# #...# #...# #...# #...# .###.",
  W: "#...# #...# #...# #.#.# #.#.# ##.## #...#",
  "1": "..#.. .##.. #.#.. ..#.. ..#.. ..#.. #####",
  "7": "##### ....# ...#. ...#. ..#.. ..#.. ..#..",
  "8": ".###. #...# #...# .###. #...# #...# .###.",
};

export const LETTER_WIDTH = 5;
export const LETTER_HEIGHT = 7;

/** Whether there is a dot. Throws for a letter that is not drawn here. */
export function hasDot(letter: string, x: number, y: number): boolean {
  const rows = LETTERS[letter]?.split(" ");
  if (rows === undefined) throw new Error(`no letter ${letter} is drawn`);
  return rows[y]?.[x] === "#";
}
