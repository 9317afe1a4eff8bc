import type { Picture } from "./screen.ts";
import { renderScreen } from "./screen.ts";

/** The terminal of the process, or a test's own. */
export interface Terminal {
  readonly write: (text: string) => void;
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Keys are read where this is a terminal. */
  readonly input: NodeJS.ReadStream;
}

export interface TerminalShow {
  readonly redraw: () => void;
  /** Leaves the terminal as it was. */
  readonly end: () => void;
}

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME_AND_CLEAR = "\x1b[H\x1b[2J";
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
/** q, Ctrl-C (no signal comes in raw mode), Ctrl-D. */
const END_KEYS = ["q", "\x03", "\x04"];

/** Draws pictures on the alternate screen. Keys scroll; `onEnd` is called when one asks for the end. */
export function showOnTerminal(terminal: Terminal, look: () => Picture, onEnd: () => void): TerminalShow {
  const { input, write, size } = terminal;
  let from = 0;
  const redraw = () => {
    const { columns, rows } = size();
    const picture = look();
    from = Math.min(from, Math.max(0, picture.states.length - 1));
    write(`${HOME_AND_CLEAR}${renderScreen(picture, { columns, rows, hasColours: true, from })}\n`);
  };
  const onKey = (key: string) => {
    if (END_KEYS.includes(key)) onEnd();
    const move = KEYS[key];
    if (move === undefined) return;
    from = Math.max(0, move(from, Math.max(1, size().rows - KEPT_ROWS)));
    redraw();
  };
  write(ENTER);
  if (input.isTTY) {
    input.setRawMode(true);
    input.setEncoding("utf8").on("data", onKey);
  }
  return {
    redraw,
    end: () => {
      if (input.isTTY) {
        input.off("data", onKey).setRawMode(false);
        input.pause();
      }
      write(LEAVE);
    },
  };
}
