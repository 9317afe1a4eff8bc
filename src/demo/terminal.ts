import { END_KEYS, openScreen, type Terminal } from "../terminal.ts";
import type { Picture } from "./picture.ts";
import { fitView, renderScreen, roomFor } from "./screen.ts";
import { FIRST_VIEW, pressKey } from "./view.ts";

export interface DemoTerminal extends Terminal {
  readonly hasColours: boolean;
}

export interface TerminalShow {
  readonly redraw: () => void;
  /** Leaves the terminal as it was. */
  readonly end: () => void;
}

/**
 * Draws pictures on the alternate screen. Keys scroll and choose states; `onEnd` is called when one asks for
 * the end.
 */
export function showOnTerminal(terminal: DemoTerminal, look: () => Picture, onEnd: () => void): TerminalShow {
  let view = FIRST_VIEW;
  const size = () => ({ ...terminal.size(), hasColours: terminal.hasColours });
  const redraw = () => {
    const picture = look();
    view = fitView(view, picture, size());
    screen.draw(`${renderScreen(picture, size(), view)}\n`);
  };
  const screen = openScreen(terminal, (key) => {
    if (END_KEYS.includes(key)) onEnd();
    // One row of the page before stays in sight.
    const next = pressKey(view, key, Math.max(1, roomFor(look(), size()) - 1));
    if (next === undefined) return;
    view = next;
    redraw();
  });
  return { redraw, end: screen.end };
}
