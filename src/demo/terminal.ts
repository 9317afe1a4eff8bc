import { END_KEYS, openScreen, type Terminal } from "../terminal.ts";
import { type Picture, renderScreen } from "./screen.ts";

export interface TerminalShow {
  readonly redraw: () => void;
  /** Leaves the terminal as it was. */
  readonly end: () => void;
}

/** Rows of the screen that a page does not move by. */
const KEPT_ROWS = 10;

type Move = (from: number, page: number) => number;

const KEYS: Readonly<Record<string, Move>> = {
  "\x1b[A": (from) => from - 1,
  k: (from) => from - 1,
  "\x1b[B": (from) => from + 1,
  j: (from) => from + 1,
  "\x1b[5~": (from, page) => from - page,
  "\x1b[6~": (from, page) => from + page,
  " ": (from, page) => from + page,
  "\x1b[H": () => 0,
  "\x1b[F": () => Number.MAX_SAFE_INTEGER,
};

/** Draws pictures on the alternate screen. Keys scroll; `onEnd` is called when one asks for the end. */
export function showOnTerminal(terminal: Terminal, look: () => Picture, onEnd: () => void): TerminalShow {
  const { size } = terminal;
  let from = 0;
  const redraw = () => {
    const { columns, rows } = size();
    const picture = look();
    from = Math.min(from, Math.max(0, picture.states.length - 1));
    screen.draw(`${renderScreen(picture, { columns, rows, hasColours: true, from })}\n`);
  };
  const screen = openScreen(terminal, (key) => {
    if (END_KEYS.includes(key)) onEnd();
    const move = KEYS[key];
    if (move === undefined) return;
    from = Math.max(0, move(from, Math.max(1, size().rows - KEPT_ROWS)));
    redraw();
  });
  return { redraw, end: screen.end };
}
